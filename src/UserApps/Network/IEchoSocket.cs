namespace KernelSockets.UserApps.Network;

/// <summary>Sends ICMP echo requests to one host and receives what answers them.</summary>
internal interface IEchoSocket : IDisposable
{
    /// <summary>Sends one echo request.</summary>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="payload">Data to be echoed; the same each time.</param>
    /// <returns>What sendto says: <see cref="Errno.ENETUNREACH"/>, <see cref="Errno.EMSGSIZE"/>, <see cref="Errno.ENOBUFS"/> and so on.</returns>
    Errno Send(ushort sequence, ReadOnlySpan<byte> payload);

    /// <summary>Waits for the next answer.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="answer">The answer.</param>
    /// <returns><see cref="Errno.ETIME"/> at the deadline; <see cref="Errno.EINTR"/> on Ctrl-C.</returns>
    Errno Receive(Instant deadline, out EchoAnswer answer);
}

/// <summary>What came back for an echo request.</summary>
internal enum EchoAnswerKind
{
    /// <summary>An echo reply.</summary>
    Reply,

    /// <summary>An ICMP destination unreachable about our request, from a router, the host, or this machine itself.</summary>
    Unreachable,

    /// <summary>An ICMP time exceeded about our request.</summary>
    TimeExceeded,
}

/// <summary>An answer to an echo request.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Code">ICMP code, for errors.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Sequence">Sequence number of the request it answers.</param>
/// <param name="TimeToLive">TTL it arrived with.</param>
/// <param name="Length">ICMP bytes, header included, as ping counts.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="IsIntact">False when the echoed data differ from what was sent.</param>
internal readonly record struct EchoAnswer(
    EchoAnswerKind Kind, byte Code, Ipv4Address Source, ushort Sequence, byte TimeToLive, int Length, Instant ReceivedAt, bool IsIntact);
