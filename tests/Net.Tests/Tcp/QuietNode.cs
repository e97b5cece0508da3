using System.Buffers.Binary;
using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>A node whose only neighbour is a set of patched frames: what goes through it allocates nothing but what the stack does.</summary>
internal sealed class QuietNode
{
    private const int TcpOffset = EthernetHeader.Size + Ipv4Header.MinimumSize;

    private readonly SimulatedTime _time = new();
    private readonly PacketBufferPool _pool;
    private readonly NetInterface _interface;
    private readonly byte[] _frame = new byte[EthernetHeader.Size + 1500];

    /// <param name="isOffloading">Its device inserts checksums and cuts segments.</param>
    public QuietNode(bool isOffloading = false)
    {
        Device = new RecordingDevice(isOffloading);
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(256, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        _pool = pool!;
        WaitQueues = new SimulatedWaitQueueFactory(_time);
        Stack = new NetStack(_time.Clock, WaitQueues, new SeededEntropy(1), _pool, new SilentHost());
        Assert.Equal(Errno.Success, Stack.TryAddInterface(Device, out NetInterface? netInterface));
        _interface = netInterface!;
        NetworkControl control = new(Stack);
        Assert.Equal(Errno.Success, control.SetAddress("eth0", Tester.Node4, 24));
        Assert.Equal(Errno.Success, control.AddNeighbour(Tester.Self4, Tester.SelfMac));
    }

    public NetStack Stack { get; }

    public RecordingDevice Device { get; }

    public SimulatedWaitQueueFactory WaitQueues { get; }

    public Clock Clock => _time.Clock;

    /// <summary>A millisecond passes.</summary>
    public void Pass() => Pass(TimeSpan.FromMilliseconds(1));

    public void Pass(TimeSpan time)
    {
        _time.RunFor(time);
        Stack.Advance(_time.Now);
    }

    public void AssertNoLeak() => Assert.Equal(_pool.Total, _pool.Free);

    /// <summary>The segments up to <see cref="EndBatch"/> arrive together.</summary>
    public void BeginBatch() => _interface.BeginBatch();

    public void EndBatch() => _interface.EndBatch();

    /// <summary>A segment arrives at port 80; its data are whatever was there.</summary>
    public void Inject(ushort port, TcpFlags flags, uint sequence, uint acknowledgement, int length, ReadOnlySpan<byte> options)
    {
        int headerSize = TcpHeader.MinimumSize + options.Length;
        Span<byte> segment = _frame.AsSpan(TcpOffset, headerSize + length);
        BinaryPrimitives.WriteUInt16BigEndian(segment, port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], 80);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], acknowledgement);
        segment[12] = (byte)(headerSize / 4 << 4);
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(segment[16..], 0);
        options.CopyTo(segment[TcpHeader.MinimumSize..]);
        TcpFields.WriteChecksum(segment, Tester.Self4, Tester.Node4);
        new EthernetFields(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4).Emit(_frame.AsSpan(0, EthernetHeader.Size));
        Ipv4Fields ip = Tester.ToNode with { Protocol = Ipv4Protocol.Tcp, TotalLength = Ipv4Header.MinimumSize + segment.Length };
        ip.Emit(_frame.AsSpan(EthernetHeader.Size, Ipv4Header.MinimumSize), []);
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.SetReceived(0, TcpOffset + segment.Length);
        _frame.AsSpan(0, TcpOffset + segment.Length).CopyTo(buffer.Data);
        _interface.Receive(buffer);
        buffer.Release();
    }

    private sealed class SilentHost : IStackHost
    {
        public void Wake()
        {
        }

        public void ReportAddressConflict(string interfaceName, Ipv4Address address, MacAddress claimant)
        {
        }
    }
}

/// <summary>A device that remembers what the last TCP segment reached.</summary>
internal sealed class RecordingDevice(bool isOffloading) : StubDevice
{
    private const int IpLengthOffset = 16;
    private const int ProtocolOffset = 23;
    private const int TcpOffset = 34;

    public long Frames { get; private set; }

    public long LargePackets { get; private set; }

    public int UrgentFrames { get; private set; }

    /// <summary>The port that the last segment went to.</summary>
    public ushort Port { get; private set; }

    /// <summary>The number behind everything that was sent.</summary>
    public uint End { get; private set; }

    public override string Model => "recorder";

    public override bool InsertsChecksums => isOffloading;

    public override int SegmentationLimit => isOffloading ? 60_000 : 0;

    public override Errno Transmit(PacketBuffer frame)
    {
        ReadOnlySpan<byte> bytes = frame.Data;
        if (bytes[ProtocolOffset] == (byte)Ipv4Protocol.Tcp)
        {
            Frames += frame.SegmentCount;
            LargePackets += frame.SegmentSize > 0 ? 1 : 0;
            Port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(TcpOffset + 2)..]);
            UrgentFrames += (bytes[TcpOffset + 13] & (byte)TcpFlags.Urg) != 0 ? 1 : 0;
            int headerSize = bytes[TcpOffset + 12] >> 4 << 2;
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[IpLengthOffset..]) - Ipv4Header.MinimumSize - headerSize;
            End = BinaryPrimitives.ReadUInt32BigEndian(bytes[(TcpOffset + 4)..]) + (uint)length + ((bytes[TcpOffset + 13] & (byte)(TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0);
        }

        frame.Release();
        return Errno.Success;
    }
}

/// <summary>A peer of a <see cref="QuietNode"/> that has opened a connection: its numbers.</summary>
internal sealed class QuietPeer
{
    private readonly QuietNode _node;
    private readonly ushort _port;
    private readonly byte[] _timestamps = Opt.Timestamps(0, 0);
    private readonly byte[] _synOptions;
    private readonly bool _hasTimestamps;
    private uint _next = 0xFFFF_0000;
    private uint _end; // what it has of the node
    private uint _timestamp = 1000;

    public QuietPeer(QuietNode node, ushort port, bool hasTimestamps)
    {
        _node = node;
        _port = port;
        _hasTimestamps = hasTimestamps;
        _synOptions = hasTimestamps ? [.. Opt.Modern, .. Opt.Timestamps(_timestamp, 0)] : Opt.Modern;
    }

    /// <summary>The handshake.</summary>
    public void Open()
    {
        _node.Inject(_port, TcpFlags.Syn, _next++, 0, 0, _synOptions);
        Send(TcpFlags.Ack, 0);
    }

    /// <summary>Sends a segment that acknowledges what the node has sent last.</summary>
    public void Send(TcpFlags flags, int length, uint ahead = 0)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_timestamps.AsSpan(4), ++_timestamp);
        _end = _node.Device.Port == _port ? _node.Device.End : _end;
        _node.Inject(_port, flags, _next + ahead, _end, length, _hasTimestamps ? _timestamps : []);
        _next += ahead == 0 ? (uint)length : 0;
    }

    /// <summary>Bytes that were sent ahead are counted.</summary>
    public void Skip(uint bytes) => _next += bytes;
}
