using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>The guest's network tools against the host's servers, and the host's tools against the guest's servers.</summary>
public sealed class NetworkToolsTests
{
    private const string Dynamic = "ip=dhcp";

    [Fact]
    public async Task Dhcp_FromDnsmasq_GivesAddressRouteAndNames()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using ChildProcess server = await network.StartNameAndAddressServerAsync();
        await using QemuGuest guest = await BootAsync(network, Dynamic);
        await WaitForAddressAsync(guest);

        Assert.Contains("10.77.0.1", (await guest.Shell.RunAsync("route -n")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("DHCPACK", server.Output, StringComparison.Ordinal);

        ShellResult byName = (await guest.Shell.RunAsync("ping -c 2 -i 0.2 peer.test")).Succeeded();
        Assert.Contains("PING peer.test (10.77.0.1)", byName.Output, StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", byName.Output, StringComparison.Ordinal);

        ShellResult unknown = await guest.Shell.RunAsync("ping -c 1 nosuch.test");
        Assert.NotEqual(0, unknown.Status);

        _ = (await guest.Shell.RunAsync("dhclient -r eth0")).Succeeded();
        Assert.DoesNotContain("10.77.0.2", (await guest.Shell.RunAsync("ifconfig eth0")).Output, StringComparison.Ordinal);
        await server.WaitForOutputAsync("DHCPRELEASE", Limits.HostProgram);

        ShellResult again = (await guest.Shell.RunAsync("dhclient -v eth0")).Succeeded();
        Assert.Contains("bound to 10.77.0.2", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dhcp_AddressOfAnotherStation_IsDeclinedAndTakenWhenItIsFree()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootOnOccupiedNetworkAsync(network);

        // The station is gone; dnsmasq keeps a declined address back, so another one serves now.
        await using ChildProcess server = await network.StartNameAndAddressServerAsync();
        await WaitForAddressAsync(guest);
    }

    [Fact]
    public async Task Dig_Alias_IsFollowed()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using ChildProcess server = await network.StartNameAndAddressServerAsync();
        await using QemuGuest guest = await BootAsync(network, Dynamic);
        await WaitForAddressAsync(guest);
        ShellResult dig = (await guest.Shell.RunAsync("dig +short alias.test")).Succeeded();
        Assert.Equal(["peer.test.", "10.77.0.1"], dig.Lines.Select(line => line.Trim()));
    }

    [Fact]
    public async Task Traceroute_ToTheHost_ReachesItInOneHop()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        string output = (await guest.Shell.RunAsync("traceroute -n 10.77.0.1")).Succeeded().Output;
        Assert.Matches(@"(?m)^ ?1 +10\.77\.0\.1 +[0-9.]+ ms", output);
    }

    [Fact]
    public async Task Nc_OverUdp_CarriesTextBothWays()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);

        int from = await guest.Shell.StartAsync("nc -v -u -l -p 5000");
        _ = await guest.Console.WaitForAsync("Bound on 0.0.0.0 5000\n", from, Limits.Command);
        await using ChildProcess sender = await network.StartInteractiveAsync("nc", "-u", "-p", "5002", "10.77.0.2", "5000");
        await sender.SendAsync("to the guest\n");
        _ = await guest.Console.WaitForAsync("to the guest\n", from, Limits.Command);
        await guest.Console.SendAsync("to the host\r");
        await sender.WaitForOutputAsync("to the host", Limits.Command);
        await guest.Console.SendAsync("\x03");
        _ = await guest.Shell.WaitForPromptAsync(from, Limits.Command);

