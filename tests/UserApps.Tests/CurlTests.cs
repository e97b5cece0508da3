using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>curl beside the original, against an HttpListener, and against servers that do wrong.</summary>
public sealed partial class CurlTests : IDisposable
{
    private readonly FakeSystem _system = new();
    private readonly string _root = Directory.CreateTempSubdirectory("curl").FullName;
    private readonly HttpListener _listener;
    private readonly string _server;
    private readonly Task _serving;

    public CurlTests()
    {
        _server = $"127.0.0.1:{HostPort.Free()}";
        _listener = new HttpListener { Prefixes = { $"http://{_server}/" } };
        _listener.Start();
        _serving = ServeAsync();
    }

    [Theory]
    [InlineData("http://SERVER/a")]
    [InlineData("SERVER/a?b=c%20d")]
    [InlineData("-o DIR/second -o DIR/third http://SERVER/a http://SERVER/b SERVER/c")]
    [InlineData("-d one -d two=3 SERVER/a")]
    [InlineData("-d @DIR/data SERVER/a")]
    [InlineData("-X DELETE SERVER/a")]
    [InlineData("-X PATCH -d x -H Content-Type:text/plain SERVER/a")]
    [InlineData("-H X-Test:1 -H X-Test2:2 SERVER/a")]
    [InlineData("-H User-Agent:me -H Accept:text/html SERVER/a")]
    [InlineData("-T DIR/data SERVER/put")]
    [InlineData("-T DIR/none SERVER/put")]
    [InlineData("-f SERVER/404")]
    [InlineData("-f -s SERVER/500")]
    [InlineData("-fsS SERVER/403")]
    [InlineData("SERVER/404")]
    [InlineData("-i SERVER/204")]
    [InlineData("-I SERVER/a")]
    [InlineData("-i SERVER/404")]
    [InlineData("SERVER/redirect")]
    [InlineData("-L SERVER/redirect")]
    [InlineData("-L -d x SERVER/redirect")]
    [InlineData("-L -d x SERVER/307")]
    [InlineData("-L -d x SERVER/303")]
    [InlineData("-L -I SERVER/redirect")]
    [InlineData("-sS -L SERVER/loop")]
    [InlineData("-o DIR/second SERVER/long SERVER/a")]
    [InlineData("SERVER/chunks")]
    [InlineData("-sS SERVER/long")]
    [InlineData("-sS SERVER/cut")]
    [InlineData("https-x://SERVER/")]
    [InlineData("gopherx://SERVER/")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://nowhere.invalid/")]
    [InlineData("-m 1 -sS SERVER/slow")]
    public async Task Curl_DoesWhatTheOriginalDoes(string line)
    {
        (int Status, string Output, string Files) ours = await RunAsync(line, "ours", isOurs: true);
        (int Status, string Output, string Files) theirs = await RunAsync(line, "theirs", isOurs: false);
        Assert.Equal(theirs, ours);
    }

    [Theory]
    [InlineData("", 52)]
    [InlineData("SSH-2.0-OpenSSH\n", 1)]
    [InlineData("HTTP/1.1 200 OK\nConnection: close\nContent-Length: 10\n\nabc", 18)]
    [InlineData("HTTP/1.1 200 OK\nConnection: close\nTransfer-Encoding: chunked\n\n5\nabc", 18)]
    [InlineData("HTTP/1.1 301 Moved\nConnection: close\nLocation: gopherx://127.0.0.1/\nContent-Length: 0\n\n", 1)]
    public async Task Curl_ServersThatDoWrong_AreToldByStatus(string answer, int status)
    {
        await using ScriptedServer server = new((_, _) => ScriptedServer.Text(answer));
        Assert.StartsWith("curl: (", _system.Run($"curl -L -o {_root}/out http://127.0.0.1:{server.Port}/x"), StringComparison.Ordinal);
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData("curl", 2)]
    [InlineData("curl -Z x", 2)]
    [InlineData("curl -m x http://127.0.0.1/", 2)]
    [InlineData("curl -I -d x http://127.0.0.1/", 2)]
    [InlineData("curl -d @/none http://127.0.0.1/", 26)]
    [InlineData("curl https://127.0.0.1/", 1)]
    [InlineData("curl http://[", 3)]
    [InlineData("curl -o /none/file http://127.0.0.1/", 7)]
    public void Curl_Misused_SaysSo(string line, int status)
    {
        Assert.StartsWith("curl: ", _system.Run(line), StringComparison.Ordinal);
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    [Fact]
    public void Curl_OutputThatCannotBeWritten_IsAFailure()
    {
        _ = _system.Run($"curl -o /none/file http://{_server}/a");
        Assert.Equal(23, _system.Shell.LastStatus);
    }

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
        Directory.Delete(_root, recursive: true);
    }

    [GeneratedRegex("(?<=after )\\d+(?= (ms|milli))")]
    private static partial Regex Milliseconds { get; }

    private async Task<(int Status, string Output, string Files)> RunAsync(string line, string name, bool isOurs)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        File.WriteAllText(Path.Combine(directory, "data"), "name=value\nsecond line\r\n");
        string words = $"-o DIR/out {line}".Replace("SERVER", _server, StringComparison.Ordinal).Replace("DIR", directory, StringComparison.Ordinal);
        (int status, string output) = isOurs ? (0, _system.Run("curl " + words.Replace("?", "\\?", StringComparison.Ordinal))) : await RunHostAsync(words.Split(' '));
        output = Milliseconds.Replace(output.ReplaceLineEndings("\n").Replace(directory, "DIR", StringComparison.Ordinal), "N");
        string files = string.Join('|', Directory.GetFiles(directory).Order(StringComparer.Ordinal).Select(static path => $"{Path.GetFileName(path)} {Important(File.ReadAllText(path).Split("\r\n"))}"));
        return (isOurs ? _system.Shell.LastStatus : status, Important(output.Split('\n')), files);
    }

