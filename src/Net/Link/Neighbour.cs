namespace KernelSockets.Net;

/// <summary>
/// One entry of the ARP cache. Reused for other addresses, so nobody but <see cref="NeighbourTable"/> and <see cref="Arp"/> keeps one.
/// </summary>
/// <remarks>The stack's gate protects it.</remarks>
internal sealed class Neighbour
{
    /// <summary>Packets that wait for one neighbour (RFC 1122 §2.3.2.2 asks for at least one, the latest).</summary>
    internal const int MaximumPending = 8;

    /// <param name="expired">Called when the entry's timer runs out.</param>
    public Neighbour(Action<Neighbour, Instant> expired) => Timer = new CallbackTimer(now => expired(this, now));

    public NetInterface? Interface { get; set; }

    public Ipv4Address Address { get; set; }

    /// <summary>Valid in all states but Incomplete and Failed.</summary>
    public MacAddress Hardware { get; set; }

    public NeighbourState State { get; set; }

    /// <summary>When the hardware address was learnt or changed.</summary>
    public Instant UpdatedAt { get; set; }

    /// <summary>Requests sent in this state.</summary>
    public int Solicitations { get; set; }

    /// <summary>Packets that wait for the hardware address, each with its IPv4 header in front.</summary>
    public PacketQueue Pending { get; } = new(MaximumPending);

    public StackTimer Timer { get; }

    public bool HasHardware => State is not (NeighbourState.Incomplete or NeighbourState.Failed);

    /// <summary>Neighbours in the order of their last use, in <see cref="NeighbourTable"/>.</summary>
    public Neighbour? MoreRecent { get; set; }

    public Neighbour? LessRecent { get; set; }
}
