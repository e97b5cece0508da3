using System.Text.Json;
using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>Programs over TCP on the booted kernel with Linux's own at the other end: wget, iperf3, and ss and netstat on what they do.</summary>
public sealed class TcpProgramsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ks-tcp-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Wget_FetchesFromPythonsServer_AndGoesOnWithWhatIsThere()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        byte[] data = new byte[1_500_000];
        new Random(1).NextBytes(data);
        await File.WriteAllBytesAsync(Path.Combine(_directory, "data"), data, TestContext.Current.CancellationToken);
        await using ChildProcess server = await network.StartAsync("python3", "-u", "-m", "http.server", "--bind", QemuOptions.HostAddress, "--directory", _directory, "8000");
        await server.WaitForOutputAsync("Serving HTTP", Limits.HostProgram);
        await using QemuGuest guest = await BootAsync(network);
        string sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(data));

        ShellResult fetched = (await guest.Shell.RunAsync("cd /tmp; wget http://10.77.0.1:8000/data; sha256sum data")).Succeeded();
        Assert.Contains("HTTP request sent, awaiting response... 200 OK", fetched.Output, StringComparison.Ordinal);
        Assert.Contains("'data' saved [1500000/1500000]", fetched.Output, StringComparison.Ordinal);
        Assert.Contains(sum, fetched.Output, StringComparison.Ordinal);

        // Python's server knows no ranges: what is there already is passed over.
        ShellResult continued = (await guest.Shell.RunAsync("truncate -s 1000000 data; wget -qc http://10.77.0.1:8000/data; sha256sum data")).Succeeded();
        Assert.Contains(sum, continued.Output, StringComparison.Ordinal);
        Assert.Contains(sum, (await guest.Shell.RunAsync("wget -qO- http://10.77.0.1:8000/data | sha256sum")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(8, (await guest.Shell.RunAsync("wget http://10.77.0.1:8000/none")).Status);
        ShellResult refused = await guest.Shell.RunAsync("wget http://10.77.0.1:8001/");
        Assert.Equal(4, refused.Status);
        Assert.Contains("failed: Connection refused.", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Httpd_And_Wget_Carry64MiB_Unchanged()
    {
        const int size = 64 << 20;
        await using TapNetwork network = await TapNetwork.CreateAsync();
        byte[] data = new byte[size];
        new Random(2).NextBytes(data);
        string path = Path.Combine(_directory, "big");
        await File.WriteAllBytesAsync(path, data, TestContext.Current.CancellationToken);
        string sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(data));
        await using ChildProcess server = await network.StartAsync("python3", "-u", "-m", "http.server", "--bind", QemuOptions.HostAddress, "--directory", _directory, "8000");
        await server.WaitForOutputAsync("Serving HTTP", Limits.HostProgram);
        using DiskImage disk = DiskImage.Blank(2 * size);
        await using QemuGuest guest = await BootAsync(network, disk: disk.Path);
        _ = (await guest.Shell.RunAsync("mkfs.minix -3 /dev/ata0 && mount -t minix /dev/ata0 /mnt && httpd /mnt")).Succeeded();

        _ = (await guest.Shell.RunAsync("wget -q -O /mnt/big http://10.77.0.1:8000/big")).Succeeded();
        Assert.Contains(sum, (await guest.Shell.RunAsync("sha256sum /mnt/big")).Succeeded().Output, StringComparison.Ordinal);

        string back = Path.Combine(_directory, "back");
        Assert.Equal(0, (await network.RunAsync("curl", "-s", "-S", "-m", "50", "-o", back, "http://10.77.0.2/big")).Status);
        Assert.Equal(sum, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken))));

        // A download that was cut off goes on where it ended, if the file is still the same: Range with If-Range.
        string tag = System.Text.RegularExpressions.Regex.Match((await network.RunAsync("curl", "-s", "-I", "-m", "50", "http://10.77.0.2/big")).Output, "(?m)^ETag: (.*?)\\r?$").Groups[1].Value;
        foreach ((string condition, string wanted) in ((string, string)[])[(tag, "206 1000"), ("\"other\"", $"200 {size}")])
        {
            string part = (await network.RunAsync("curl", "-s", "-m", "50", "-o", back, "-w", "%{http_code} %{size_download}", "-r", "50000000-50000999", "-H", "If-Range: " + condition, "http://10.77.0.2/big")).Output;
            Assert.Equal(wanted, part.Trim());
            byte[] bytes = await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken);
            Assert.True(bytes.AsSpan().SequenceEqual(bytes.Length == size ? data : data.AsSpan(50_000_000, 1000)));
        }
    }

    [Fact]
    public async Task Curl_InTheGuest_TalksToPythonsServer()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(_directory, "text"), "Hello from the host\n", TestContext.Current.CancellationToken);
        await using ChildProcess server = await network.StartAsync("python3", "-u", "-m", "http.server", "--bind", QemuOptions.HostAddress, "--directory", _directory, "8000");
        await server.WaitForOutputAsync("Serving HTTP", Limits.HostProgram);
        await using QemuGuest guest = await BootAsync(network);
        Assert.Equal(["Hello from the host"], (await guest.Shell.RunAsync("curl http://10.77.0.1:8000/text")).Succeeded().Lines);
        Assert.Contains("HTTP/1.0 200 OK", (await guest.Shell.RunAsync("curl -I http://10.77.0.1:8000/text")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("501", (await guest.Shell.RunAsync("curl -s -d x http://10.77.0.1:8000/text")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(22, (await guest.Shell.RunAsync("curl -f http://10.77.0.1:8000/none")).Status);
        Assert.Equal(7, (await guest.Shell.RunAsync("curl http://10.77.0.1:8001/")).Status);
        Assert.Equal(1, (await guest.Shell.RunAsync("curl https://10.77.0.1:8000/")).Status);
        int from = await guest.Shell.StartAsync("nc -l -p 9000 >/dev/null & curl http://127.0.0.1:9000/");
        _ = await guest.Console.WaitForAsync("9000/", from, Limits.Command);
        await guest.Console.SendAsync("\x03");
        _ = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
        Assert.Contains("130", (await guest.Shell.RunAsync("echo $?")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_InterruptedAtAnyMoment_Ends()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, " run=inetd");
        for (int milliseconds = 0; milliseconds < 40; milliseconds++)
        {
            int from = await guest.Shell.StartAsync("curl http://127.0.0.1:9/");
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            await guest.Console.SendAsync("\x03");
            _ = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
            Assert.Contains("130", (await guest.Shell.RunAsync("echo $?")).Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-t 2")]
    [InlineData("-t 2 -R")]
    [InlineData("-n 5M -P 3")]
    [InlineData("-n 5M -P 3 -R")]
    [InlineData("-u -b 5M -t 2")]
    [InlineData("-u -b 5M -t 2 -R")]
    public async Task Iperf3_OnTheHost_MeasuresWithTheGuestAsServer(string options)
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, " run=\"iperf3 -s -1 > /tmp/log &\"");
        await WaitForListenerAsync(guest, 5201);
        HostProgramResult run = await network.RunAsync("iperf3", ["-J", "-c", QemuOptions.GuestAddress, .. options.Split(' ')]);
        Assert.Equal((0, true), (run.Status, HasMoved(run.Output)));
        Assert.Contains("Done", (await guest.Shell.RunAsync("wait; echo Done")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-t 2")]
    [InlineData("-t 2 -R")]
    [InlineData("-n 5M -P 3")]
    [InlineData("-u -b 5M -t 2")]
    [InlineData("-u -b 5M -t 2 -R")]
    public async Task Iperf3_InTheGuest_MeasuresWithTheHostAsServer(string options)
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using ChildProcess server = await network.StartAsync("iperf3", "-s", "-1", "-J");
        await using QemuGuest guest = await BootAsync(network);
        ShellResult run = (await guest.Shell.RunAsync($"iperf3 -c 10.77.0.1 {options}")).Succeeded();
        Assert.Matches(@"(?m)^\[ *(\d+|SUM)\]   0\.00-\d+\.\d\d *sec +[1-9][\d.]* .*bits/sec .*sender\r?$", run.Output);
        Assert.Matches(@"(?m)^\[ *(\d+|SUM)\]   0\.00-\d+\.\d\d *sec +[1-9][\d.]* .*bits/sec .*receiver\r?$", run.Output);
        Assert.Contains("iperf Done.", run.Output, StringComparison.Ordinal);
        _ = await server.WaitForExitAsync(Limits.HostProgram);
        Assert.DoesNotContain("\"error\"", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SsAndNetstat_ShowAConnectionWithItsFigures()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, " run=\"inetd &\"");
        await WaitForListenerAsync(guest, 7);
        await using ChildProcess peer = await network.StartInteractiveAsync("nc", "-n", "10.77.0.2", "7");
        await peer.SendAsync("hello\n");
        await peer.WaitForOutputAsync("hello", Limits.Command);
        string ss = (await guest.Shell.RunAsync("ss -tip")).Succeeded().Output;
        Assert.Matches(@"(?m)^ESTAB +0 +0 +10\.77\.0\.2:7 +10\.77\.0\.1:\d+ +users:\(\(""inetd"",pid=\d+,ino=\d+\)\)\r?$", ss);
        Assert.Matches(@"(?m)^\t ts sack cubic wscale:\d+,\d+ rto:\d+(\.\d+)? rtt:[\d.]+/[\d.]+ ato:40 mss:1448 pmtu:1500 rcvmss:\d+ cwnd:\d+ ", ss);
        Assert.Matches(@"(?m)^tcp +0 +0 +0 0\.0\.0\.0:19 +0\.0\.0\.0:\* +LISTEN +\d+/inetd\r?$", (await guest.Shell.RunAsync("netstat -tlnp")).Succeeded().Output);
        Assert.Matches(@"(?m)^ +\d+: 02004D0A:0007 01004D0A:[0-9A-F]{4} 01 ", (await guest.Shell.RunAsync("cat /proc/net/tcp")).Succeeded().Output);
        string counters = (await guest.Shell.RunAsync("netstat -st")).Succeeded().Output;
        Assert.Matches(@"(?m)^    1 connections established\r?$", counters);
        Assert.Matches(@"(?m)^    0 segments retransmitted\r?$", counters);
    }

    private static async Task<QemuGuest> BootAsync(TapNetwork network, string more = "", string? disk = null)
    {
        QemuGuest guest = await QemuGuest.BootAsync(
            nameof(TcpProgramsTests), network.Attach(new QemuOptions { Disk = disk, FirmwareOptions = QemuOptions.AddressOptions + more }));
        await Eventually.TrueAsync(
            async () => (await network.RunAsync("ping", "-c", "1", "-W", "1", QemuOptions.GuestAddress)).Status == 0, "the guest answers", Limits.Command);
        return guest;
    }

    private static Task WaitForListenerAsync(QemuGuest guest, int port) => Eventually.TrueAsync(
        async () => (await guest.Shell.RunAsync("ss -tln")).Output.Contains($"0.0.0.0:{port} ", StringComparison.Ordinal), $"port {port} is listened on", Limits.Command);

    /// <summary>Bytes of a stream have been received, and nothing is called an error.</summary>
    private static bool HasMoved(string json)
    {
        JsonElement all = JsonDocument.Parse(json).RootElement;
        Assert.False(all.TryGetProperty("error", out JsonElement error), error.ToString());
        JsonElement end = all.GetProperty("end");
        JsonElement sum = end.TryGetProperty("sum_received", out JsonElement received) ? received : end.GetProperty("sum");
        return sum.GetProperty("bytes").GetInt64() > 0;
    }
}
