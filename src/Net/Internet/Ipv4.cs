namespace KernelSockets.Net;

/// <summary>
/// IPv4 of an end host (RFC 791, RFC 1122 §3): checks received datagrams and gives each to the protocol registered for it. Never forwards.
/// </summary>
/// <remarks>Called by <see cref="NetInterface"/> under the stack's gate. Sending is in <see cref="Ipv4Output"/>.</remarks>
public sealed class Ipv4
{
    private const int ProtocolCount = 256;

    private readonly NetStack _stack;
    private readonly Ipv4ProtocolHandler?[] _handlers = new Ipv4ProtocolHandler?[ProtocolCount];

    internal Ipv4(NetStack stack)
    {
        _stack = stack;
        Routes = new Ipv4Routes(stack);
        Output = new Ipv4Output(stack, this);
        Reassembler = new Reassembler(stack, Statistics);
        Groups = new Ipv4Groups(stack);
    }

    /// <summary>Counters.</summary>
    public Ipv4Statistics Statistics { get; } = new();

    internal Ipv4Routes Routes { get; }

    internal Ipv4Output Output { get; }

    internal Reassembler Reassembler { get; }

    internal Ipv4Groups Groups { get; }

    /// <summary>Sees every datagram for this host before its protocol; null for nobody.</summary>
    internal IIpv4RawReceiver? RawReceiver { get; set; }

    /// <summary>Registers a protocol.</summary>
    /// <returns><see cref="Errno.EEXIST"/> when its number is taken.</returns>
    internal Errno Register(Ipv4Protocol protocol, Ipv4ProtocolHandler handler)
    {
        ref Ipv4ProtocolHandler? slot = ref _handlers[(int)protocol];
        if (slot is not null)
        {
            return Errno.EEXIST;
        }

        slot = handler;
        return Errno.Success;
    }

    /// <summary>Handles a received IPv4 frame, which stays the caller's.</summary>
    /// <param name="netInterface">Where it came in.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="link">Its link header.</param>
    /// <param name="isLooped">True for a copy of what we sent ourselves, whose source is ours.</param>
    internal void Receive(NetInterface netInterface, PacketBuffer frame, in EthernetHeader link, bool isLooped = false)
    {
        Statistics.InReceives++;
        Ipv4HeaderFault fault = Ipv4Header.Parse(link.Payload, out Ipv4Header header);
        if (fault == Ipv4HeaderFault.Truncated)
        {
            Statistics.InTruncatedPkts++;
            return;
        }

        if (fault != Ipv4HeaderFault.None || !(frame.IsChecksumVerified || header.IsChecksumValid))
        {
            Statistics.InHdrErrors++;
            return;
        }

        Statistics.InOctets += header.TotalLength;
        if (!isLooped && !IsSourcePossible(netInterface, header))
        {
            Statistics.InAddrErrors++;
            Statistics.InMartians++;
            return;
        }

        if (IsForUs(netInterface, header.Destination, link.Destination.IsMulticast, out bool isToGroup))
        {
            Instant receivedAt = frame.ReceivedAt == Instant.Zero ? _stack.Clock.Now : frame.ReceivedAt;
            Accept(new Ipv4Datagram(netInterface, frame, header, isToGroup, receivedAt));
        }
        else
        {
            Statistics.InAddrErrors++;
        }
    }

    /// <summary>Tells the protocol that sent a datagram of its failure.</summary>
    internal void ReportError(in Ipv4ErrorReport report)
    {
        RawReceiver?.ReceiveError(report);
        _handlers[(int)report.Quotation.Protocol]?.ReceiveError(report);
    }

    /// <summary>
    /// Tells the sender of a datagram that its neighbour does not answer (RFC 1122 §2.3.2.1): host unreachable, from ourselves.
    /// </summary>
    internal void ReportNoNeighbour(NetInterface netInterface, ReadOnlySpan<byte> datagram)
    {
        if (Ipv4Header.TryParse(datagram, out Ipv4Header header))
        {
            ReportError(new Ipv4ErrorReport
            {
                Reporter = netInterface.Address,
                IsLocal = true,
                Type = IcmpType.DestinationUnreachable,
                Code = (byte)UnreachableCode.Host,
                ReceivedAt = _stack.Clock.Now,
                Quotation = header,
            });
        }
    }

    /// <summary>Gives a whole datagram to its protocol.</summary>
    internal void Deliver(in Ipv4Datagram datagram)
    {
        bool isTaken = RawReceiver is { } raw && raw.Receive(datagram);
        Ipv4ProtocolHandler? handler = _handlers[(int)datagram.Header.Protocol];
        if (handler is null && !isTaken)
        {
            Statistics.InUnknownProtos++;
            _stack.Icmp.Errors.SendUnreachable(datagram, UnreachableCode.Protocol);
            return;
        }

        Statistics.InDelivers++;
        handler?.Receive(datagram);
    }

    private void Accept(in Ipv4Datagram datagram)
    {
        if (datagram.Header.HeaderLength > Ipv4Header.MinimumSize && !AreOptionsAcceptable(datagram))
        {
            return;
        }

        if (datagram.Header.IsFragment)
        {
            Reassembler.Add(datagram);
        }
        else
        {
            Deliver(datagram);
        }
    }

    private bool AreOptionsAcceptable(in Ipv4Datagram datagram)
    {
        Ipv4Options options = Ipv4Options.Scan(datagram.Header.Options);
        if (options.ProblemOffset != 0)
        {
            Statistics.InHdrErrors++;
            _stack.Icmp.Errors.SendParameterProblem(datagram, options.ProblemOffset);
            return false;
        }

        if (options.HasSourceRoute)
        {
            // RFC 1122 §3.3.5 lets a host refuse, RFC 7126 §4.3 advises it: source routes get around filters.
            Statistics.InAddrErrors++;
            Statistics.InSourceRouted++;
            _stack.Icmp.Errors.SendUnreachable(datagram, UnreachableCode.SourceRouteFailed);
            return false;
        }

        return true;
    }

    /// <summary>Refuses sources that no other host can have (RFC 1122 §3.2.1.3): "martians".</summary>
    private bool IsSourcePossible(NetInterface netInterface, in Ipv4Header header)
    {
        Ipv4Address source = header.Source;
        if (netInterface.IsLoopback)
        {
            return source.IsLoopback || Routes.IsOwnAddress(source);
        }

        if (source.IsAny)
        {
            return header.Destination.IsBroadcast; // a host without an address yet asks for one
        }

        return source.IsUnicast && !netInterface.IsBroadcast(source) && !Routes.IsOwnAddress(source);
    }

    private bool IsForUs(NetInterface netInterface, Ipv4Address destination, bool isLinkGroup, out bool isToGroup)
    {
        isToGroup = true;
        if (destination.IsMulticast)
        {
            Statistics.InMcastPkts++;
            return Groups.IsMember(netInterface, destination);
        }

        if (netInterface.IsBroadcast(destination))
        {
            Statistics.InBcastPkts++;
            return true;
        }

        // RFC 1122 §3.3.6: a link-layer broadcast to one host's address is dropped.
        isToGroup = isLinkGroup;
        return !isLinkGroup && (netInterface.IsLoopback
            ? destination.IsLoopback || Routes.IsOwnAddress(destination)
            : !destination.IsLoopback && Routes.IsOwnAddress(destination));
    }
}
