namespace KernelSockets.Net;

/// <summary>
/// The Address Resolution Protocol: RFC 826 with the requirements of RFC 1122 §2.3.2, address conflict detection of RFC 5227, and
/// the states
/// of RFC 4861 §7.3.2 so that a neighbour in use is asked again by unicast before it is given up.
/// </summary>
/// <remarks>
/// Called by <see cref="NetInterface"/> for packets in and out and by the stack's timers; everything under the stack's gate.
/// Deviations: an unsolicited reply never creates an entry, and a changed hardware address is taken at most once a second, both as Linux
/// does, so that
/// a station which answers for others cannot fill or thrash the cache.
/// </remarks>
public sealed class Arp
{
    /// <summary>Neighbours of all interfaces together.</summary>
    public const int MaximumNeighbours = NeighbourTable.Capacity;

    /// <summary>Packets that may wait for neighbours in all, so that they cannot use up the buffer pool.</summary>
    public const int MaximumPending = 64;

    /// <summary>
    /// Requests sent in vain before a neighbour counts as failed (RFC 4861 §10, MAX_MULTICAST_SOLICIT and MAX_UNICAST_SOLICIT).
    /// </summary>
    public const int MaximumSolicitations = 3;

    /// <summary>Least time between two requests for one address (RFC 1122 §2.3.2.1).</summary>
    public static readonly TimeSpan RequestInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a confirmation counts (RFC 4861 §10, REACHABLE_TIME).</summary>
    public static readonly TimeSpan ReachableTime = TimeSpan.FromSeconds(30);

    /// <summary>How long an unused entry is kept (RFC 1122 §2.3.2.1: on the order of a minute).</summary>
    public static readonly TimeSpan StaleLifetime = TimeSpan.FromSeconds(60);

    /// <summary>How long a failed entry is shown.</summary>
    public static readonly TimeSpan FailedLifetime = TimeSpan.FromSeconds(20);

