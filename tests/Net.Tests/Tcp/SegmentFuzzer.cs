namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Segments with good checksums, whose flags, numbers and options are both plausible and wild.</summary>
internal sealed class SegmentFuzzer(Random random)
{
    /// <summary>Options of a SYN.</summary>
    public static byte[][] SynOptions { get; } =
    [
        [], Opt.Modern, [.. Opt.Modern, .. Opt.Timestamps(1000, 0)], [.. Opt.Mss(48), .. Opt.SackPermitted, .. Opt.Timestamps(1000, 0)], [.. Opt.Mss(9000), .. Opt.Scale(14)],
    ];

    /// <summary>Sends one for a connection, or for the port where there is none.</summary>
    public void Send(TcpPeer peer)
    {
        TcpFlags flags = random.Next(3) == 0 ? (TcpFlags)random.Next(256) : TcpFlags.Ack | (random.Next(10) == 0 ? TcpFlags.Fin : TcpFlags.None) | (random.Next(8) == 0 ? TcpFlags.Urg : TcpFlags.None);
        flags = random.Next(6) > 0 ? flags & ~TcpFlags.Rst : flags;
        byte[] data = new byte[random.Next(3) switch { 0 => 0, 1 => random.Next(20), _ => random.Next(1400) }];
        random.NextBytes(data);
        (uint seq, uint ack) = Numbers(peer);
        ushort window = random.Next(4) == 0 ? (ushort)random.Next(0, 3) : (ushort)random.Next(65_536);
        peer.Send(flags, data, seq, ack, window, Options(peer), (ushort)random.Next(random.Next(2) == 0 ? 10 : 65_536));
    }

    /// <summary>An ICMP error that quotes a number of the connection, or one near.</summary>
    public void SendError(TcpPeer peer)
    {
        uint number = peer.Connection is { } connection ? connection.SndUna.Value + (uint)random.Next(-1, 3000) : 0;
        TcpDataTests.IcmpAbout(peer, (byte)(random.Next(2) == 0 ? 3 : random.Next(4, 13)), (byte)random.Next(0, 6), (uint)random.Next(0, 1600), number);
    }

    private (uint Sequence, uint Acknowledgement) Numbers(TcpPeer peer)
    {
        if (random.Next(12) == 0)
        {
            return ((uint)random.NextInt64(), (uint)random.NextInt64());
        }

        if (peer.Connection is not { } connection)
        {
            return (peer.Next + (uint)random.Next(-3, 4), peer.Expected + (uint)random.Next(-3, 4));
        }

        uint received = connection.State == TcpState.SynSent ? peer.Isn : connection.RcvNxt.Value;
        uint seq = received + (uint)(random.Next(5) switch { 0 => random.Next(-3000, 3000), 1 => random.Next(-3, 4), 2 => connection.RcvEdge.Value - received + random.Next(-3, 4), _ => 0 });
        int underWay = connection.SndNxt - connection.SndUna;
        uint ack = connection.SndUna.Value + (uint)(random.Next(4) switch { 0 => random.Next(-3000, 3000), 1 => underWay + random.Next(-3, 4), 2 => random.Next(0, underWay + 1), _ => underWay });
        return (seq, ack);
    }

    private byte[] Options(TcpPeer peer)
    {
        switch (random.Next(6))
        {
            case 0:
                byte[] junk = new byte[random.Next(0, 41)];
                random.NextBytes(junk);
                return junk;
            case 1:
                return Opt.Timestamps((uint)random.NextInt64(), (uint)random.NextInt64());
            case 2:
                uint una = peer.Connection?.SndUna.Value ?? 0;
                return Opt.Sack([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (una + (uint)random.Next(-2000, 20_000), una + (uint)random.Next(-2000, 20_000)))]);
            case 3:
                return SynOptions[random.Next(SynOptions.Length)];
            default:
                return peer.Connection is { HasTimestamps: true } connection ? Opt.Timestamps(connection.RecentTimestamp + 1, 0) : [];
        }
    }
}
