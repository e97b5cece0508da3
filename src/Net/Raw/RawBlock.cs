using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The control block of a raw socket.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class RawBlock : InetBlock
{
    /// <summary>IPPROTO_RAW: for sending any protocol, with a header of the caller's; receives nothing (raw(7)).</summary>
    internal const int SendOnly = 255;

    private const int IcmpTypes = 32;

    /// <param name="stack">The stack.</param>
    /// <param name="socket">Whose block it is.</param>
    public RawBlock(NetStack stack, Socket socket)
        : base(stack, socket) => IsHeaderIncluded = socket.Protocol == SendOnly;

    /// <summary>IP_HDRINCL: what is sent has its IP header already.</summary>
    public bool IsHeaderIncluded { get; set; }

    /// <summary>ICMP_FILTER: a bit for each ICMP type below 32 that is not wanted.</summary>
    public uint IcmpFilter { get; set; }

    /// <summary>True when the socket takes a datagram. Protocol 0 stands for all of them.</summary>
    public bool Accepts(in Ipv4Datagram datagram)
    {
        Ipv4Header header = datagram.Header;
        bool isProtocol = Socket.Protocol == 0 || Socket.Protocol == (int)header.Protocol;
        bool isLocal = LocalAddress.IsAny || LocalAddress == header.Destination;
        bool isPeer = RemoteAddress.IsAny || RemoteAddress == header.Source;
        return isProtocol && isLocal && isPeer && Accepts(datagram.Interface) && !IsFiltered(header);
    }

    /// <inheritdoc/>
    public override SocketInformation Describe() => new(
        "raw",
        $"{LocalAddress}:{Socket.Protocol}",
        IsConnected ? $"{RemoteAddress}:*" : "0.0.0.0:*",
        IsConnected ? "ESTABLISHED" : string.Empty,
        Queue.Bytes,
        0,
        Queue.Dropped,
        Socket.OwnerJob,
        Socket.InodeNumber);

    private bool IsFiltered(in Ipv4Header header) => IcmpFilter != 0
        && header.Protocol == Ipv4Protocol.Icmp
        && IcmpHeader.TryParse(header.Payload, out IcmpHeader message)
        && (int)message.Type < IcmpTypes
        && (IcmpFilter & (1u << (int)message.Type)) != 0;
}
