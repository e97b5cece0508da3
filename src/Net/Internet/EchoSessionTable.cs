namespace KernelSockets.Net;

/// <summary>All open pingers, found by the identifier in their echo requests.</summary>
/// <remarks>Used under the stack's gate.</remarks>
internal sealed class EchoSessionTable
{
    /// <summary>Sessions open at once.</summary>
    internal const int Capacity = 64;

    private readonly NetStack _stack;
    private readonly IcmpStatistics _statistics;
    private readonly List<EchoSession> _sessions = new(Capacity);

    public EchoSessionTable(NetStack stack, IcmpStatistics statistics)
    {
        _stack = stack;
        _statistics = statistics;
    }

    public int Count => _sessions.Count;

    /// <summary>Opens a session with a random identifier that no other has.</summary>
    /// <returns><see cref="Errno.ENOBUFS"/> when too many are open.</returns>
    public Errno TryOpen(Ipv4Address destination, out EchoSession? session)
    {
        session = null;
        if (_sessions.Count == Capacity)
        {
            return Errno.ENOBUFS;
        }

        ushort identifier = (ushort)_stack.Entropy.NextUInt32();
        while (Find(identifier) is not null)
        {
            identifier++;
        }

        session = new EchoSession(_stack, destination, identifier, _stack.WaitQueues.Create("echo"));
        _sessions.Add(session);
        return Errno.Success;
    }

    public void Close(EchoSession session) => _sessions.Remove(session);

    public void ReceiveReply(in Ipv4Datagram datagram, in IcmpHeader message)
    {
        if (Find(message.Identifier) is not { } session || !session.ReceiveReply(datagram, message))
        {
            _statistics.InUnmatched++;
        }
    }

    /// <summary>An error about a datagram of ICMP that we sent: ours only if it quotes an echo request of an open session.</summary>
    public void ReceiveError(in Ipv4ErrorReport report)
    {
        if (report.Quotation.FragmentOffset != 0
            || !IcmpHeader.TryParse(report.Quotation.Payload, out IcmpHeader quoted)
            || quoted.Type != IcmpType.EchoRequest
            || Find(quoted.Identifier) is not { } session
            || !session.ReceiveError(report, quoted))
        {
            _statistics.InUnmatched++;
        }
    }

    private EchoSession? Find(ushort identifier)
    {
        foreach (EchoSession session in _sessions)
        {
            if (session.Identifier == identifier)
            {
                return session;
            }
        }

        return null;
    }
}
