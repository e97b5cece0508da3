using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>Sends datagrams: route, header, fragments where needed (RFC 791 §3.2), then ARP and the device.</summary>
/// <remarks>Used by the protocols above under the stack's gate.</remarks>
internal sealed class Ipv4Output
{
    private readonly NetStack _stack;
    private readonly Ipv4 _ipv4;
    private readonly IdentificationSource _identifications;

    public Ipv4Output(NetStack stack, Ipv4 ipv4)
    {
        _stack = stack;
        _ipv4 = ipv4;
        _identifications = new IdentificationSource(stack.Entropy);
    }

    private Ipv4Statistics Statistics => _ipv4.Statistics;

    /// <summary>Sends a datagram whose header the sender has made (IP_HDRINCL, raw(7)); never fragments it.</summary>
    /// <remarks>
    /// As Linux's <c>raw_send_hdrinc</c>: total length and checksum are always filled in, an identification or source of 0 is chosen here.
    /// </remarks>
    /// <param name="bound">The interface to send out of; null for whichever the routes choose.</param>
    /// <param name="datagram">Header, options and payload.</param>
    /// <param name="towards">Where to send it; null for the header's destination.</param>
    /// <returns><see cref="Errno.EINVAL"/> for a header that is none, <see cref="Errno.EMSGSIZE"/> above the MTU,
    /// <see cref="Errno.ENETUNREACH"/>, <see cref="Errno.ENETDOWN"/>, <see cref="Errno.ENOBUFS"/>.</returns>
    public Errno SendWithHeader(NetInterface? bound, ReadOnlySpan<byte> datagram, Ipv4Address? towards = null)
    {
        Statistics.OutRequests++;
        if (!Ipv4Header.TryParseUnfinished(datagram, out Ipv4Header header))
        {
            Statistics.OutDiscards++;
            return Errno.EINVAL;
        }

        Errno result = FindRoute(towards ?? header.Destination, bound, known: null, out Ipv4Route route);
        if (result != Errno.Success)
        {
            return result;
        }

        if (datagram.Length > route.Interface.Mtu)
        {
            Statistics.OutDiscards++;
            return Errno.EMSGSIZE;
        }

        PacketBuffer? packet = _stack.Pool.TryTake();
        if (packet is null)
        {
            Statistics.OutDiscards++;
            return Errno.ENOBUFS;
        }

        packet.Reserve(NetStack.LinkHeadroom);
        datagram.CopyTo(packet.Append(datagram.Length));
        Finish(packet.Data, header, route.Source);
        return Count(route.Interface.SendIpv4(route.NextHop, packet));
    }

    /// <summary>Sends one datagram whose payload is <paramref name="head"/> followed by <paramref name="body"/>.</summary>
    /// <param name="transmission">Addresses and header fields.</param>
    /// <param name="head">The protocol's header.</param>
    /// <param name="body">Its data.</param>
    /// <param name="options">IP options, a multiple of four bytes; only those for the first fragment (record route, timestamp) are
    /// known.</param>
    /// <returns><see cref="Errno.ENETUNREACH"/> without a route, <see cref="Errno.ENETDOWN"/> without carrier,
    /// <see cref="Errno.EMSGSIZE"/> above 65,535 bytes or
    /// above the MTU with DF, <see cref="Errno.ENOBUFS"/>.</returns>
    public Errno Send(
        in Ipv4Transmission transmission, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> options = default)
    {
        Statistics.OutRequests++;
        Errno result = FindRoute(transmission.Destination, transmission.Interface, transmission.Route, out Ipv4Route route);
        if (result == Errno.Success && transmission.Source.IsLoopback && !route.Interface.IsLoopback)
        {
            // RFC 1122 §3.2.1.3 (g): a loopback address must not appear outside a host.
            Statistics.OutDiscards++;
            result = Errno.EINVAL;
        }

        if (result != Errno.Success)
        {
            return result;
        }

        bool isLooped = transmission.Loop && ComesBack(route.Interface, transmission.Destination);
        Ipv4Fields fields = MakeFields(transmission, route, Ipv4Header.MinimumSize + options.Length + head.Length + body.Length);
        if (fields.TotalLength <= route.Interface.Mtu)
        {
            return SendPiece(route, fields, isLooped, options, head, body);
        }

        Statistics.OutFragReqds++;
        result = transmission.DontFragment || fields.TotalLength > Ipv4Header.MaximumDatagram
            ? Errno.EMSGSIZE
            : SendFragments(route, fields, isLooped, options, head, body);
        if (result == Errno.Success)
        {
            Statistics.OutFragOKs++;
        }
        else
        {
            Statistics.OutFragFails++;
        }

        return result;
    }

    /// <summary>Sends a datagram whose payload is in a packet already, with room for the headers in front; takes over the caller's reference.</summary>
    /// <returns>As <see cref="Send"/>.</returns>
    public Errno SendPacket(in Ipv4Transmission transmission, PacketBuffer packet)
    {
        int length = Ipv4Header.MinimumSize + packet.Length;
        Errno result = FindRoute(transmission.Destination, transmission.Interface, transmission.Route, out Ipv4Route route);
        if (result == Errno.Success && packet.SegmentSize == 0 && length > route.Interface.Mtu)
        {
            // The MTU has shrunk since the payload was cut: this one goes in fragments.
            PartialChecksum.Complete(packet);
            result = Send(transmission with { DontFragment = false }, packet.Data, []);
            packet.Release();
            return result;
        }

        Statistics.OutRequests++;
        if (result == Errno.Success && transmission.Source.IsLoopback && !route.Interface.IsLoopback)
        {
            result = Errno.EINVAL; // RFC 1122 §3.2.1.3 (g), as in Send
            Statistics.OutDiscards++;
        }

        if (result != Errno.Success)
        {
            packet.Release();
            return result;
        }

        MakeFields(transmission, route, length + packet.FragmentLength).Emit(packet.Prepend(Ipv4Header.MinimumSize));
        return transmission is { TimeToLive: 0, Destination.IsMulticast: true } ? Swallow(packet) : Count(route.Interface.SendIpv4(route.NextHop, packet));
    }

