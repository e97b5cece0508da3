using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KernelSockets.UserApps.Network.Http;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>httpd's server over Linux's loopback interface, by requests that are right and wrong.</summary>
public sealed class HttpdTests(HttpdTests.Site site) : IClassFixture<HttpdTests.Site>
{
    private const string Digits = "0123456789";

    [Theory]
    [InlineData("bytes=0-3", "206 bytes 0-3/10", "0123")]
    [InlineData("bytes=4-", "206 bytes 4-9/10", "456789")]
    [InlineData("bytes=-3", "206 bytes 7-9/10", "789")]
    [InlineData("bytes=-30", "206 bytes 0-9/10", Digits)]
    [InlineData("bytes=9-99999999999", "206 bytes 9-9/10", "9")]
    [InlineData("BYTES=2-2", "206 bytes 2-2/10", "2")]
    [InlineData("bytes=10-", "416 bytes */10", null)]
    [InlineData("bytes=-0", "416 bytes */10", null)]
    [InlineData("bytes=0-1,3-4", "200 ", Digits)]
    [InlineData("bytes=5-4", "200 ", Digits)]
    [InlineData("bytes=+1-2", "200 ", Digits)]
    [InlineData("bytes=a-b", "200 ", Digits)]
    [InlineData("bytes=-", "200 ", Digits)]
    [InlineData("bytes=99999999999999999999-", "200 ", Digits)]
    [InlineData("lines=1-2", "200 ", Digits)]
    public void Range_IsServed_OrIgnored(string range, string outcome, string? body)
    {
        Answer answer = site.Ask($"GET /file HTTP/1.1\r\nHost: x\r\nRange: {range}\r\n\r\n");
        Assert.Equal(outcome, $"{answer.Status} {answer["Content-Range"]}");
        Assert.Equal(body ?? answer.Body, answer.Body);
        Assert.Equal(outcome[0] == '4' ? null : "bytes", answer["Accept-Ranges"]);
    }

    [Fact]
    public void Range_OfALargeFile_IsThatPart()
    {
        Answer answer = site.Ask("GET /large HTTP/1.1\r\nHost: x\r\nRange: bytes=199990-200009\r\n\r\n");
        Assert.Equal((206, Site.Large[199_990..200_010]), (answer.Status, answer.Body));
        Assert.Equal(Site.Large, site.Ask("GET /large HTTP/1.1\r\nHost: x\r\n\r\n").Body);
    }

    [Fact]
    public void Range_InHead_IsIgnored()
    {
        Answer answer = site.Ask("HEAD /file HTTP/1.1\r\nHost: x\r\nRange: bytes=0-3\r\n\r\n", isHead: true);
        Assert.Equal((200, "10", ""), (answer.Status, answer["Content-Length"], answer.Body));
    }

