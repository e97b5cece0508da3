namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>How far a stream is.</summary>
internal readonly record struct IperfCounts
{
    /// <summary>Bytes sent or received.</summary>
    public long Bytes { get; init; }

    /// <summary>Datagrams sent, or as many as must have been sent to get here.</summary>
    public long Packets { get; init; }

    /// <summary>Datagrams that are missing.</summary>
    public long Lost { get; init; }

    /// <summary>Jitter in seconds, as it is now.</summary>
    public double Jitter { get; init; }

    /// <summary>TCP segments sent again; -1 for a receiver.</summary>
    public long Retransmissions { get; init; }

    /// <summary>TCP's congestion window in bytes, as it is now.</summary>
    public long Window { get; init; }

    /// <summary>What has happened since.</summary>
    public IperfCounts Since(IperfCounts before) => this with
    {
        Bytes = Bytes - before.Bytes,
        Packets = Packets - before.Packets,
        Lost = Lost - before.Lost,
        Retransmissions = Retransmissions < 0 ? -1 : Retransmissions - before.Retransmissions,
    };

    /// <summary>Several streams together.</summary>
    public static IperfCounts Sum(IReadOnlyCollection<IperfCounts> all) => new()
    {
        Bytes = all.Sum(static one => one.Bytes),
        Packets = all.Sum(static one => one.Packets),
        Lost = all.Sum(static one => one.Lost),
        Jitter = all.Count == 0 ? 0 : all.Average(static one => one.Jitter),
        Retransmissions = all.Any(static one => one.Retransmissions < 0) ? -1 : all.Sum(static one => one.Retransmissions),
    };
}
