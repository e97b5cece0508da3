using KernelSockets.QemuHarness.Wire;

namespace KernelSockets.QemuHarness.Machine;

/// <summary>A machine that runs a service over UDP, and whose cable ends at an <see cref="EthernetPeer"/>.</summary>
/// <param name="command">Starts the service in the background; it must not print after the prompt has come.</param>
/// <param name="port">The port that it listens on when it is ready.</param>
public abstract class WireServiceGuest(string command, int port) : SharedGuest
{
    private protected override QemuOptions Options =>
        new() { Network = NetworkKind.Wire, FirmwareOptions = $"{QemuOptions.AddressOptions} run=\"{command}\"" };

    internal EthernetPeer Peer { get; private set; } = null!;

    private protected override async Task BootedAsync(QemuGuest guest)
    {
        Peer = new EthernetPeer(guest.Port);
        await Eventually.TrueAsync(
            async () => (await guest.Shell.RunAsync("netstat -uan")).Output.Contains($"0.0.0.0:{port} ", StringComparison.Ordinal),
            $"{command} listens",
            Limits.Command);
    }
}
