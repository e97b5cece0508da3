namespace KernelSockets;

/// <summary>One line of the routing table.</summary>
/// <param name="Destination">Network.</param>
/// <param name="PrefixLength">Its prefix; 0 for the default route.</param>
/// <param name="Gateway">Next hop; 0.0.0.0 for a network that is reached directly.</param>
/// <param name="Interface">Through which interface.</param>
/// <param name="Metric">The lower of two equal routes counts.</param>
/// <param name="IsUp">True when its interface is up.</param>
public sealed record RouteInformation(Ipv4Address Destination, int PrefixLength, Ipv4Address Gateway, string Interface, int Metric, bool IsUp);

/// <summary>One counter of a protocol, as <c>netstat -s</c> shows it.</summary>
/// <param name="Group">For example <c>Ip</c>, <c>Icmp</c>, <c>Udp</c>.</param>
/// <param name="Name">Name as in /proc/net/snmp where it has one, for example <c>InReceives</c>.</param>
/// <param name="Value">Its value.</param>
public sealed record ProtocolCounter(string Group, string Name, long Value);

/// <summary>One socket, as <c>netstat</c> shows it.</summary>
/// <param name="Protocol"><c>udp</c>, <c>tcp</c>, <c>raw</c> or <c>packet</c>.</param>
/// <param name="Local">Local address, as text: <c>0.0.0.0:53</c>, <c>*:1</c> for raw sockets with their protocol, <c>eth0:0003</c> for packet sockets with their filter.</param>
/// <param name="Remote">Peer, as text; <c>0.0.0.0:*</c> for none.</param>
/// <param name="State">State of a TCP connection, <c>ESTABLISHED</c> for connected datagram sockets, else empty.</param>
/// <param name="ReceiveQueue">Bytes that wait to be read.</param>
/// <param name="SendQueue">Bytes that wait to be sent or acknowledged.</param>
/// <param name="Drops">Packets dropped because the receive queue was full.</param>
/// <param name="Job">Job that made it.</param>
/// <param name="Inode">Number of its inode.</param>
public sealed record SocketInformation(
    string Protocol, string Local, string Remote, string State, long ReceiveQueue, long SendQueue, long Drops, int Job, ulong Inode)
{
    /// <summary>The figures of a TCP connection; null for any other socket, and in TIME-WAIT.</summary>
    public StreamInformation? Stream { get; init; }

    /// <summary>True for a socket without a peer: one that listens, or a datagram socket that takes from anybody.</summary>
    public bool IsListening => State is "LISTEN" or "";
}
