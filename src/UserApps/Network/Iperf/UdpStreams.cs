using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>The head of a datagram: when it was sent, and its number from 1.</summary>
/// <remarks>
/// <code>
///  0 seconds (32) | 4 microseconds (32) | 8 number (32, or 64 when both sides can)
/// </code>
/// </remarks>
internal static class UdpBlock
{
    private const int MicrosecondsOffset = 4;
    private const int NumberOffset = 8;

    /// <summary>Writes it.</summary>
    public static void Write(Span<byte> block, TimeSpan time, long number, bool isLong)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block, (uint)time.TotalSeconds);
        BinaryPrimitives.WriteInt32BigEndian(block[MicrosecondsOffset..], (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        if (isLong)
        {
            BinaryPrimitives.WriteInt64BigEndian(block[NumberOffset..], number);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(block[NumberOffset..], (uint)number);
        }
    }

    /// <summary>Reads it.</summary>
    /// <returns>False when the datagram is too short.</returns>
    public static bool TryRead(ReadOnlySpan<byte> block, bool isLong, out TimeSpan time, out long number)
    {
        time = default;
        number = 0;
        if (block.Length < NumberOffset + (isLong ? sizeof(long) : sizeof(uint)))
        {
            return false;
        }

        time = TimeSpan.FromSeconds((long)BinaryPrimitives.ReadUInt32BigEndian(block))
            + TimeSpan.FromTicks(BinaryPrimitives.ReadUInt32BigEndian(block[MicrosecondsOffset..]) * TimeSpan.TicksPerMicrosecond);
        number = isLong ? BinaryPrimitives.ReadInt64BigEndian(block[NumberOffset..]) : BinaryPrimitives.ReadUInt32BigEndian(block[NumberOffset..]);
        return true;
    }
}

/// <summary>Loss and jitter of a stream of datagrams (iperf_udp_recv of iperf 3.12).</summary>
internal sealed class UdpMeter
{
    private const double Gain = 1.0 / 16; // RFC 1889 §6.3.1
    private TimeSpan? _transit;

    /// <summary>The largest number seen.</summary>
    public long Packets { get; private set; }

    /// <summary>Numbers missing.</summary>
    public long Lost { get; private set; }

    /// <summary>Datagrams that came behind a later one.</summary>
    public long Reordered { get; private set; }

    /// <summary>In seconds.</summary>
    public double Jitter { get; private set; }

    /// <summary>A datagram has come.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="sentAt">When it was sent, by the sender's clock.</param>
    /// <param name="receivedAt">When it came, by ours.</param>
    public void Take(long number, TimeSpan sentAt, TimeSpan receivedAt)
    {
        if (number > Packets)
        {
            Lost += number - 1 - Packets;
            Packets = number;
        }
        else
        {
            Reordered++;
            Lost -= Lost > 0 ? 1 : 0;
        }

        TimeSpan transit = receivedAt - sentAt;
        if (_transit is { } before)
        {
            Jitter += (Math.Abs((transit - before).TotalSeconds) - Jitter) * Gain;
        }

        _transit = transit;
    }
}

/// <summary>Sends datagrams.</summary>
internal sealed class UdpSender : IperfStream
{
    private readonly Action _countPacket;
    private long _packets;

    public UdpSender(int id, Socket socket, IperfParameters parameters, IperfGoal goal)
        : base(id, socket, parameters, goal, isSender: true) => _countPacket = () => _packets++;

    /// <inheritdoc/>
    protected override void Run()
    {
        byte[] block = new byte[Parameters.Length];
        new Random(Id).NextBytes(block);
        long start = Stopwatch.GetTimestamp();
        long sent = 0;
        for (long number = 1; !IsEnded; number++)
        {
            UdpBlock.Write(block, DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch, number, Parameters.HasLongNumbers);
            try
            {
                int count = Socket.Send(block);
                sent += count;
                Count(count, _countPacket);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.ConnectionRefused)
            {
                // What cannot be sent is lost, as on the way: its number will be missing. A peer that has closed says so on the control connection.
                sent += block.Length;
            }

            Pace(sent, Stopwatch.GetElapsedTime(start));
        }
    }

    /// <inheritdoc/>
    protected override IperfCounts ReadFigures() => new() { Packets = _packets, Retransmissions = -1 };
}

/// <summary>Receives datagrams.</summary>
internal sealed class UdpReceiver : IperfStream
{
    private readonly UdpMeter _meter = new();
    private readonly Action _takePacket;
    private long _number;
    private TimeSpan _sentAt;

    public UdpReceiver(int id, Socket socket, IperfParameters parameters, IperfGoal goal)
        : base(id, socket, parameters, goal, isSender: false) =>
        _takePacket = () => _meter.Take(_number, _sentAt, DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch);

    /// <inheritdoc/>
    protected override void Run()
    {
        byte[] block = new byte[IperfParameters.LargestDatagram];
        while (true)
        {
            int count = Receive(block);
            if (UdpBlock.TryRead(block.AsSpan(0, count), Parameters.HasLongNumbers, out _sentAt, out _number))
            {
                Count(count, _takePacket);
            }
            else if (count == 0)
            {
                return; // it was closed
            }
        }
    }

    /// <inheritdoc/>
    protected override IperfCounts ReadFigures() => new() { Packets = _meter.Packets, Lost = _meter.Lost, Jitter = _meter.Jitter, Retransmissions = -1 };

    private int Receive(byte[] block)
    {
        while (true)
        {
            try
            {
                return Socket.Receive(block);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The sender is gone; the control connection tells the same.
            }
        }
    }
}