    [Theory]
    [InlineData("If-Range: TAG", 206)]
    [InlineData("If-Range: DATE", 206)]
    [InlineData("If-Range: \"other\"", 200)]
    [InlineData("If-Range: W/TAG", 200)]
    [InlineData("If-Range: Thu, 01 Jan 2037 00:00:00 GMT", 200)]
    [InlineData("If-Range: junk", 200)]
    [InlineData("If-None-Match: TAG", 304)]
    [InlineData("If-None-Match: \"a\", W/TAG", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"a\"", 206)]
    [InlineData("If-None-Match: \"a\"\r\nIf-Modified-Since: DATE", 206)]
    [InlineData("If-Modified-Since: DATE", 304)]
    [InlineData("If-Modified-Since: Thu, 01 Jan 2037 00:00:00 GMT", 304)]
    [InlineData("If-Modified-Since: Thu, 01 Jan 1981 00:00:00 GMT", 206)]
    [InlineData("If-Modified-Since: yesterday", 206)]
    public void Conditions_DecideWhatIsSent(string condition, int status)
    {
        Answer before = site.Ask("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
        string fields = condition.Replace("TAG", before["ETag"], StringComparison.Ordinal).Replace("DATE", before["Last-Modified"], StringComparison.Ordinal);
        Answer answer = site.Ask($"GET /file HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\n{fields}\r\n\r\n");
        Assert.Equal(status, answer.Status);
        Assert.Equal(status switch { 200 => Digits, 206 => "12", _ => "" }, answer.Body);
        Assert.Equal(before["ETag"], answer["ETag"]);
    }

    [Fact]
    public void Tag_OfAFileThatHasJustChanged_IsWeak_AndNoPartIsServedForIt()
    {
        File.WriteAllText(site.At("new"), "new");
        string tag = site.Ask("GET /new HTTP/1.1\r\nHost: x\r\n\r\n")["ETag"]!;
        Assert.StartsWith("W/\"", tag, StringComparison.Ordinal);
        Assert.Equal(200, site.Ask($"GET /new HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\nIf-Range: {tag}\r\n\r\n").Status);
    }

    [Theory]
    [InlineData("GET /file HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /file HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /file HTTP/1.0\r\n\r\n", 200)]
    [InlineData("GET /file HTTP/2.0\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /file\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("\r\n\r\nGET /file HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET /file HTTP/1.1\r\nHost : x\r\n\r\n", 400)]
    [InlineData("GET /file HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400)]
    [InlineData("GET /file HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("GET /file HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET /file HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413)]
    [InlineData("GET /file HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 501)]
    [InlineData("GET /f\0ile HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET file HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET http://any/file?x HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET /../../../../file HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET /%2e%2e/%2E%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    [InlineData("GET /none HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    [InlineData("GET /file/ HTTP/1.1\r\nHost: x\r\n\r\n", 404)]
    [InlineData("GET /folder HTTP/1.1\r\nHost: x\r\n\r\n", 301)]
    [InlineData("GET /folder/ HTTP/1.1\r\nHost: x\r\n\r\n", 200)]
    [InlineData("GET /pipe HTTP/1.1\r\nHost: x\r\n\r\n", 403)]
    [InlineData("POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 405)]
    [InlineData("POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", 405)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 405)]
    public void Requests_RightAndWrong_AreAnswered(string request, int status)
    {
        Answer answer = site.Ask(request);
        Assert.Equal(status, answer.Status);
        Assert.Equal(answer.Body.Length.ToString(CultureInfo.InvariantCulture), answer["Content-Length"]);
        bool isClosed = status is 400 && !request.StartsWith("GET file", StringComparison.Ordinal) && !request.Contains('%', StringComparison.Ordinal);
        isClosed |= status is 413 or 501 || request.Contains("HTTP/1.0", StringComparison.Ordinal) || request.Contains("Expect", StringComparison.Ordinal);
        Assert.Equal(isClosed ? "close" : "keep-alive", answer["Connection"]);
        Assert.Equal(status == 405 ? "GET, HEAD" : null, answer["Allow"]);
    }

    [Fact]
    public void Heads_WithoutEnd_AreRefused()
    {
        Assert.Equal(431, site.Ask("GET /file HTTP/1.1\r\nHost: x\r\nX: " + new string('x', 20_000)).Status);
        Assert.Equal(400, site.Ask("GET /file HTTP/1.1\r\nHost: x\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 200)) + "\r\n").Status);
    }

    [Fact]
    public void Requests_InARow_AreAnsweredInOrder_AndBodiesPassedOver()
    {
        using Socket socket = site.Connect();
        byte[] requests = Encoding.Latin1.GetBytes(
            "GET /file HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\n\r\nPOST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\n\r\n"
            + "HEAD /file HTTP/1.1\r\nHost: x\r\n\r\nGET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /file HTTP/1.1\r\nHost: x\r\n\r\n");
        foreach (byte[] piece in requests.Chunk(7))
        {
            socket.Send(piece);
        }

        string all = Site.ReadToEnd(socket);
        Assert.Equal(["206", "405", "200", "200"], all.Split("HTTP/1.1 ").Skip(1).Select(static part => part[..3]));
        Assert.EndsWith("\r\n\r\n" + Digits, all, StringComparison.Ordinal);
    }

    [Fact]
    public void Parser_RandomBytes_NeverFails()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        string[] parts = ["GET", " ", "/", "HTTP/1.1", "\r\n", "\r\n\r\n", "Host:", "Range:", "bytes=", "-", "5", ":", "%2e", "..", "%", "If-Range:", "Content-Length:", "\0", "\u00FF", "If-None-Match:", "\""];
        HttpRequest request = new();
        HttpFile file = HttpFile.Of(HttpStatus.Ok) with { Tag = "\"x\"", ModifiedAt = DateTimeOffset.UnixEpoch };
        for (int i = 0; i < 50_000; i++)
        {
            string text = (random.Next(2) == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n" : "") + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)])) + "\r\n\r\n";
            if (request.Parse(Encoding.Latin1.GetBytes(text), out int length) == HttpParse.Complete)
            {
                Assert.True(length <= text.Length, $"seed {seed}");
                _ = HttpConditions.IsUnchanged(request, file);
                bool isPart = HttpConditions.TryGetRange(request, file, out HttpRange range, out bool isSatisfiable);
                Assert.True(!isPart || !isSatisfiable || (range.Start >= 0 && range.Length > 0 && range.Start + range.Length <= file.Size), $"seed {seed}");
            }
        }
    }

    /// <summary>What came back for one request.</summary>
    public sealed record Answer(string Head, string Body)
    {
        public int Status => int.Parse(Head.Split(' ')[1], CultureInfo.InvariantCulture);

        public string? this[string name] => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];
    }

    /// <summary>A server that serves a directory on a thread of its own, to the end of the process: nothing but Ctrl-C ends it.</summary>
    public sealed class Site : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("httpd").FullName;
        private readonly int _port;

        public Site()
        {
            File.WriteAllText(At("file"), Digits);
            File.WriteAllText(At("large"), Large);
            Directory.CreateDirectory(At("folder"));
            foreach (string name in (string[])["file", "large"])
            {
                File.SetLastWriteTimeUtc(At(name), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
            }

            using Process mkfifo = Process.Start("mkfifo", At("pipe"));
            mkfifo.WaitForExit();
            _port = HostPort.Free();
            using ManualResetEventSlim isReady = new();
            new Thread(() => HttpServer.Run(Ipv4Address.Loopback, (ushort)_port, _root, new FakeSystem(), isReady.Set)) { IsBackground = true }.Start();
            isReady.Wait();
        }

        public static string Large { get; } = string.Concat(Enumerable.Range(0, 100_000).Select(static i => i.ToString("D4", CultureInfo.InvariantCulture)));

        public string At(string name) => Path.Combine(_root, name);

        public Socket Connect()
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, _port);
            return socket;
        }

        public Answer Ask(string request, bool isHead = false)
        {
            using Socket socket = Connect();
            socket.Send(Encoding.Latin1.GetBytes(request));
            StringBuilder text = new();
            byte[] buffer = new byte[65536];
            for (int end = -1, wanted = 0; end < 0 || text.Length < end + 4 + wanted;)
            {
                int count = socket.Receive(buffer);
                Assert.True(count > 0, $"the answer ended early: {text}");
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
                end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal);
                wanted = end < 0 || isHead ? 0 : int.Parse(new Answer(text.ToString(0, end), "")["Content-Length"] ?? "0", CultureInfo.InvariantCulture);
            }

            string[] parts = text.ToString().Split("\r\n\r\n", 2);
            return new Answer(parts[0], parts[1]);
        }

        public static string ReadToEnd(Socket socket)
        {
            StringBuilder text = new();
            byte[] buffer = new byte[65536];
            for (int count = socket.Receive(buffer); count > 0; count = socket.Receive(buffer))
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            return text.ToString();
        }

        public void Dispose() => Directory.Delete(_root, recursive: true);
    }
}
