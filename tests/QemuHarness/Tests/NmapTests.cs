using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>nmap finds in the guest what it finds in a Linux host with the same services.</summary>
public sealed class NmapTests
{
    [Theory]
    [InlineData("-sU", "-p", "7,9,40001-40004")]
    [InlineData("-sO", "-p", "1,2,17,99,253")] // TCP is not there yet
    public async Task Scan_FindsWhatItFindsInLinux(string kind, string option, string range)
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(NmapTests), network.Attach(new QemuOptions { FirmwareOptions = QemuOptions.AddressOptions + " run=\"inetd\"" }));
        await using ChildProcess services = await network.StartAsync(
            "python3", "-uc", """
            import select, socket
            echo, discard = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
            echo.bind(("10.77.0.1", 7)); discard.bind(("10.77.0.1", 9)); print("serving")
            while True:
                for s in select.select([echo, discard], [], [])[0]:
                    data, peer = s.recvfrom(65536)
                    if s is echo: s.sendto(data, peer)
            """);
        await services.WaitForOutputAsync("serving", Limits.HostProgram);

        string[] linux = await ScanAsync(network, QemuOptions.HostAddress, kind, option, range);
        string[] ours = await ScanAsync(network, QemuOptions.GuestAddress, kind, option, range);
        Assert.NotEmpty(linux);
        Assert.Equal(linux, ours);
        Assert.Equal("alive", (await guest.Shell.RunAsync("echo alive")).Succeeded().Output.Trim());
    }

    /// <summary>The lines about ports or protocols.</summary>
    private static async Task<string[]> ScanAsync(TapNetwork network, string address, params string[] options)
    {
        HostProgramResult result = await network.RunAsync("nmap", [.. options, "-n", "-Pn", "-T4", "--reason", "--disable-arp-ping", address]);
        return
        [
            .. result.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length >= 3 && char.IsAsciiDigit(words[0][0]) && words[1] is "open" or "closed" or "filtered" or "open|filtered")
                .Select(words => $"{words[0]} {words[1]}"),
        ];
    }
}
