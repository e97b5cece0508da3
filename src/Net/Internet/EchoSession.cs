using System.Runtime.InteropServices;

namespace KernelSockets.Net;

/// <summary>A pinger (RFC 792, echo): sends requests under its own identifier, and queues replies and errors that belong to them.</summary>
/// <remarks>
/// The public members are called by apps and take the stack's gate; the internal ones are called under it. A fingerprint of each recent
/// request's data is kept,
/// so that a reply shows whether it is intact without keeping the data.
/// </remarks>
internal sealed class EchoSession : IEchoSession
{
    /// <summary>Answers that wait to be fetched.</summary>
    internal const int QueueCapacity = 64;

    /// <summary>Most recent requests that answers are matched with, duplicates included.</summary>
    internal const int RequestWindow = 256;

    private const ulong FingerprintSeed = 0xCBF2_9CE4_8422_2325;
    private const ulong FingerprintFactor = 0x9E37_79B9_7F4A_7C15;
    private const int FingerprintShift = 29;

    private readonly NetStack _stack;
    private readonly Ipv4Address _destination;
    private readonly WaitQueue _waiters;
    private readonly Queue<EchoReply> _replies = new(QueueCapacity);
    private readonly Request[] _requests = new Request[RequestWindow];
    private bool _isClosed;

    public EchoSession(NetStack stack, Ipv4Address destination, ushort identifier, WaitQueue waiters)
    {
        _stack = stack;
        _destination = destination;
        _waiters = waiters;
        Identifier = identifier;
    }

    /// <summary>The identifier in its requests.</summary>
    public ushort Identifier { get; }

    private IcmpStatistics Statistics => _stack.Icmp.Statistics;

    /// <inheritdoc/>
    public Errno Send(ushort sequence, ReadOnlySpan<byte> payload, byte timeToLive)
    {
        if (timeToLive == 0)
        {
            return Errno.EINVAL;
        }

        lock (_stack.Gate)
        {
            return _isClosed ? Errno.EBADF : SendRequest(sequence, payload, timeToLive);
        }
    }

    /// <inheritdoc/>
    public Errno Receive(Instant deadline, out EchoReply reply)
    {
        lock (_stack.Gate)
        {
            while (!_replies.TryDequeue(out reply))
            {
                Errno result = _isClosed ? Errno.EBADF : _waiters.Wait(_stack.Gate, deadline);
                if (result != Errno.Success)
                {
                    return result;
                }
            }

            return Errno.Success;
        }
    }

    /// <summary>Closes the session; whoever waits in <see cref="Receive"/> gets EBADF.</summary>
    public void Dispose()
    {
        lock (_stack.Gate)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _replies.Clear();
                _stack.Icmp.Sessions.Close(this);
                _waiters.WakeAll();
            }
        }
    }

    /// <summary>Takes a reply with our identifier.</summary>
    /// <returns>False when it answers none of the recent requests.</returns>
    internal bool ReceiveReply(in Ipv4Datagram datagram, in IcmpHeader message)
    {
        Request request = _requests[message.Sequence % RequestWindow];
        bool isExpected = datagram.Header.Source == _destination
            || _destination.IsMulticast || datagram.Interface.IsBroadcast(_destination);
        if (!isExpected || !request.Answers(message.Sequence))
        {
            return false;
        }

        bool isIntact = message.Code == 0 && request.Fingerprint == Fingerprint(message.Data);
        Enqueue(new EchoReply(
            EchoReplyKind.Reply,
            message.Code,
            datagram.Header.Source,
            message.Sequence,
            datagram.Header.TimeToLive,
            message.Length,
            datagram.ReceivedAt,
            isIntact));
        return true;
    }

    /// <summary>Takes an error that quotes a request with our identifier.</summary>
    /// <returns>False when we have not sent such a request.</returns>
    internal bool ReceiveError(in Ipv4ErrorReport report, in IcmpHeader quoted)
    {
        bool isOurs = report.Quotation.Destination == _destination && _requests[quoted.Sequence % RequestWindow].Answers(quoted.Sequence);
        if (!isOurs || report.Type == IcmpType.ParameterProblem)
        {
            return false;
        }

        EchoReplyKind kind = report.IsLocal ? EchoReplyKind.NoNeighbour
            : report.Type == IcmpType.TimeExceeded ? EchoReplyKind.TimeExceeded
            : EchoReplyKind.Unreachable;
        Enqueue(new EchoReply(
            kind, report.Code, report.Reporter, quoted.Sequence, report.TimeToLive, report.Length, report.ReceivedAt, IsIntact: true));
        return true;
    }

    /// <summary>A 64-bit multiplicative hash: catches damage, not malice.</summary>
    private static ulong Fingerprint(ReadOnlySpan<byte> data)
    {
        ulong hash = FingerprintSeed;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (ulong word in words)
        {
            hash = (hash ^ word) * FingerprintFactor;
            hash ^= hash >> FingerprintShift;
        }

        foreach (byte octet in data[(words.Length * sizeof(ulong))..])
        {
            hash = (hash ^ octet) * FingerprintFactor;
            hash ^= hash >> FingerprintShift;
        }

        return hash;
    }

    private Errno SendRequest(ushort sequence, ReadOnlySpan<byte> payload, byte timeToLive)
    {
        Ipv4Transmission transmission = new()
        {
            Destination = _destination,
            Protocol = Ipv4Protocol.Icmp,
            TimeToLive = timeToLive,
        };
        Span<byte> header = stackalloc byte[IcmpHeader.Size];
        Icmp.EmitHeader(IcmpFields.Echo(IcmpType.EchoRequest, Identifier, sequence), payload, header);

        // Entered first: over the loopback interface or from a fast neighbour the reply must find it.
        _requests[sequence % RequestWindow] = new Request(sequence, Fingerprint(payload), IsSent: true);
        Errno result = _stack.Ipv4.Output.Send(transmission, header, payload);
        if (result == Errno.Success)
        {
            Statistics.OutMsgs++;
            Statistics.OutEchos++;
        }
        else
        {
            Statistics.OutErrors++;
        }

        return result;
    }

    private void Enqueue(in EchoReply reply)
    {
        if (_replies.Count == QueueCapacity)
        {
            Statistics.InSessionOverflows++;
            return;
        }

        _replies.Enqueue(reply);
        _waiters.WakeOne();
    }

    private readonly record struct Request(ushort Sequence, ulong Fingerprint, bool IsSent)
    {
        public bool Answers(ushort sequence) => IsSent && Sequence == sequence;
    }
}