    /// <summary>
    /// Without the original's progress and warnings, and the words behind some messages; the order of a head's fields, and which of them there are, is a matter of
    /// the class library.
    /// </summary>
    private static string Important(string[] lines) => string.Join('\n', lines.Select(Important).Where(static line => line is not null));

    private static string? Important(string line) => line switch
    {
        _ when line.StartsWith("Warning: ", StringComparison.Ordinal) || line.StartsWith("curl: option ", StringComparison.Ordinal) || line.StartsWith("curl: try ", StringComparison.Ordinal) || line.StartsWith("curl: Can't open ", StringComparison.Ordinal) => null,
        _ when line.StartsWith("curl: (26)", StringComparison.Ordinal) || line.StartsWith("curl: (18)", StringComparison.Ordinal) || line.StartsWith("curl: (3)", StringComparison.Ordinal) => line.Split(')')[0],
        _ when line.StartsWith("Date: ", StringComparison.Ordinal) || line.StartsWith("Server: ", StringComparison.Ordinal) || line.StartsWith("Keep-Alive: ", StringComparison.Ordinal) => null,
        _ => line,
    };

    private static async Task<(int Status, string Output)> RunHostAsync(string[] words)
    {
        ProcessStartInfo start = new("bash", ["-c", "exec curl -q --no-progress-meter \"$@\" 2>&1", "curl", .. words]) { RedirectStandardOutput = true };
        start.Environment.Remove("http_proxy");
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private async Task ServeAsync()
    {
        try
        {
            Task<HttpListenerContext> next = _listener.GetContextAsync();
            while (true)
            {
                HttpListenerContext context = await next;
                next = _listener.GetContextAsync(); // before the answer, after which it may be closed: who begins to wait meanwhile waits for ever
                new Thread(() => Answer(context.Request, context.Response)) { IsBackground = true }.Start();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    private static void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        try
        {
            string path = request.Url!.AbsolutePath;
            string body = new StreamReader(request.InputStream).ReadToEnd();
            string agent = request.UserAgent == "me" ? "me" : "any";
            string text = $"{request.HttpMethod} {request.RawUrl} {request.ContentType} {agent} {request.Headers["Accept"]} {request.Headers["X-Test"]} {request.Headers["X-Test2"]}\n{body}\n";
            switch (path)
            {
                case "/redirect":
                    response.Redirect("/a");
                    break;
                case "/303" or "/307":
                    response.Redirect("/a");
                    response.StatusCode = int.Parse(path[1..], System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case "/loop":
                    response.Redirect("/loop");
                    break;
                case "/204" or "/404" or "/500" or "/403":
                    response.StatusCode = int.Parse(path[1..], System.Globalization.CultureInfo.InvariantCulture);
                    text = path == "/204" ? "" : text;
                    break;
                case "/chunks":
                    response.SendChunked = true;
                    break;
                case "/long":
                    text = new string('x', 300_000) + "\n";
                    break;
                case "/cut":
                    response.ContentLength64 = 1000;
                    response.OutputStream.Write("begin\n"u8);
                    response.OutputStream.Flush();
                    response.Abort();
                    return;
                case "/slow":
                    Thread.Sleep(Timeout.Infinite);
                    return;
                default:
                    break;
            }

            byte[] bytes = Encoding.UTF8.GetBytes(text);
            if (!response.SendChunked)
            {
                response.ContentLength64 = bytes.Length;
            }

            if (request.HttpMethod != "HEAD")
            {
                response.OutputStream.Write(bytes);
            }

            response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or ThreadInterruptedException)
        {
            // The client has gone.
        }
    }
}
