using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>The guest on a TAP device in a network namespace, with the real programs of the host as its partners.</summary>
public sealed class TapTests
{
    [Fact]
    public async Task Ping_BothWaysOverTap_LosesNothingAndTsharkFindsNoFault()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);

        ShellResult fromGuest = (await guest.Shell.RunAsync("ping -c 3 10.77.0.1")).Succeeded();
        Assert.Contains("3 packets transmitted, 3 received, 0% packet loss", fromGuest.Output, StringComparison.Ordinal);

        HostProgramResult fromHost = await network.RunAsync("ping", "-n", "-c", "3", "-i", "0.2", QemuOptions.GuestAddress);
        Assert.Contains("3 packets transmitted, 3 received, 0% packet loss", fromHost.Output, StringComparison.Ordinal);

        HostProgramResult large = await network.RunAsync("ping", "-n", "-c", "3", "-i", "0.2", "-s", "1472", "-M", "do", QemuOptions.GuestAddress);
        Assert.Contains(" 0% packet loss", large.Output, StringComparison.Ordinal);

        await guest.Console.SendAsync("poweroff\r");
        _ = await guest.WaitForExitAsync(Limits.Command);
        await AssertCleanCaptureAsync(guest.CapturePath, leastFrames: 20);
    }

    [Fact]
    public async Task PingFlood_FromTheHost_LeavesTheGuestAliveAndItsBuffersFree()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        _ = await network.RunAsync("ping", "-n", "-c", "1", QemuOptions.GuestAddress);
        FreeReport before = FreeReport.Parse((await guest.Shell.RunAsync("free -b")).Succeeded().Output);

        HostProgramResult flood = await network.RunAsync("ping", "-n", "-q", "-f", "-c", "5000", QemuOptions.GuestAddress);
        Assert.Contains("5000 packets transmitted", flood.Output, StringComparison.Ordinal);

        HostProgramResult after = await network.RunAsync("ping", "-n", "-c", "3", "-i", "0.2", QemuOptions.GuestAddress);
        Assert.Contains(" 0% packet loss", after.Output, StringComparison.Ordinal);
        Assert.Equal(before.FreeBuffers, FreeReport.Parse((await guest.Shell.RunAsync("free -b")).Succeeded().Output).FreeBuffers);
    }

    [Theory]
    [InlineData("e1000-82540em")]
    [InlineData("e1000-82544gc")]
    [InlineData("e1000-82545em")]
    public async Task Nic_OfTheFamily_Works(string model)
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(TapTests), network.Attach(new QemuOptions { NicModel = model, FirmwareOptions = QemuOptions.AddressOptions }));
        ShellResult ping = (await guest.Shell.RunAsync("ping -c 2 -i 0.2 10.77.0.1")).Succeeded();
        Assert.Contains(" 0% packet loss", ping.Output, StringComparison.Ordinal);
    }

    private static Task<QemuGuest> BootAsync(TapNetwork network) =>
        QemuGuest.BootAsync(nameof(TapTests), network.Attach(new QemuOptions { FirmwareOptions = QemuOptions.AddressOptions }));

    /// <summary>tshark reads the capture with all checksum checks on: none may be bad, no packet malformed.</summary>
    private static async Task AssertCleanCaptureAsync(string path, int leastFrames)
    {
        string[] checks = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"];
        string all = await HostProgram.SucceedAsync("tshark", ["-n", "-r", path, .. checks]);
        string bad = await HostProgram.SucceedAsync(
            "tshark",
            ["-n", "-r", path, .. checks, "-Y", "_ws.malformed || ip.checksum.status == \"Bad\" || icmp.checksum.status == \"Bad\""]);
        Assert.True(Frames(all) >= leastFrames, all);
        Assert.True(Frames(bad) == 0, bad);
    }

    /// <summary>Lines of tshark's summary; it warns root on a line of its own.</summary>
    private static int Frames(string summary) => summary.Split('\n').Count(line => line.Contains('→', StringComparison.Ordinal) || line.Contains("->", StringComparison.Ordinal));
}
