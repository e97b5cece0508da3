using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>TCP_INFO: struct tcp_info of Linux (include/uapi/linux/tcp.h), its first 104 bytes.</summary>
/// <remarks>
/// <code>
///    0 state | 1 ca_state | 2 retransmits | 3 probes | 4 backoff | 5 options | 6 snd_wscale:4 rcv_wscale:4
///    8 rto | 12 ato | 16 snd_mss | 20 rcv_mss | 24 unacked | 28 sacked | 32 lost | 36 retrans | 40 fackets
///   44 last_data_sent | 48 last_ack_sent | 52 last_data_recv | 56 last_ack_recv | 60 pmtu | 64 rcv_ssthresh | 68 rtt | 72 rttvar
///   76 snd_ssthresh | 80 snd_cwnd | 84 advmss | 88 reordering | 92 rcv_rtt | 96 rcv_space | 100 total_retrans
/// </code>
/// Times are in microseconds but for those since the last event, in milliseconds.
/// </remarks>
internal static class TcpInformation
{
    private const int Size = 104;
    private const byte TimestampsOption = 1;
    private const byte SackOption = 2;
    private const byte ScaleOption = 4;

    /// <summary>Writes it, or as much as there is room for.</summary>
    public static IoResult Write(TcpBlock block, Span<byte> value, Instant now)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        bytes[0] = (byte)(block.IsListening ? TcpState.Listen : block.Connection?.State ?? TcpState.Closed);
        if (block.Listener is { } listener)
        {
            Put(bytes, 24, listener.FinishedCount);
            Put(bytes, 28, listener.Backlog);
        }
        else if (block.Connection is { } connection)
        {
            Fill(bytes, connection, connection.Report(now));
        }

        return OptionValue.Write(value, bytes);
    }

    /// <summary>The same for ss and /proc/net/tcp.</summary>
    public static StreamInformation Describe(TcpConnection connection, Instant now)
    {
        TcpReport report = connection.Report(now);
        int segment = Math.Max(1, connection.EffectiveSegment);
        return new StreamInformation
        {
            Congestion = connection.Settings.Congestion,
            HasTimestamps = connection.HasTimestamps,
            HasSack = connection.HasSack,
            SendScale = connection.SendScale,
            ReceiveScale = connection.ReceiveScale,
            Timeout = report.Timeout,
            Backoff = report.Backoff,
            RoundTrip = report.RoundTrip,
            Variation = report.Variation,
            AcknowledgeDelay = report.AcknowledgeDelay,
            SendSegment = segment,
            ReceiveSegment = report.LargestReceived,
            PathMtu = connection.PathMtu,
            Window = report.Window / segment,
            Threshold = report.Threshold == int.MaxValue ? null : report.Threshold / segment,
            SegmentsUnderWay = report.SegmentsUnderWay,
            SegmentsSacked = report.SackedBytes / segment,
            SegmentsLost = report.LostBytes / segment,
            Retransmitted = connection.Retransmitted,
            SinceSent = report.SinceSent,
            SinceReceived = report.SinceReceived,
            ReceiveSpace = connection.ReceiveLimit,
            PeerWindow = connection.SndWnd,
        };
    }

    private static void Fill(Span<byte> bytes, TcpConnection connection, in TcpReport report)
    {
        int segment = Math.Max(1, connection.EffectiveSegment);
        bytes[1] = (byte)report.LossState;
        bytes[2] = bytes[4] = (byte)Math.Min(report.Backoff, byte.MaxValue);
        bytes[3] = (byte)Math.Min(report.Probes, byte.MaxValue);
        bytes[5] = (byte)((connection.HasTimestamps ? TimestampsOption : 0) | (connection.HasSack ? SackOption : 0) | (connection.ReceiveScale > 0 ? ScaleOption : 0));
        bytes[6] = (byte)(connection.SendScale | (connection.ReceiveScale << 4));
        Put(bytes, 8, Microseconds(report.Timeout));
        Put(bytes, 12, Microseconds(report.AcknowledgeDelay));
        Put(bytes, 16, segment);
        Put(bytes, 20, report.LargestReceived);
        Put(bytes, 24, report.SegmentsUnderWay);
        Put(bytes, 28, report.SackedBytes / segment);
        Put(bytes, 32, report.LostBytes / segment);
        Put(bytes, 44, (int)report.SinceSent.TotalMilliseconds);
        Put(bytes, 52, (int)report.SinceReceived.TotalMilliseconds);
        Put(bytes, 56, (int)report.SinceReceived.TotalMilliseconds);
        Put(bytes, 60, connection.PathMtu);
        Put(bytes, 64, connection.ReceiveLimit);
        Put(bytes, 68, Microseconds(report.RoundTrip));
        Put(bytes, 72, Microseconds(report.Variation));
        Put(bytes, 76, report.Threshold == int.MaxValue ? int.MaxValue : report.Threshold / segment);
        Put(bytes, 80, report.Window / segment);
        Put(bytes, 84, connection.PeerSegment);
        Put(bytes, 88, 3);
        Put(bytes, 96, connection.ReceiveLimit);
        Put(bytes, 100, connection.Retransmitted);
    }

    private static int Microseconds(TimeSpan time) => (int)Math.Min(int.MaxValue, time.TotalMicroseconds);

    private static void Put(Span<byte> bytes, int offset, int number) => BinaryPrimitives.WriteInt32LittleEndian(bytes[offset..], number);
}

/// <summary>What a connection reports for TCP_INFO.</summary>
internal readonly record struct TcpReport
{
    /// <summary>Linux's TCP_CA_Open 0, Recovery 3, Loss 4.</summary>
    public int LossState { get; init; }

    /// <summary>Time-outs in a row.</summary>
    public int Backoff { get; init; }

    /// <summary>Window probes in a row.</summary>
    public int Probes { get; init; }

    /// <summary>RTO.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How long an acknowledgement is held back.</summary>
    public TimeSpan AcknowledgeDelay { get; init; }

    /// <summary>The largest segment received.</summary>
    public int LargestReceived { get; init; }

    /// <summary>Segments that are not acknowledged.</summary>
    public int SegmentsUnderWay { get; init; }

    /// <summary>Bytes acknowledged selectively.</summary>
    public int SackedBytes { get; init; }

    /// <summary>Bytes taken as lost.</summary>
    public int LostBytes { get; init; }

    /// <summary>Since data were sent.</summary>
    public TimeSpan SinceSent { get; init; }

    /// <summary>Since a segment was received.</summary>
    public TimeSpan SinceReceived { get; init; }

    /// <summary>SRTT.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>RTTVAR.</summary>
    public TimeSpan Variation { get; init; }

    /// <summary>ssthresh, in bytes.</summary>
    public int Threshold { get; init; }

    /// <summary>cwnd, in bytes.</summary>
    public int Window { get; init; }
}
