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
        if (!_ipv4.Routes.TryFind(transmission.Destination, out Ipv4Route route))
        {
            Statistics.OutNoRoutes++;
            return Errno.ENETUNREACH;
        }

        if (!route.Interface.IsUp || !route.Interface.Device.IsLinkUp)
        {
            Statistics.OutDiscards++;
            return Errno.ENETDOWN;
        }

        Ipv4Fields fields = MakeFields(transmission, route, Ipv4Header.MinimumSize + options.Length + head.Length + body.Length);
        if (fields.TotalLength <= route.Interface.Mtu)
        {
            return SendPiece(route, fields, options, head, body);
        }

        Statistics.OutFragReqds++;
        Errno result = transmission.DontFragment || fields.TotalLength > Ipv4Header.MaximumDatagram
            ? Errno.EMSGSIZE
            : SendFragments(route, fields, options, head, body);
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
        in Ipv4Route route, in Ipv4Fields fields, ReadOnlySpan<byte> options, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
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
            Errno result = SendPiece(route, piece, options, headPart, body.Slice(bodyOffset, size - headPart.Length));
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
        in Ipv4Route route, in Ipv4Fields fields, ReadOnlySpan<byte> options, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
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
        Errno result = route.Interface.SendIpv4(route.NextHop, packet);
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
