using System.Diagnostics;

namespace KernelSockets.FaultyWire;

/// <summary>
/// The place of the wire: between a bridge and one of its ports, in the network namespace of this process. The port moves to a bridge of its own, and
/// each of the two bridges gets one end of the wire.
/// </summary>
/// <remarks>
/// <code>
///    program of the host - BRIDGE - wire1 - this process - wire0 - wirebr - PORT - QEMU
/// </code>
/// </remarks>
internal sealed class WirePlace : IDisposable
{
    private const string OwnBridge = "wirebr";
    private const string NearEnd = "wire0";
    private const string FarEnd = "wire1";

    private readonly string _bridge;
    private readonly string _port;

    /// <exception cref="InvalidOperationException">The place cannot be made; the message says why.</exception>
    public WirePlace(string bridge, string port)
    {
        _bridge = bridge;
        _port = port;
        if (Directory.Exists("/proc/sys/net/ipv4/conf/" + OwnBridge))
        {
            Ip("link", "del", OwnBridge); // of one that was killed
        }

        Ip("link", "add", OwnBridge, "type", "bridge", "stp_state", "0", "forward_delay", "0", "mcast_snooping", "0");
        Ip("link", "set", OwnBridge, "up");
        GuestEnd = Connect(NearEnd, OwnBridge);
        HostEnd = Connect(FarEnd, bridge);
        Ip("link", "set", port, "master", OwnBridge);
    }

    /// <summary>The end at the port.</summary>
    public TapDevice GuestEnd { get; }

    /// <summary>The end at the bridge.</summary>
    public TapDevice HostEnd { get; }

    /// <summary>Puts the port back. The ends go with the process.</summary>
    public void Dispose()
    {
        Ip("link", "set", _port, "master", _bridge);
        Ip("link", "del", OwnBridge);
    }

    private static TapDevice Connect(string name, string bridge)
    {
        TapDevice device = new(name);
        Ip("link", "set", name, "master", bridge);
        Ip("link", "set", name, "up");
        return device;
    }

    private static void Ip(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {said.Trim()}");
        }
    }
}
