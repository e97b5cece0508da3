using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>
/// ICMP of an end host (RFC 792, RFC 1122 §3.2.2): answers echo requests and gives replies and errors to whom they concern.
/// </summary>
/// <remarks>
/// Echo replies have no rate limit of their own, as in Linux: the device's ring and the poll budget bound them, and a limit would make
/// ping lie.
/// Registered in <see cref="Ipv4"/>; runs under the stack's gate. Errors are made in <see cref="IcmpErrorSender"/>.
/// </remarks>
public sealed class Icmp
{
    private readonly NetStack _stack;

    internal Icmp(NetStack stack)
    {
        _stack = stack;
        Errors = new IcmpErrorSender(stack, Statistics);
        stack.Ipv4.Register(Ipv4Protocol.Icmp, new Handler(this));
    }

    /// <summary>Counters.</summary>
    public IcmpStatistics Statistics { get; } = new();

    internal IcmpErrorSender Errors { get; }

    /// <summary>Builds an ICMP header for <paramref name="data"/>, with the checksum of both.</summary>
    internal static void EmitHeader(in IcmpFields fields, ReadOnlySpan<byte> data, Span<byte> header)
    {
        fields.Emit(header);
        ulong sum = InternetChecksum.Sum(header[IcmpHeader.RestOffset..], InternetChecksum.Sum(header[..IcmpHeader.ChecksumOffset]));
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(data, sum));
        BinaryPrimitives.WriteUInt16BigEndian(header[IcmpHeader.ChecksumOffset..], checksum);
    }

    /// <summary>Counts a message that a raw socket has sent.</summary>
    internal void CountSent(ReadOnlySpan<byte> message, Errno result)
    {
        bool isSent = result == Errno.Success;
        Statistics.OutMsgs += isSent ? 1 : 0;
        Statistics.OutErrors += isSent ? 0 : 1;
        Statistics.OutEchos += isSent && message is [(byte)IcmpType.EchoRequest, ..] ? 1 : 0;
    }

    private void Receive(in Ipv4Datagram datagram)
    {
        Statistics.InMsgs++;
        if (!IcmpHeader.TryParse(datagram.Header.Payload, out IcmpHeader message) || !message.IsChecksumValid)
        {
            Statistics.InErrors++;
            return;
        }

        switch (message.Type)
        {
            case IcmpType.EchoRequest:
                Statistics.InEchos++;
                AnswerEcho(datagram, message);
                break;
            case IcmpType.EchoReply:
                Statistics.InEchoReps++;
                break;
            case IcmpType.DestinationUnreachable:
                Statistics.InDestUnreachs++;
                ReceiveError(datagram, message);
                break;
            case IcmpType.TimeExceeded:
                Statistics.InTimeExcds++;
                ReceiveError(datagram, message);
                break;
            case IcmpType.ParameterProblem:
                Statistics.InParmProbs++;
                ReceiveError(datagram, message);
                break;
            case IcmpType.Redirect:
                Statistics.InRedirects++;
                break;
            default:
                Statistics.InUnknownTypes++;
                break;
        }
    }

    /// <summary>
    /// RFC 1122 §3.2.2.6: the same data back, from the address asked, with record route and timestamp options entered and returned.
    /// </summary>
    private void AnswerEcho(in Ipv4Datagram request, in IcmpHeader message)
    {
        if (request.IsToGroup)
        {
            Statistics.InEchosToGroup++;
            return;
        }

        Ipv4Header asked = request.Header;
        Span<byte> options = stackalloc byte[Ipv4Header.MaximumOptions];
        int optionsLength = asked.HeaderLength == Ipv4Header.MinimumSize
            ? 0
            : Ipv4Options.BuildReply(asked.Options, asked.Destination, MillisecondsOfDay(), options);
        Ipv4Transmission transmission = new()
        {
            Source = asked.Destination,
            Destination = asked.Source,
            Protocol = Ipv4Protocol.Icmp,
            TypeOfService = asked.TypeOfService,
        };
        Span<byte> header = stackalloc byte[IcmpHeader.Size];
        EmitHeader(new IcmpFields(IcmpType.EchoReply, 0, message.Rest), message.Data, header);
        Count(_stack.Ipv4.Output.Send(transmission, header, message.Data, options[..optionsLength]));
    }

    private void Count(Errno result)
    {
        if (result == Errno.Success)
        {
            Statistics.OutMsgs++;
            Statistics.OutEchoReps++;
        }
        else
        {
            Statistics.OutErrors++;
        }
    }

    private uint MillisecondsOfDay() => (uint)_stack.Clock.UtcNow.TimeOfDay.TotalMilliseconds;

    /// <summary>Gives an error to the protocol whose datagram it quotes (RFC 1122 §3.2.2), if that can have been ours.</summary>
    private void ReceiveError(in Ipv4Datagram datagram, in IcmpHeader message)
    {
        if (!Ipv4Header.TryParseQuotation(message.Data, out Ipv4Header quotation) || quotation.Source != datagram.Header.Destination)
        {
            Statistics.InErrors++;
            return;
        }

        _stack.Ipv4.ReportError(new Ipv4ErrorReport
        {
            Reporter = datagram.Header.Source,
            Type = message.Type,
            Code = message.Code,
            Rest = message.Rest,
            ReceivedAt = datagram.ReceivedAt,
            Quotation = quotation,
        });
    }

    private sealed class Handler(Icmp owner) : Ipv4ProtocolHandler
    {
        public override void Receive(in Ipv4Datagram datagram) => owner.Receive(datagram);
    }
}
