using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>TCP of the booted kernel against Linux's own, by the programs that people use, with tshark as the judge of the captures.</summary>
public sealed class TcpTests
{
    private const string Services = QemuOptions.AddressOptions + " run=\"inetd; httpd /etc\"";

    [Fact]
    public async Task Inetd_OverTcp_EchoesDiscardsAndGenerates()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, Services);
        HostProgramResult echo = await network.RunAsync(
            "python3", "-c", """
            import os, socket, threading
            data = os.urandom(3_000_000)
            s = socket.create_connection(("10.77.0.2", 7), 30)
            threading.Thread(target=lambda: (s.sendall(data), s.shutdown(socket.SHUT_WR))).start()
            got = b""
            while len(got) < len(data):
                piece = s.recv(65536)
                assert piece, "the end came after %d bytes" % len(got)
                got += piece
            assert got == data, "other bytes came back"
            assert s.recv(1) == b"", "there is something behind the end"
            d = socket.create_connection(("10.77.0.2", 9), 30); d.sendall(data); d.shutdown(socket.SHUT_WR); assert d.recv(1) == b""
            c = socket.create_connection(("10.77.0.2", 19), 30); text = b""
            while len(text) < 100_000: text += c.recv(65536)
            assert text[:74] == bytes(range(32, 104)) + b"\r\n" and text[74:75] == b"!", text[:80]
            c.close()
            print("all is well")
            """);
        Assert.Contains("all is well", echo.Output, StringComparison.Ordinal);
        await JudgeAsync(guest);
    }

    [Fact]
    public async Task Httpd_AnswersCurl_AsAWebServerDoes()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, Services);
        string hosts = (await guest.Shell.RunAsync("cat /etc/hosts")).Succeeded().Output;
        Assert.Equal(hosts, (await CurlAsync(network, "http://10.77.0.2/hosts")).Replace("\r", string.Empty, StringComparison.Ordinal));
        Assert.Equal("127.0.0.1", (await CurlAsync(network, "-r", "0-8", "http://10.77.0.2/hosts")).Trim());
        Assert.Equal("206 404 405 416", (await CurlAsync(
            network, "-o", "/dev/null", "-w", "%{http_code} ", "-r", "3-4", "http://10.77.0.2/hosts", "--next", "-s", "-o", "/dev/null", "-w", "%{http_code} ", "http://10.77.0.2/none",
            "--next", "-s", "-o", "/dev/null", "-w", "%{http_code} ", "-d", "x", "http://10.77.0.2/hosts", "--next", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-r", "9000-", "http://10.77.0.2/hosts")).Trim());
        HostProgramResult many = await network.RunAsync(
            "bash", "-c", "for i in $(seq 200); do curl -s -m 50 -o /dev/null -w '%{http_code}\\n' http://10.77.0.2/hosts & done; wait");
        Assert.Equal(Enumerable.Repeat("200", 200), many.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await JudgeAsync(guest);
    }

    [Fact]
    public async Task Nc_OverTcp_CarriesTextBothWays_AndTellsOfRefusal()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, QemuOptions.AddressOptions);
        await using ChildProcess listener = await network.StartInteractiveAsync("nc", "-n", "-v", "-l", "-p", "5001");
        await listener.WaitForOutputAsync("Listening on", Limits.HostProgram);
        int from = await guest.Shell.StartAsync("nc 10.77.0.1 5001");
        await guest.Console.SendAsync("from the guest\r");
        await listener.WaitForOutputAsync("from the guest", Limits.Command);
        await listener.SendAsync("and back\n");
        _ = await guest.Console.WaitForAsync("and back\n", from, Limits.Command);
        await guest.Console.SendAsync("\x03");
        _ = await guest.Shell.WaitForPromptAsync(from, Limits.Command);

        ShellResult refused = await guest.Shell.RunAsync("nc 10.77.0.1 5999");
        Assert.Equal(1, refused.Status);
        Assert.Contains("Connection refused", refused.Output, StringComparison.Ordinal);
        await JudgeAsync(guest);
    }

    [Fact]
    public async Task Nmap_ConnectAndSynScans_SeeOpenAndClosedPorts()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, Services);
        foreach (string scan in (string[])["-sT", "-sS"])
        {
            string output = (await network.RunAsync("nmap", "-n", "-Pn", scan, "-p", "7,9,19,22,80", QemuOptions.GuestAddress)).Output;
            Assert.Matches(@"(?m)^7/tcp +open ", output);
            Assert.Matches(@"(?m)^80/tcp +open ", output);
            Assert.Matches(@"(?m)^22/tcp +closed ", output);
        }

        await JudgeAsync(guest);
        HostProgramResult system = await network.RunAsync("nmap", "-n", "-Pn", "-O", "--max-os-tries", "1", "-p", "7,22,80", QemuOptions.GuestAddress);
        Assert.Contains("OS detection performed", system.Output, StringComparison.Ordinal);
        Assert.Contains("TCP", (await guest.Shell.RunAsync("netstat -st")).Succeeded().Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, (await network.RunAsync("ping", "-c", "1", "-W", "5", QemuOptions.GuestAddress)).Status);
        Assert.Contains("127.0.0.1", await CurlAsync(network, "http://10.77.0.2/hosts"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-n", "300", "-c", "8")]
    [InlineData("-n", "600", "-c", "16", "-k")]
    public async Task Httpd_UnderAb_AnswersEveryRequest(params string[] options)
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, Services);
        HostProgramResult load = await network.RunAsync("ab", ["-q", "-s", "50", .. options, "http://10.77.0.2/hosts"]);
        Assert.Matches($@"(?m)^Complete requests: +{options[1]}$", load.Output);
        Assert.Matches(@"(?m)^Failed requests: +0$", load.Output);
        Assert.DoesNotContain("Non-2xx", load.Output, StringComparison.Ordinal);
        await JudgeAsync(guest);
    }

    [Fact]
    public async Task Programs_LeaveNothing_ThatTsharkWarnsOf()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, QemuOptions.AddressOptions + " run=\"inetd; httpd /etc; iperf3 -s >/dev/null &\"");
        await Eventually.TrueAsync(
            async () => (await guest.Shell.RunAsync("ss -tln")).Output.Contains("0.0.0.0:5201 ", StringComparison.Ordinal), "iperf3 listens", Limits.Command);
        Assert.Contains("127.0.0.1", await CurlAsync(network, "http://10.77.0.2/hosts"), StringComparison.Ordinal);
        Assert.Equal(0, (await network.RunAsync("iperf3", "-c", QemuOptions.GuestAddress, "-n", "2M")).Status);
        Assert.Equal(0, (await network.RunAsync("iperf3", "-c", QemuOptions.GuestAddress, "-n", "2M", "-R")).Status);
        Assert.Contains("7/tcp", (await network.RunAsync("nmap", "-n", "-Pn", "-sT", "-p", "1-100", QemuOptions.GuestAddress)).Output, StringComparison.Ordinal);
        await using ChildProcess nc = await network.StartInteractiveAsync("nc", "-n", QemuOptions.GuestAddress, "7");
        await nc.SendAsync("through nc\n");
        await nc.WaitForOutputAsync("through nc", Limits.HostProgram);
        await using ChildProcess telnet = await network.StartInteractiveAsync("telnet", QemuOptions.GuestAddress, "7");
        await telnet.WaitForOutputAsync("Connected to", Limits.HostProgram);
        await telnet.SendAsync("through telnet\n");
        await telnet.WaitForOutputAsync("through telnet", Limits.HostProgram);
        await JudgeAsync(guest);
    }

    private static async Task<string> CurlAsync(TapNetwork network, params string[] arguments) =>
        (await network.RunAsync("curl", ["-s", "-m", "50", .. arguments])).Output;

    private static async Task<QemuGuest> BootAsync(TapNetwork network, string options)
    {
        QemuGuest guest = await QemuGuest.BootAsync(nameof(TcpTests), network.Attach(new QemuOptions { FirmwareOptions = options }));
        await Eventually.TrueAsync(
            async () => (await network.RunAsync("ping", "-c", "1", "-W", "1", QemuOptions.GuestAddress)).Status == 0, "the guest answers", Limits.Command);
        return guest;
    }

    private static Task JudgeAsync(QemuGuest guest) => CaptureJudge.AssertCleanAsync(guest.CapturePath);
}
