namespace KernelSockets.Net;

/// <summary>Puts fragmented datagrams together again (RFC 791 §3.2, RFC 1122 §3.3.2) with bounded memory.</summary>
/// <remarks>
/// Fragments stay in the buffers they came in until the datagram is whole; it is then copied once and delivered. Exact duplicates are
/// ignored; any
/// other overlap drops the whole datagram (RFC 5722 §4 demands it for IPv6; for IPv4 it stops the same attacks, RFC 1858). When a bound
/// is reached the
/// oldest datagram gives way. Used by <see cref="Ipv4"/> under the stack's gate.
/// </remarks>
internal sealed class Reassembler
{
    /// <summary>Datagrams being put together at once.</summary>
    internal const int MaximumDatagrams = 16;

    /// <summary>Fragments held in all.</summary>
    internal const int MaximumFragments = 128;

    /// <summary>The share of the buffer pool that fragments may hold at most.</summary>
    private const int PoolShare = 4;

    /// <summary>
    /// From the first fragment that arrives to giving up. As Linux's ipfrag_time; RFC 1122 §3.3.2 recommends 60 to 120 s, with which a flood of
    /// fragments would hold buffers for more than a minute.
    /// </summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly NetStack _stack;
    private readonly Ipv4Statistics _statistics;
    private readonly List<Reassembly> _active = new(MaximumDatagrams);
    private readonly Stack<Reassembly> _spare = new(MaximumDatagrams);
    private readonly byte[] _whole = new byte[Ipv4Header.MaximumDatagram];
    private readonly int _maximumFragments;

    public Reassembler(NetStack stack, Ipv4Statistics statistics)
    {
        _stack = stack;
        _statistics = statistics;
        _maximumFragments = Math.Min(MaximumFragments, stack.Pool.Total / PoolShare);
    }

    /// <summary>Datagrams under way.</summary>
    public int Count => _active.Count;

    /// <summary>Buffers held.</summary>
    public int Fragments { get; private set; }

    /// <summary>Takes in a fragment; delivers the datagram when it is the last one missing.</summary>
    public void Add(in Ipv4Datagram fragment)
    {
        _statistics.ReasmReqds++;
        if (fragment.Frame is null || !IsSound(fragment.Header))
        {
            _statistics.ReasmFails++;
            DropHopeless(fragment.Header);
            return;
        }

        Reassembly? reassembly = Find(fragment.Header) ?? Begin(fragment);
        FragmentOutcome outcome = reassembly.Insert(fragment);
        switch (outcome)
        {
            case FragmentOutcome.Duplicate:
                break;
            case FragmentOutcome.Conflict:
                GiveUp(reassembly);
                break;
            default:
                Fragments++;
                Conclude(reassembly, fragment);
                break;
        }
    }

    /// <summary>
    /// True when a fragment can be part of a datagram: some payload, in units of eight unless it is the last, ending within 65,535 bytes.
    /// </summary>
    private static bool IsSound(in Ipv4Header header)
    {
        int size = header.Payload.Length;
        return size > 0
            && (!header.MoreFragments || size % Ipv4Header.FragmentUnit == 0)
            && !IsTooLong(header);
    }

    private static bool IsTooLong(in Ipv4Header header) => header.HeaderLength + header.FragmentOffset + header.Payload.Length > Ipv4Header.MaximumDatagram;

    /// <summary>A datagram that would be too long will never be whole (the ping of death): what is here of it goes at once.</summary>
    private void DropHopeless(in Ipv4Header header)
    {
        if (IsTooLong(header) && Find(header) is { } reassembly)
        {
            Free(reassembly);
        }
    }

    private Reassembly? Find(in Ipv4Header header)
    {
        foreach (Reassembly candidate in _active)
        {
            if (candidate.Matches(header))
            {
                return candidate;
            }
        }

        return null;
    }

    private Reassembly Begin(in Ipv4Datagram fragment)
    {
        if (_active.Count == MaximumDatagrams)
        {
            GiveUp(_active[0]);
        }

        Reassembly reassembly = _spare.Count > 0 ? _spare.Pop() : new Reassembly(OnTimeout);
        reassembly.Begin(fragment);
        _active.Add(reassembly);
        _stack.Timers.Schedule(reassembly.Timer, _stack.Clock.Now + Timeout);
        return reassembly;
    }

    private void Conclude(Reassembly reassembly, in Ipv4Datagram fragment)
    {
        if (reassembly.IsWhole)
        {
            int length = reassembly.CopyTo(_whole);
            bool isToGroup = reassembly.IsToGroup;
            Free(reassembly);
            if (length > 0 && Ipv4Header.TryParse(_whole.AsSpan(0, length), out Ipv4Header header))
            {
                _statistics.ReasmOKs++;
                _stack.Ipv4.Deliver(new Ipv4Datagram(fragment.Interface, frame: null, header, isToGroup, fragment.ReceivedAt));
            }
            else
            {
                _statistics.ReasmFails++;
            }
        }
        else if (Fragments > _maximumFragments)
        {
            GiveUp(_active[0]);
        }
    }

    /// <summary>RFC 792: time exceeded in reassembly, quoting the first fragment; without it, silence.</summary>
    private void OnTimeout(Reassembly reassembly)
    {
        if (reassembly.First is { } first && Ipv4Header.TryParse(first.Data[EthernetHeader.Size..], out Ipv4Header header))
        {
            Ipv4Datagram about = new(reassembly.Interface!, first, header, reassembly.IsToGroup, first.ReceivedAt);
            _stack.Icmp.Errors.SendTimeExceeded(about, TimeExceededCode.Reassembly);
        }

        GiveUp(reassembly);
    }

    private void GiveUp(Reassembly reassembly)
    {
        _statistics.ReasmFails++;
        Free(reassembly);
    }

    private void Free(Reassembly reassembly)
    {
        _stack.Timers.Cancel(reassembly.Timer);
        Fragments -= reassembly.Clear();
        _active.Remove(reassembly);
        _spare.Push(reassembly);
    }
}
