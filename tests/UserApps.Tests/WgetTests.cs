using System.Diagnostics;
using System.Globalization;
using System.Text;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>wget beside GNU's, each on a directory of its own, against servers that do right and wrong.</summary>
public sealed class WgetTests : IDisposable
{
    private static readonly string s_long = string.Concat(Enumerable.Range(0, 30_000).Select(static i => i.ToString(CultureInfo.InvariantCulture)));

    private readonly FakeSystem _system = new();
    private readonly string _root = Directory.CreateTempSubdirectory("wget").FullName;

    [Theory]
    [InlineData("http://SERVER/file.txt")]
    [InlineData("SERVER/file.txt")]
    [InlineData("http://SERVER/long")]
    [InlineData("http://SERVER/chunks")]
    [InlineData("http://SERVER/to-the-end")]
    [InlineData("http://SERVER/empty")]
    [InlineData("http://SERVER/none")]
    [InlineData("http://SERVER/interim")]
    [InlineData("http://SERVER/folded")]
    [InlineData("http://SERVER/")]
    [InlineData("http://SERVER/d/?a=b&c=d")]
    [InlineData("http://SERVER/a%20name%2Fb")]
    [InlineData("http://SERVER/redirect")]
    [InlineData("http://SERVER/redirect-absolute")]
    [InlineData("http://SERVER/loop")]
    [InlineData("http://SERVER/to-https-scheme")]
    [InlineData("http://SERVER/missing")]
    [InlineData("http://SERVER/broken")]
    [InlineData("http://SERVER/password")]
    [InlineData("http://SERVER/file.txt http://SERVER/missing")]
    [InlineData("http://SERVER/missing http://SERVER/file.txt")]
    [InlineData("http://SERVER/file.txt http://SERVER/file.txt")]
    [InlineData("-O DIR/all http://SERVER/file.txt http://SERVER/chunks")]
    [InlineData("-O DIR/all http://SERVER/missing")]
    [InlineData("-O DIR/none/all http://SERVER/file.txt")]
    [InlineData("-c http://SERVER/part")]
    [InlineData("-c http://SERVER/whole")]
    [InlineData("-c http://SERVER/whole-416")]
    [InlineData("-c http://SERVER/no-range")]
    [InlineData("-c -O DIR/part http://SERVER/part")]
    [InlineData("http://SERVER/part")]
    [InlineData("--spider http://SERVER/file.txt")]
    [InlineData("--spider http://SERVER/missing")]
    [InlineData("-t 1 http://SERVER/short")]
    [InlineData("-t 2 http://SERVER/short")]
    [InlineData("-t 1 http://SERVER/silence")]
    [InlineData("http://SERVER/cut")]
    [InlineData("-O DIR/all http://SERVER/cut")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("-t 1 http://nowhere.invalid/")]
    [InlineData("-q http:///")]
    [InlineData("-q http://127.0.0.1:99999/")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task Wget_LeavesWhatGnuWgetLeaves_AndEndsAlike(string line)
    {
        (int ourStatus, Dictionary<string, string> ours, List<string> ourRequests) = await RunAsync(line, "ours", isOurs: true);
        (int theirStatus, Dictionary<string, string> theirs, List<string> theirRequests) = await RunAsync(line, "theirs", isOurs: false);
        Assert.Equal(theirs, ours);
        Assert.Equal(theirStatus, ourStatus);
        Assert.Equal(theirRequests, ourRequests);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nx\n", 7)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n-1\n", 7)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nFFFFFFFFFFFFFFFF\n", 7)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nabc\n0\n\n", 7)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nabc", 4)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n", 4)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n", 7)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: -1\n\n", 7)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2\n\nab", 7)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 99999999999999999999\n\nab", 7)]
    [InlineData("HTTP/1.1 206 OK\nContent-Range: bytes 5-6/7\n\nab", 7)]
    [InlineData("HTTP/1.1 206 OK\nContent-Range: junk\n\nab", 7)]
    [InlineData("SSH-2.0-OpenSSH\n", 7)]
    [InlineData("HTTP/1.1 20 OK\n\n", 7)]
    [InlineData("HTTP/1.1 200 OK\nX: 1", 4)]
    [InlineData("HTTP/1.1 301 Moved\nLocation: http://[\n\n", 1)]
    [InlineData("HTTP/1.1 301 Moved\nLocation: https://localhost/\n\n", 1)]
    public async Task Wget_MalformedAnswer_IsToldByStatus(string answer, int status)
    {
        await using ScriptedServer server = new((_, _) => ScriptedServer.Text(answer));
        _ = _system.Run($"wget -t 1 -P {_root} http://127.0.0.1:{server.Port}/x");
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData('a', 20_000_000)]
    [InlineData('\n', 1000)]
    public async Task Wget_EndlessHead_IsRefused(char filler, int count)
    {
        string field = filler == '\n' ? string.Concat(Enumerable.Repeat("X: y\r\n", count)) : new string(filler, count);
        await using ScriptedServer server = new((_, _) => Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\n" + field));
        _ = _system.Run($"wget -t 1 -P {_root} http://127.0.0.1:{server.Port}/x");
        Assert.Equal(7, _system.Shell.LastStatus);
        Assert.Empty(Directory.GetFiles(_root));
    }

    [Fact]
    public async Task Wget_SilentServer_TimesOut()
    {
        using ManualResetEventSlim isOver = new();
        await using ScriptedServer server = new((_, _) =>
        {
            isOver.Wait(TimeSpan.FromSeconds(60));
            return [];
        });
        string output = _system.Run($"wget -T 1 -t 1 -P {_root} http://127.0.0.1:{server.Port}/x");
        isOver.Set();
        Assert.Contains("failed: Connection timed out.\nGiving up.", output, StringComparison.Ordinal);
        Assert.Equal(4, _system.Shell.LastStatus);
    }

    [Fact]
    public async Task Wget_Heads_AreShownEvenWhenQuiet()
    {
        await using ScriptedServer server = new((_, _) => ScriptedServer.Text("HTTP/1.1 200 Fine\nX-Y: z\nContent-Length: 0\n\n"));
        Assert.Equal("  HTTP/1.1 200 Fine\n  X-Y: z\n  Content-Length: 0\n", _system.Run($"wget -qS --spider http://127.0.0.1:{server.Port}/x"));
        Assert.Equal(0, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData("wget", 1)]
    [InlineData("wget -Z", 2)]
    [InlineData("wget -T x http://127.0.0.1/", 2)]
    [InlineData("wget -t -1 http://127.0.0.1/", 2)]
    [InlineData("wget https://127.0.0.1/", 1)]
    public void Wget_Misused_SaysSo(string line, int status)
    {
        Assert.NotEmpty(_system.Run(line));
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private async Task<(int Status, Dictionary<string, string> Files, List<string> Requests)> RunAsync(string line, string name, bool isOurs)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        foreach ((string file, string content) in (ReadOnlySpan<(string, string)>)[("part", "0123"), ("whole", "0123456789"), ("whole-416", "0123456789"), ("no-range", "0123")])
        {
            File.WriteAllText(Path.Combine(directory, file), content);
        }

        await using ScriptedServer server = new(Answer);
        string words = $"wget -P {directory} {line}".Replace("SERVER", $"127.0.0.1:{server.Port}", StringComparison.Ordinal).Replace("DIR", directory, StringComparison.Ordinal);
        int status;
        if (isOurs)
        {
            _ = _system.Run(words.Replace("&", "\\&", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal));
            status = _system.Shell.LastStatus;
        }
        else
        {
            status = await RunHostAsync(words.Split(' '));
        }

        Dictionary<string, string> files = Directory.GetFiles(directory).Order(StringComparer.Ordinal).ToDictionary(static path => Path.GetFileName(path), static path => File.ReadAllText(path));
        return (status, files, [.. server.Requests.Select(static head => Important(head))]);
    }

    private static async Task<int> RunHostAsync(string[] words)
    {
        ProcessStartInfo start = new(words[0], ["--no-config", .. words[1..]]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment.Remove("http_proxy");
        using Process process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>The request line and the range: what else is said is a matter of taste.</summary>
    private static string Important(string head) =>
        string.Join('|', head.Split("\r\n").Where(static (line, i) => i == 0 || line.StartsWith("Range:", StringComparison.Ordinal)));

    private static byte[] Answer(string request, int number)
    {
        string path = request.Split(' ')[1];
        bool isHead = request.StartsWith("HEAD", StringComparison.Ordinal);
        string range = request.Split("\r\n").FirstOrDefault(static line => line.StartsWith("Range: bytes=", StringComparison.Ordinal)) ?? string.Empty;
        int start = range.Length > 0 ? int.Parse(range["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
        return path switch
        {
            "/file.txt" => ScriptedServer.Text($"HTTP/1.1 200 OK\nContent-Length: 5\nContent-Type: text/plain\nLast-Modified: Thu, 01 Jan 2015 00:00:00 GMT\n\n{(isHead ? "" : "hello")}"),
            "/long" => ScriptedServer.Text($"HTTP/1.0 200 OK\nContent-Length: {s_long.Length}\n\n{s_long}"),
            "/chunks" => ScriptedServer.Text("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\nA;ext=1\n 123456789\n0\nTrailer: x\n\n"),
            "/to-the-end" => ScriptedServer.Text("HTTP/1.1 200 OK\n\nup to the end"),
            "/empty" => ScriptedServer.Text("HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
            "/interim" => ScriptedServer.Text("HTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nab"),
            "/folded" => ScriptedServer.Text("HTTP/1.1 200 OK\nX: a\n b\nContent-Length: 2\n\nab"),
            "/redirect" => ScriptedServer.Text("HTTP/1.1 302 Found\nLocation: d/../file.txt\nContent-Length: 3\n\nxyz"),
            "/redirect-absolute" => ScriptedServer.Text($"HTTP/1.1 301 Moved\nLocation: http://{Host(request)}/chunks\nContent-Length: 0\n\n"),
            "/loop" => ScriptedServer.Text("HTTP/1.1 307 Again\nLocation: /loop\nContent-Length: 0\n\n"),
            "/to-https-scheme" => ScriptedServer.Text("HTTP/1.1 301 Moved\nLocation: gopher://127.0.0.1/\nContent-Length: 0\n\n"),
            "/broken" => ScriptedServer.Text("HTTP/1.1 500 Internal Server Error\nContent-Length: 3\n\nxyz"),
            "/password" => ScriptedServer.Text("HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"x\"\nContent-Length: 0\n\n"),
            "/part" => Part("0123456789", start),
            "/whole-416" => start > 0 ? ScriptedServer.Text("HTTP/1.1 416 Range Not Satisfiable\nContent-Range: bytes */10\nContent-Length: 0\n\n") : Part("0123456789", 0),
            "/whole" or "/no-range" => ScriptedServer.Text("HTTP/1.1 200 OK\nContent-Length: 10\n\nabcdefghij"),
            "/short" => ScriptedServer.Text("HTTP/1.1 200 OK\nContent-Length: 100\n\nabc"),
            "/silence" => [],
            "/cut" => number == 0 ? ScriptedServer.Text("HTTP/1.1 200 OK\nContent-Length: 10\n\n0123") : Part("0123456789", start),
            "/" or "/d/?a=b&c=d" or "/a%20name%2Fb" => ScriptedServer.Text("HTTP/1.1 200 OK\nContent-Length: 4\n\nroot"),
            "/none" => ScriptedServer.Text("HTTP/1.1 204 No Content\n\n"),
            _ => ScriptedServer.Text("HTTP/1.1 404 Not Found\nContent-Length: 4\n\ngone"),
        };
    }

    private static string Host(string request) => request.Split("\r\n").First(static line => line.StartsWith("Host: ", StringComparison.Ordinal))["Host: ".Length..];

    private static byte[] Part(string whole, int start) => start == 0
        ? ScriptedServer.Text($"HTTP/1.1 200 OK\nContent-Length: {whole.Length}\n\n{whole}")
        : ScriptedServer.Text($"HTTP/1.1 206 Partial Content\nContent-Range: bytes {start}-{whole.Length - 1}/{whole.Length}\nContent-Length: {whole.Length - start}\n\n{whole[start..]}");
}
