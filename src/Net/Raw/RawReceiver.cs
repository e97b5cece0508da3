namespace KernelSockets.Net;

/// <summary>Gives every datagram for this host to all raw sockets that want it, before its protocol sees it (raw(7)).</summary>
/// <remarks>Under the stack's gate. Each socket holds its own reference to the frame; nothing is copied.</remarks>
internal sealed class RawReceiver : IIpv4RawReceiver
{
    private readonly NetStack _stack;

    /// <param name="stack">The stack.</param>
    public RawReceiver(NetStack stack) => _stack = stack;

    /// <summary>All raw sockets.</summary>
    public List<RawBlock> Sockets { get; } = [];

    /// <inheritdoc/>
    public bool Receive(in Ipv4Datagram datagram)
    {
        bool isTaken = false;
        for (int i = 0; i < Sockets.Count; i++)
        {
            RawBlock block = Sockets[i];
            if (block.Accepts(datagram))
            {
                ReadOnlySpan<byte> seen = datagram.Header.Datagram;
                if (block.TryFilter(datagram, ref seen, headerLength: 0))
                {
                    block.TryEnqueue(datagram, seen, sourcePort: 0);
                }

                isTaken = true;
            }
        }

        return isTaken;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An error that this machine itself found reaches the ICMP sockets as the message a router would have sent, as it does in Linux.
    /// </remarks>
    public void ReceiveError(in Ipv4ErrorReport report)
    {
        Errno error = IcmpErrno.From(report, out bool isHard);
        for (int i = 0; i < Sockets.Count; i++)
        {
            RawBlock block = Sockets[i];
            bool isSender = block.IsConnected && block.RemoteAddress == report.Quotation.Destination
                && (block.Socket.Protocol == 0 || block.Socket.Protocol == (int)report.Quotation.Protocol);
            if (isSender && isHard)
            {
                block.Fail(error);
            }
        }

        if (report.IsLocal && Sockets.Count > 0)
        {
            DeliverAsMessage(report);
        }
    }

    private void DeliverAsMessage(in Ipv4ErrorReport report)
    {
        ReadOnlySpan<byte> quotation = IcmpErrorSender.Quote(report.Quotation);
        Span<byte> bytes = stackalloc byte[IcmpErrorSender.MaximumDatagram];
        bytes = bytes[..(Ipv4Header.MinimumSize + IcmpHeader.Size + quotation.Length)];
        Span<byte> message = bytes[Ipv4Header.MinimumSize..];
        quotation.CopyTo(message[IcmpHeader.Size..]);
        new IcmpFields(report.Type, report.Code, report.Rest).Emit(message);
        new Ipv4Fields
        {
            TotalLength = bytes.Length,
            TimeToLive = Ipv4Transmission.DefaultTimeToLive,
            Protocol = Ipv4Protocol.Icmp,
            Source = report.Reporter,
            Destination = report.Quotation.Source,
        }.Emit(bytes[..Ipv4Header.MinimumSize]);
        if (Ipv4Header.TryParse(bytes, out Ipv4Header header))
        {
            Receive(new Ipv4Datagram(_stack.Loopback, null, header, isToGroup: false, report.ReceivedAt));
        }
    }
}
