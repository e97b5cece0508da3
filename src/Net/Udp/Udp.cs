namespace KernelSockets.Net;

/// <summary>UDP (RFC 768, RFC 1122 §4.1): gives each datagram to its socket, and ICMP errors to the connected socket they concern.</summary>
/// <remarks>Registered in <see cref="Ipv4"/>; runs under the stack's gate. Allocates nothing per datagram.</remarks>
public sealed class Udp
{
    private readonly NetStack _stack;

    internal Udp(NetStack stack)
    {
        _stack = stack;
        Ports = new UdpPortTable(stack.Entropy);
        stack.Ipv4.Register(Ipv4Protocol.Udp, new Handler(this));
    }

    /// <summary>Counters.</summary>
    public UdpStatistics Statistics { get; } = new();

    internal UdpPortTable Ports { get; }

    /// <summary>Gets what DHCP servers send, before any socket does; null for nobody.</summary>
    internal DhcpReceiver? DhcpClient { get; set; }

    /// <summary>Sends one datagram.</summary>
    /// <param name="transmission">Addresses, both known, and header fields.</param>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <param name="data">At most <see cref="UdpHeader.MaximumData"/> bytes.</param>
    /// <returns>What <see cref="Ipv4Output.Send"/> says, but for want of buffers: such a datagram is counted and lost, as in Linux.</returns>
    internal Errno Send(in Ipv4Transmission transmission, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> data)
    {
        Errno error;
        if (transmission is { Loop: false, Route: { } route } && Ipv4Header.MinimumSize + UdpHeader.Size + data.Length <= route.Interface.Mtu)
        {
            error = SendWhole(transmission, sourcePort, destinationPort, data);
        }
        else
        {
            Span<byte> header = stackalloc byte[UdpHeader.Size];
            UdpHeader.Emit(header, transmission.Source, sourcePort, transmission.Destination, destinationPort, data);
            error = _stack.Ipv4.Output.Send(transmission, header, data);
        }

        if (error == Errno.ENOBUFS)
        {
            Statistics.SndbufErrors++;
            return Errno.Success;
        }

        Statistics.OutDatagrams += error == Errno.Success ? 1 : 0;
        return error;
    }

    /// <summary>The usual case: it fits into one packet, whose checksum may be left to the device.</summary>
    private Errno SendWhole(in Ipv4Transmission transmission, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> data)
    {
        if (_stack.Pool.TryTake() is not { } packet)
        {
            return Errno.ENOBUFS;
        }

        packet.Reserve(NetStack.LinkHeadroom + Ipv4Header.MinimumSize);
        Span<byte> datagram = packet.Append(UdpHeader.Size + data.Length);
        UdpHeader.EmitWithoutChecksum(datagram[..UdpHeader.Size], sourcePort, destinationPort, data.Length);
        data.CopyTo(datagram[UdpHeader.Size..]);
        PartialChecksum.Leave(
            packet, UdpHeader.ChecksumOffset, PseudoHeader.Sum(transmission.Source, transmission.Destination, Ipv4Protocol.Udp, datagram.Length));
        return _stack.Ipv4.Output.SendPacket(transmission, packet);
    }

    private void Receive(in Ipv4Datagram datagram)
    {
        if (!UdpHeader.TryParse(datagram.Header.Payload, out UdpHeader header))
        {
            Statistics.InErrors++;
            return;
        }

        bool isVerified = datagram.Frame is { IsChecksumVerified: true };
        if (!isVerified && !header.IsChecksumValid(datagram.Header.Source, datagram.Header.Destination))
        {
            Statistics.InErrors++;
            Statistics.InCsumErrors++;
        }
        else if (header is { SourcePort: DhcpFormat.ServerPort, DestinationPort: DhcpFormat.ClientPort }
            && DhcpClient?.Invoke(datagram.Interface, header.Data) == true)
        {
            Statistics.InDatagrams++;
        }
        else if (datagram.IsToGroup)
        {
            DeliverToGroup(datagram, header);
        }
        else if (Ports.Find(
            datagram.Interface, datagram.Header.Destination, header.DestinationPort, datagram.Header.Source, header.SourcePort) is { } block)
        {
            Deliver(block, datagram, header);
        }
        else
        {
            Statistics.NoPorts++;
            _stack.Icmp.Errors.SendUnreachable(datagram, UnreachableCode.Port);
        }
    }

    private void DeliverToGroup(in Ipv4Datagram datagram, in UdpHeader header)
    {
        bool isTaken = false;
        List<UdpBlock>? candidates = Ports.OnPort(header.DestinationPort);
        for (int i = 0; i < (candidates?.Count ?? 0); i++)
        {
            UdpBlock block = candidates![i];
            bool isPeer = !block.IsConnected || (block.RemoteAddress == datagram.Header.Source && block.RemotePort == header.SourcePort);
            if (isPeer && block.AcceptsGroup(datagram.Interface, datagram.Header.Destination))
            {
                Deliver(block, datagram, header);
                isTaken = true;
            }
        }

        Statistics.NoPorts += isTaken ? 0 : 1;
    }

    private void Deliver(UdpBlock block, in Ipv4Datagram datagram, in UdpHeader header)
    {
        ReadOnlySpan<byte> seen = header.Bytes;
        if (!block.TryFilter(datagram, ref seen, UdpHeader.Size))
        {
            Statistics.InErrors++; // as Linux counts what a filter rejects
        }
        else if (block.TryEnqueue(datagram, seen[UdpHeader.Size..], header.SourcePort))
        {
            Statistics.InDatagrams++;
        }
        else
        {
            Statistics.InErrors++;
            Statistics.RcvbufErrors++;
        }
    }

    /// <summary>RFC 1122 §4.1.3.3: only the connected socket that has sent the quoted datagram hears of it.</summary>
    private void ReceiveError(in Ipv4ErrorReport report)
    {
        if (report.Quotation.FragmentOffset != 0
            || !UdpHeader.TryParseQuotation(report.Quotation.Payload, out UdpHeader header)
            || Ports.FindConnected(report.Quotation.Source, header.SourcePort, report.Quotation.Destination, header.DestinationPort) is not { } block)
        {
            return;
        }

        Errno error = IcmpErrno.From(report, out bool isHard);
        if (isHard)
        {
            block.Fail(error);
        }
    }

    private sealed class Handler(Udp owner) : Ipv4ProtocolHandler
    {
        public override void Receive(in Ipv4Datagram datagram) => owner.Receive(datagram);

        public override void ReceiveError(in Ipv4ErrorReport report) => owner.ReceiveError(report);
    }
}