    /// <summary>RFC 1112 §6.1: a TTL of 0 keeps a multicast within this host.</summary>
    private static Errno Swallow(PacketBuffer packet)
    {
        packet.Release();
        return Errno.Success;
    }

    private Errno FindRoute(Ipv4Address destination, NetInterface? bound, Ipv4Route? known, out Ipv4Route route)
    {
        route = known.GetValueOrDefault();
        if (known is null && !_ipv4.Routes.TryFind(destination, bound, out route))
        {
            Statistics.OutNoRoutes++;
            return Errno.ENETUNREACH;
        }

        if (!route.Interface.IsUp || !route.Interface.Device.IsLinkUp)
        {
            Statistics.OutDiscards++;
            return Errno.ENETDOWN;
        }

        return Errno.Success;
    }

    /// <summary>True when this host itself is among those that a datagram is for, and does not hear what it sends.</summary>
    private bool ComesBack(NetInterface netInterface, Ipv4Address destination) => !netInterface.IsLoopback
        && (netInterface.IsBroadcast(destination) || (destination.IsMulticast && _ipv4.Groups.IsMember(netInterface, destination)));

    /// <summary>Fills in what a sender of whole datagrams may leave to us.</summary>
    private void Finish(Span<byte> datagram, in Ipv4Header header, Ipv4Address source)
    {
        if (header.Source.IsAny)
        {
            source.Write(datagram[Ipv4Header.SourceOffset..]);
        }

        if (header.Identification == 0)
        {
            ushort identification = _identifications.Next(source, header.Destination, header.Protocol);
            BinaryPrimitives.WriteUInt16BigEndian(datagram[Ipv4Header.IdentificationOffset..], identification);
        }

        Span<byte> head = datagram[..header.HeaderLength];
        BinaryPrimitives.WriteUInt16BigEndian(head[Ipv4Header.TotalLengthOffset..], (ushort)datagram.Length);
        Ipv4Header.WriteChecksum(head);
    }

    private Ipv4Fields MakeFields(in Ipv4Transmission transmission, in Ipv4Route route, int totalLength)
    {
        Ipv4Address source = transmission.Source.IsAny ? route.Source : transmission.Source;
        return new Ipv4Fields
        {
            TypeOfService = transmission.TypeOfService,
            TotalLength = totalLength,
            Identification = _identifications.Next(source, transmission.Destination, transmission.Protocol),
            DontFragment = transmission.DontFragment,
            TimeToLive = transmission.TimeToLive,
            Protocol = transmission.Protocol,
            Source = source,
            Destination = transmission.Destination,
        };
    }

    private Errno SendFragments(
        in Ipv4Route route,
        in Ipv4Fields fields,
        bool isLooped,
        ReadOnlySpan<byte> options,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body)
    {
        int offset = 0;
        int total = head.Length + body.Length;
        while (offset < total)
        {
            int room = route.Interface.Mtu - Ipv4Header.MinimumSize - options.Length;
            int size = Math.Min(room / Ipv4Header.FragmentUnit * Ipv4Header.FragmentUnit, total - offset);
            Ipv4Fields piece = fields with
            {
                TotalLength = Ipv4Header.MinimumSize + options.Length + size,
                FragmentOffset = offset,
                MoreFragments = offset + size < total,
            };
            ReadOnlySpan<byte> headPart = offset < head.Length ? head[offset..Math.Min(head.Length, offset + size)] : default;
            int bodyOffset = Math.Max(0, offset - head.Length);
            Errno result = SendPiece(route, piece, isLooped, options, headPart, body.Slice(bodyOffset, size - headPart.Length));
            if (result != Errno.Success)
            {
                return result;
            }

            Statistics.OutFragCreates++;
            options = default; // neither record route nor timestamp is copied into later fragments (RFC 791 §3.1)
            offset += size;
        }

        return Errno.Success;
    }

    private Errno SendPiece(
        in Ipv4Route route,
        in Ipv4Fields fields,
        bool isLooped,
        ReadOnlySpan<byte> options,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body)
    {
        PacketBuffer? packet = _stack.Pool.TryTake();
        if (packet is null)
        {
            Statistics.OutDiscards++;
            return Errno.ENOBUFS;
        }

        packet.Reserve(NetStack.LinkHeadroom);
        fields.Emit(packet.Append(Ipv4Header.MinimumSize + options.Length), options);
        head.CopyTo(packet.Append(head.Length));
        body.CopyTo(packet.Append(body.Length));
        if (isLooped && !_stack.LoopedCopies.TryAdd(route.Interface, packet.Data))
        {
            Statistics.InDiscards++;
        }

        if (fields.TimeToLive == 0 && fields.Destination.IsMulticast)
        {
            return Swallow(packet);
        }

        return Count(route.Interface.SendIpv4(route.NextHop, packet));
    }

    private Errno Count(Errno result)
    {
        if (result == Errno.Success)
        {
            Statistics.OutTransmits++;
        }
        else
        {
            Statistics.OutDiscards++;
        }

        return result;
    }
}