        await using ChildProcess listener = await network.StartInteractiveAsync("nc", "-n", "-v", "-u", "-l", "-p", "5001");
        await listener.WaitForOutputAsync("Bound on", Limits.HostProgram);
        from = await guest.Shell.StartAsync("nc -u 10.77.0.1 5001");
        await guest.Console.SendAsync("from the guest\r");
        await listener.WaitForOutputAsync("from the guest", Limits.Command);
        await listener.SendAsync("and back\n");
        _ = await guest.Console.WaitForAsync("and back\n", from, Limits.Command);
        await guest.Console.SendAsync("\x03");
        _ = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
    }

    [Fact]
    public async Task Inetd_EchoOverUdp_ReturnsEveryDatagram()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, QemuOptions.AddressOptions + " run=\"inetd\"");
        HostProgramResult echo = await network.RunAsync(
            "python3", "-c", """
            import os, socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20); s.connect(("10.77.0.2", 7))
            for size in (0, 1, 17, 18, 1400, 1472, 1473, 4000, 9000):
                data = os.urandom(size); s.send(data); assert s.recv(65536) == data, size
            print("all came back")
            """);
        Assert.Contains("all came back", echo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nmap_UdpAndProtocolScans_GetAnswersAndLeaveTheGuestAlive()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, QemuOptions.AddressOptions + " run=\"inetd\"");

        string udp = (await network.RunAsync("nmap", "-n", "-Pn", "-sU", "-p", "7,53,123,9999", QemuOptions.GuestAddress)).Output;
        Assert.Matches(@"(?m)^7/udp +open ", udp);
        Assert.Matches(@"(?m)^53/udp +closed ", udp);
        Assert.Matches(@"(?m)^9999/udp +closed ", udp);

        // The guest, as Linux, sends a host one such ICMP error a second.
        string protocols = (await network.RunAsync("nmap", "-n", "-Pn", "-sO", "--scan-delay", "1100ms", "-p", "1,17,47,132", QemuOptions.GuestAddress)).Output;
        Assert.Matches(@"(?m)^1 +open +icmp", protocols);
        Assert.Matches(@"(?m)^17 +open +udp", protocols);
        Assert.Matches(@"(?m)^47 +closed +gre", protocols);
        Assert.Matches(@"(?m)^132 +closed +sctp", protocols);

        Assert.Contains(" 0% packet loss", (await network.RunAsync("ping", "-n", "-c", "2", "-i", "0.2", QemuOptions.GuestAddress)).Output, StringComparison.Ordinal);
        _ = (await guest.Shell.RunAsync("echo alive")).Succeeded();
    }

    [Fact]
    public async Task RawDemo_AnswersTheHost()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);

        int from = await guest.Shell.StartAsync("rawdemo");
        _ = await guest.Console.WaitForAsync("receiving...", from, Limits.Command);
        HostProgramResult raw = await network.RunAsync(
            "python3", "-c", """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253); s.settimeout(20)
            s.sendto(b"hello over IP protocol 253", ("10.77.0.2", 0))
            print(s.recv(2048)[20:])
            """);
        Assert.Contains("this is ack message", raw.Output, StringComparison.Ordinal);
        Assert.Contains("10.77.0.1 -> 10.77.0.2", (await guest.Shell.WaitForPromptAsync(from, Limits.Command)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PacketDemo_AnswersTheHost()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        int from = await guest.Shell.StartAsync("pktdemo");
        _ = await guest.Console.WaitForAsync("receiving...", from, Limits.Command);
        HostProgramResult packet = await network.RunAsync(
            "python3", "-c", """
            import socket
            guest = bytes.fromhex("525400123456")
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5)); s.bind(("br0", 0x88b5)); s.settimeout(20)
            s.send(guest + bytes.fromhex("5254004b5301") + b"\x88\xb5" + b"hello over Ethernet".ljust(46, b"\0"))
            while True:
                frame = s.recv(2048)
                if frame[6:12] == guest: print(frame[14:]); break
            """);
        Assert.Contains("this is ack message", packet.Output, StringComparison.Ordinal);
        _ = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
    }

    private static Task<QemuGuest> BootAsync(TapNetwork network, string options = QemuOptions.AddressOptions) =>
        QemuGuest.BootAsync(nameof(NetworkToolsTests), network.Attach(new QemuOptions { FirmwareOptions = options }));

    private static async Task<QemuGuest> BootOnOccupiedNetworkAsync(TapNetwork network)
    {
        await using ChildProcess squatter = await network.StartAsync(
            "python3", "-uc", """
            import socket
            mac, ip = bytes.fromhex("525400999999"), bytes([10, 77, 0, 2])
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)); s.bind(("br0", 0x0806)); print("squatting")
            while True:
                frame = s.recv(2048)
                if frame[20:22] == b"\0\1" and frame[38:42] == ip and frame[6:12] != mac:
                    s.send(frame[6:12] + mac + frame[12:20] + b"\0\2" + mac + ip + frame[22:32]); print("claimed")
            """);
        await squatter.WaitForOutputAsync("squatting", Limits.HostProgram);
        await using ChildProcess server = await network.StartNameAndAddressServerAsync();
        QemuGuest guest = await BootAsync(network, Dynamic);
        await squatter.WaitForOutputAsync("claimed", Limits.Command);
        await server.WaitForOutputAsync("DHCPDECLINE", Limits.Command);
        Assert.DoesNotContain("10.77.0.2", (await guest.Shell.RunAsync("ifconfig eth0")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("10.77.0.2 is in use", (await guest.Shell.RunAsync("dmesg")).Succeeded().Output, StringComparison.Ordinal);
        return guest;
    }

    private static Task WaitForAddressAsync(QemuGuest guest) => Eventually.TrueAsync(
        async () => (await guest.Shell.RunAsync("ifconfig eth0")).Output.Contains("10.77.0.2", StringComparison.Ordinal), "the guest has its lease", Limits.Command);
}
