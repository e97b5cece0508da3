namespace KernelSockets.Net;

/// <summary>
/// Sends ICMP errors about received datagrams, where RFC 1122 §3.2.2 allows one and two rate limits (RFC 1812 §4.3.2.8) leave room.
/// </summary>
/// <remarks>Used by <see cref="Ipv4"/> and the protocols above it, under the stack's gate.</remarks>
internal sealed class IcmpErrorSender
{
    /// <summary>Errors a second to all hosts together, and at once (as Linux's icmp_msgs_per_sec and icmp_msgs_burst).</summary>
    internal const int RatePerSecond = 1000;

    /// <summary>Errors at once to all hosts together.</summary>
    internal const int Burst = 50;

    /// <summary>Errors a second to one host (as Linux's icmp_ratelimit).</summary>
    internal const int RatePerSecondAndHost = 1;

    /// <summary>Errors at once to one host.</summary>
    internal const int BurstPerHost = 6;

    /// <summary>The largest error, IP header included (RFC 1812 §4.3.2.3).</summary>
    internal const int MaximumDatagram = 576;

    /// <summary>Hosts share this many limits by a keyed hash, so that the table is bounded and cannot be aimed at.</summary>
    private const int HostBuckets = 256;

    /// <summary>Precedence of errors: internetwork control (RFC 1812 §4.3.2.5).</summary>
    private const byte ErrorTypeOfService = 0xC0;

    private const uint Multiplier = 0x9E37_79B1;
    private const int HashShift = 24;
    private const int PointerShift = 24;

    private readonly NetStack _stack;
    private readonly IcmpStatistics _statistics;
    private readonly TokenBucket[] _hosts = new TokenBucket[HostBuckets];
    private readonly uint _key;
    private TokenBucket _all = new(RatePerSecond, Burst);

    public IcmpErrorSender(NetStack stack, IcmpStatistics statistics)
    {
        _stack = stack;
        _statistics = statistics;
        _key = stack.Entropy.NextUInt32();
        Array.Fill(_hosts, new TokenBucket(RatePerSecondAndHost, BurstPerHost));
    }

    /// <summary>As much of a datagram as an error about it quotes.</summary>
    public static ReadOnlySpan<byte> Quote(in Ipv4Header about) =>
        about.Datagram[..Math.Min(about.Datagram.Length, MaximumDatagram - Ipv4Header.MinimumSize - IcmpHeader.Size)];

    /// <summary>Says that a datagram could not be delivered.</summary>
    public void SendUnreachable(in Ipv4Datagram about, UnreachableCode code)
    {
        if (TrySend(about, new IcmpFields(IcmpType.DestinationUnreachable, (byte)code, 0)))
        {
            _statistics.OutDestUnreachs++;
        }
    }

    /// <summary>Says that time has run out.</summary>
    public void SendTimeExceeded(in Ipv4Datagram about, TimeExceededCode code)
    {
        if (TrySend(about, new IcmpFields(IcmpType.TimeExceeded, (byte)code, 0)))
        {
            _statistics.OutTimeExcds++;
        }
    }

    /// <summary>Says that the octet at <paramref name="pointer"/> of the header is wrong.</summary>
    public void SendParameterProblem(in Ipv4Datagram about, byte pointer)
    {
        if (TrySend(about, new IcmpFields(IcmpType.ParameterProblem, 0, (uint)pointer << PointerShift)))
        {
            _statistics.OutParmProbs++;
        }
    }

    /// <summary>RFC 1122 §3.2.2: no error about an ICMP error, a group, a later fragment, or a source that is not one host.</summary>
    private static bool IsAllowed(in Ipv4Datagram about)
    {
        Ipv4Address source = about.Header.Source;
        bool isFromHost = source.IsUnicast && (!source.IsLoopback || about.Interface.IsLoopback);
        return isFromHost && !about.IsToGroup && about.Header.FragmentOffset == 0 && !IsIcmpError(about.Header);
    }

    private static bool IsIcmpError(in Ipv4Header header)
    {
        if (header.Protocol != Ipv4Protocol.Icmp)
        {
            return false;
        }

        return !IcmpHeader.TryParse(header.Payload, out IcmpHeader message)
            || message.Type is not (IcmpType.EchoRequest or IcmpType.EchoReply or IcmpType.TimestampRequest or IcmpType.TimestampReply);
    }

    private bool TrySend(in Ipv4Datagram about, in IcmpFields fields)
    {
        if (!IsAllowed(about))
        {
            _statistics.OutErrorsForbidden++;
            return false;
        }

        if (!IsWithinRate(about.Header.Source))
        {
            _statistics.OutRateLimited++;
            return false;
        }

        ReadOnlySpan<byte> quotation = Quote(about.Header);
        Span<byte> header = stackalloc byte[IcmpHeader.Size];
        Icmp.EmitHeader(fields, quotation, header);
        Ipv4Transmission transmission = new()
        {
            Source = about.Header.Destination,
            Destination = about.Header.Source,
            Protocol = Ipv4Protocol.Icmp,
            TypeOfService = ErrorTypeOfService,
        };
        if (_stack.Ipv4.Output.Send(transmission, header, quotation) != Errno.Success)
        {
            _statistics.OutErrors++;
            return false;
        }

        _statistics.OutMsgs++;
        return true;
    }

    private bool IsWithinRate(Ipv4Address host)
    {
        Instant now = _stack.Clock.Now;
        uint bucket = (host.Value ^ _key) * Multiplier >> HashShift;
        return _hosts[bucket % HostBuckets].TryTake(now) && _all.TryTake(now);
    }
}
