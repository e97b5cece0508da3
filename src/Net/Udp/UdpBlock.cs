using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The control block of a UDP socket.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class UdpBlock : InetBlock
{
    /// <param name="stack">The stack.</param>
    /// <param name="socket">Whose block it is.</param>
    public UdpBlock(NetStack stack, Socket socket)
        : base(stack, socket)
    {
    }

    /// <summary>Local port; 0 before the socket is in the table.</summary>
    public ushort LocalPort { get; set; }

    /// <summary>The port was given to bind, so that disconnecting keeps it.</summary>
    public bool IsPortBound { get; set; }

    /// <summary>SO_REUSEADDR or SO_REUSEPORT.</summary>
    public bool MayShare => Settings.IsOn(SocketOption.ReuseAddress) || Settings.IsOn(SocketOption.ReusePort);

    /// <inheritdoc/>
    public override SocketInformation Describe() => new(
        "udp",
        $"{LocalAddress}:{LocalPort}",
        IsConnected ? $"{RemoteAddress}:{RemotePort}" : "0.0.0.0:*",
        IsConnected ? "ESTABLISHED" : string.Empty,
        Queue.Bytes,
        0,
        Queue.Dropped,
        Socket.OwnerJob,
        Socket.InodeNumber);
}