    /// <summary>From the first use of a stale entry to its check (RFC 4861 §10, DELAY_FIRST_PROBE_TIME).</summary>
    public static readonly TimeSpan DelayTime = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two changes of a neighbour's hardware address (as Linux's locktime).</summary>
    public static readonly TimeSpan UpdateInterval = TimeSpan.FromSeconds(1);

    /// <summary>Least time between two defences of our address (RFC 5227 §1.1, DEFEND_INTERVAL).</summary>
    public static readonly TimeSpan DefendInterval = TimeSpan.FromSeconds(10);

    private readonly NetStack _stack;
    private readonly NeighbourTable _table;
    private int _pending;

    internal Arp(NetStack stack)
    {
        _stack = stack;
        _table = new NeighbourTable(OnTimer);
    }

    /// <summary>Counters.</summary>
    public ArpStatistics Statistics { get; } = new();

    internal NeighbourTable Table => _table;

    /// <summary>Packets that wait for a neighbour now.</summary>
    internal int PendingPackets => _pending;

    /// <summary>Handles a received ARP packet: RFC 826, "Packet Reception".</summary>
    internal void Receive(NetInterface netInterface, in EthernetHeader frame)
    {
        Statistics.InPackets++;
        if (!ArpPacket.TryParse(frame.Payload, out ArpPacket packet) || !IsPlausible(packet))
        {
            Statistics.InErrors++;
            return;
        }

        netInterface.Probe.Examine(packet);
        if (!netInterface.HasAddress)
        {
            return;
        }

        bool isForUs = packet.TargetProtocol == netInterface.Address;
        if (packet.SenderProtocol == netInterface.Address)
        {
            NoteClaim(netInterface, packet.SenderHardware);
            return;
        }

        if (!packet.SenderProtocol.IsAny)
        {
            Learn(netInterface, packet, isForUs, isUnicast: frame.Destination == netInterface.Device.Address);
        }

        if (isForUs && packet.Operation == ArpOperation.Request)
        {
            Statistics.InRequests++;
            Reply(netInterface, packet);
        }
    }

    /// <summary>
    /// Sends an IPv4 packet to a neighbour, now or when its hardware address is known. Takes over the caller's reference.
    /// </summary>
    internal Errno Send(NetInterface netInterface, Ipv4Address nextHop, PacketBuffer packet)
    {
        Neighbour? neighbour = _table.Find(netInterface, nextHop) ?? TryAdd(netInterface, nextHop, isUsed: true);
        if (neighbour is null)
        {
            Statistics.UnresolvedDiscards++;
            packet.Release();
            return Errno.ENOBUFS;
        }

        _table.Touch(neighbour);
        if (neighbour.HasHardware)
        {
            NoteUse(neighbour);
            return netInterface.Transmit(packet, neighbour.Hardware, EtherType.Ipv4);
        }

        if (neighbour.State == NeighbourState.Failed)
        {
            StartResolution(neighbour);
        }

        return Defer(neighbour, packet);
    }

    /// <summary>Tells everybody our address (RFC 5227 §2.3), and with it that an old holder's is out of date.</summary>
    internal void Announce(NetInterface netInterface)
    {
        ArpFields announcement = new(
            ArpOperation.Request, netInterface.Device.Address, netInterface.Address, MacAddress.Any, netInterface.Address);
        if (Emit(netInterface, announcement, MacAddress.Broadcast))
        {
            Statistics.OutAnnouncements++;
        }
    }

    /// <summary>Asks for an address that we want to have, without a sender address, so that nobody learns it (RFC 5227 §2.1.1).</summary>
    /// <returns>False when the request did not reach the wire.</returns>
    internal bool Probe(NetInterface netInterface, Ipv4Address address)
    {
        ArpFields probe = new(ArpOperation.Request, netInterface.Device.Address, Ipv4Address.Any, MacAddress.Any, address);
        bool isSent = netInterface.Device.IsLinkUp && Emit(netInterface, probe, MacAddress.Broadcast);
        Statistics.OutProbes += isSent ? 1 : 0;
        return isSent;
    }

    /// <summary>Enters a permanent neighbour, or makes an existing one permanent.</summary>
    internal Errno AddPermanent(NetInterface netInterface, Ipv4Address address, MacAddress hardware)
    {
        Neighbour? neighbour = _table.Find(netInterface, address) ?? TryAdd(netInterface, address, isUsed: true);
        if (neighbour is null)
        {
            return Errno.ENOBUFS;
        }

        _stack.Timers.Cancel(neighbour.Timer);
        _table.MakePermanent(neighbour);
        neighbour.Hardware = hardware;
        SendPending(neighbour);
        return Errno.Success;
    }

    /// <summary>Forgets a neighbour and drops what waits for it.</summary>
    internal void Remove(Neighbour neighbour)
    {
        _stack.Timers.Cancel(neighbour.Timer);
        Statistics.UnreachableDiscards += neighbour.Pending.Count;
        _pending -= neighbour.Pending.Count;
        neighbour.Pending.Clear();
        _table.Remove(neighbour);
    }

    /// <summary>Forgets all neighbours of an interface that were learnt: its network has changed or its cable was pulled.</summary>
    internal void Flush(NetInterface netInterface)
    {
        Neighbour? neighbour = _table.LeastRecent;
        while (neighbour is not null)
        {
            Neighbour? next = neighbour.MoreRecent;
            if (ReferenceEquals(neighbour.Interface, netInterface))
            {
                Remove(neighbour);
            }

            neighbour = next;
        }
    }

    /// <summary>Addresses that no host can have make a packet an error, not a lesson.</summary>
    private static bool IsPlausible(in ArpPacket packet)
    {
        Ipv4Address sender = packet.SenderProtocol;
        return !packet.SenderHardware.IsMulticast && packet.SenderHardware != MacAddress.Any
            && !sender.IsMulticast && !sender.IsBroadcast && !sender.IsLoopback && !sender.IsReserved;
    }

    private void NoteClaim(NetInterface netInterface, MacAddress claimant)
    {
        if (claimant == netInterface.Device.Address)
        {
            return; // our own frame, reflected by a hub or bridge
        }

        Statistics.AddressConflicts++;
        Instant now = _stack.Clock.Now;
        if (netInterface.DefendedAt is { } last && now < last + DefendInterval)
        {
            return;
        }

        // RFC 5227 §2.4 (c): keep the address, defend it at most once in an interval.
        netInterface.DefendedAt = now;
        Announce(netInterface);
        _stack.Host.ReportAddressConflict(netInterface.Name, netInterface.Address, claimant);
    }

    private void Learn(NetInterface netInterface, in ArpPacket packet, bool isForUs, bool isUnicast)
    {
        Neighbour? neighbour = _table.Find(netInterface, packet.SenderProtocol);
        bool isReply = packet.Operation == ArpOperation.Reply;
        if (isReply && isForUs)
        {
            Statistics.InReplies++;
        }

        if (neighbour is not null)
        {
            bool isAnswer = isReply && isForUs && isUnicast && neighbour.State is NeighbourState.Incomplete or NeighbourState.Probe;
            Update(neighbour, packet.SenderHardware, isAnswer);
        }
        else if (isForUs && !isReply && netInterface.IsOnLink(packet.SenderProtocol)
            && TryAdd(netInterface, packet.SenderProtocol, isUsed: false) is { } added)
        {
            Update(added, packet.SenderHardware, isAnswer: false);
        }
    }

    private void Update(Neighbour neighbour, MacAddress hardware, bool isAnswer)
    {
        Instant now = _stack.Clock.Now;
        bool isChange = !neighbour.HasHardware || neighbour.Hardware != hardware;
        if (neighbour.State == NeighbourState.Permanent || (!isChange && !isAnswer))
        {
            return;
        }

        if (isChange && neighbour.HasHardware && now < neighbour.UpdatedAt + UpdateInterval)
        {
            Statistics.UpdatesRefused++;
            return;
        }

        if (isChange)
        {
            neighbour.Hardware = hardware;
            neighbour.UpdatedAt = now;
        }

        Enter(neighbour, isAnswer ? NeighbourState.Reachable : NeighbourState.Stale, now + (isAnswer ? ReachableTime : StaleLifetime));
        SendPending(neighbour);
    }

    private void Reply(NetInterface netInterface, in ArpPacket request)
    {
        ArpFields reply = new(
            ArpOperation.Reply, netInterface.Device.Address, netInterface.Address, request.SenderHardware, request.SenderProtocol);
        if (Emit(netInterface, reply, request.SenderHardware))
        {
            Statistics.OutReplies++;
        }
    }

    /// <summary>Adds an entry in state Failed, evicting another if need be; null when all are permanent.</summary>
    private Neighbour? TryAdd(NetInterface netInterface, Ipv4Address address, bool isUsed)
    {
        if (_table.IsFull)
        {
            if (_table.LeastRecent is not { } oldest)
            {
                Statistics.TableFulls++;
                return null;
            }

            Statistics.Evictions++;
            Remove(oldest);
        }

        Neighbour neighbour = _table.Add(netInterface, address, isUsed);
        neighbour.State = NeighbourState.Failed;
        return neighbour;
    }

    private void NoteUse(Neighbour neighbour)
    {
        if (neighbour.State == NeighbourState.Stale)
        {
            Enter(neighbour, NeighbourState.Delay, _stack.Clock.Now + DelayTime);
        }
    }

    /// <summary>Keeps a packet until the neighbour answers; the oldest one gives way (RFC 1122 §2.3.2.2 wants the latest kept).</summary>
    private Errno Defer(Neighbour neighbour, PacketBuffer packet)
    {
        bool isCrowded = neighbour.Pending.Count == Neighbour.MaximumPending || _pending == MaximumPending;
        if (isCrowded)
        {
            Statistics.UnresolvedDiscards++;
            if (!neighbour.Pending.TryDequeue(out PacketBuffer? oldest))
            {
                packet.Release();
                return Errno.ENOBUFS;
            }

            oldest.Release();
            _pending--;
        }

        neighbour.Pending.TryEnqueue(packet);
        _pending++;
        return Errno.Success;
    }

    private void SendPending(Neighbour neighbour)
    {
        while (neighbour.Pending.TryDequeue(out PacketBuffer? packet))
        {
            _pending--;
            NoteUse(neighbour);
            neighbour.Interface!.Transmit(packet, neighbour.Hardware, EtherType.Ipv4);
        }
    }

    private void Enter(Neighbour neighbour, NeighbourState state, Instant deadline)
    {
        neighbour.State = state;
        neighbour.Solicitations = 0;
        _stack.Timers.Schedule(neighbour.Timer, deadline);
    }

    /// <summary>
    /// Starts asking by broadcast. A neighbour fails a whole interval after its last request, so that starting over keeps the rate.
    /// </summary>
    private void StartResolution(Neighbour neighbour)
    {
        neighbour.State = NeighbourState.Incomplete;
        neighbour.Solicitations = 0;
        Solicit(neighbour, _stack.Clock.Now);
    }

    private void OnTimer(Neighbour neighbour, Instant now)
    {
        switch (neighbour.State)
        {
            case NeighbourState.Reachable:
                Enter(neighbour, NeighbourState.Stale, now + StaleLifetime);
                break;
            case NeighbourState.Delay:
                neighbour.State = NeighbourState.Probe;
                Solicit(neighbour, now);
                break;
            case NeighbourState.Incomplete or NeighbourState.Probe when neighbour.Solicitations < MaximumSolicitations:
                Solicit(neighbour, now);
                break;
            case NeighbourState.Incomplete or NeighbourState.Probe:
                Fail(neighbour, now);
                break;
            default:
                Remove(neighbour);
                break;
        }
    }

    private void Solicit(Neighbour neighbour, Instant now)
    {
        NetInterface netInterface = neighbour.Interface!;
        MacAddress destination = neighbour.State == NeighbourState.Probe ? neighbour.Hardware : MacAddress.Broadcast;
        neighbour.Solicitations++;
        _stack.Timers.Schedule(neighbour.Timer, now + RequestInterval);
        ArpFields request = new(
            ArpOperation.Request, netInterface.Device.Address, netInterface.Address, MacAddress.Any, neighbour.Address);
        if (Emit(netInterface, request, destination))
        {
            Statistics.OutRequests++;
        }
    }

    /// <summary>Gives a neighbour up: what waits for it is host unreachable (RFC 1122 §2.3.2.1, §3.3.2.2).</summary>
    private void Fail(Neighbour neighbour, Instant now)
    {
        NetInterface netInterface = neighbour.Interface!;
        Statistics.ResolutionsFailed++;
        Enter(neighbour, NeighbourState.Failed, now + FailedLifetime);
        while (neighbour.Pending.TryDequeue(out PacketBuffer? packet))
        {
            _pending--;
            Statistics.UnreachableDiscards++;
            _stack.Ipv4.ReportNoNeighbour(netInterface, packet.Data);
            packet.Release();
        }
    }

    private bool Emit(NetInterface netInterface, in ArpFields fields, MacAddress destination)
    {
        PacketBuffer? packet = _stack.Pool.TryTake();
        if (packet is null)
        {
            Statistics.OutDiscards++;
            return false;
        }

        packet.Reserve(NetStack.LinkHeadroom);
        fields.Emit(packet.Append(ArpPacket.Size));
        bool isSent = netInterface.Transmit(packet, destination, EtherType.Arp) == Errno.Success;
        Statistics.OutDiscards += isSent ? 0 : 1;
        return isSent;
    }
}
