using KernelSockets.QemuHarness.Wire;

namespace KernelSockets.QemuHarness.Machine;

/// <summary>A machine that serves echo, discard, chargen and HTTP, and at the other end of its cable somebody who means it ill.</summary>
public sealed class SurvivingGuest : SharedGuest
{
    /// <summary>Bytes of the file that the web server has besides those of /etc.</summary>
    internal const int LargeFileSize = 200_000;

    private protected override QemuOptions Options =>
        new() { Network = NetworkKind.Wire, FirmwareOptions = $"{QemuOptions.AddressOptions} run=\"inetd; httpd /etc\"" };

    internal TcpStation Station { get; private set; } = null!;

    private protected override async Task BootedAsync(QemuGuest guest)
    {
        Station = new TcpStation(new EthernetPeer(guest.Port));
        await Eventually.TrueAsync(
            async () => (await guest.Shell.RunAsync("netstat -tan")).Output.Contains("0.0.0.0:80 ", StringComparison.Ordinal), "httpd listens", Limits.Command);
        _ = (await guest.Shell.RunAsync($"head -c {LargeFileSize} /dev/zero > /etc/large")).Succeeded();
    }
}
