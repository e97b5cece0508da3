using System.Buffers.Binary;
using KernelSockets.Drivers.E1000;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.E1000.Tests;

/// <summary>
/// A driver on a model on a bench: pool, wire, interrupt line as the kernel has it, and a watch over DMA, so that every test also checks that
/// the device touches no buffer that nobody holds, and at its end that no buffer is lost.
/// </summary>
internal sealed class Rig : IFrameReceiver, IDisposable
{
    public const int DefaultBudget = 64;
    public const int PoolSize = 700;

    /// <summary>Buffers that the running driver holds: one in each slot and a spare one.</summary>
    public const int RingBuffers = 257;

    /// <summary>Receive descriptors that the device has at least once all frames are served: the driver gives 64 back at a time.</summary>
    public const int LeastFree = 255 - 63;

    private readonly Dictionary<DmaBlock, PacketBuffer> _buffers = [];
    private readonly ModelDmaAllocator _memory = new();
    private bool _isLineMasked;

    public Rig(ModelOptions? options = null, ushort? deviceId = null, int poolSize = PoolSize)
    {
        Options = options ?? ModelOptions.Manual;
        DeviceId = deviceId ?? (ushort)(Options.Is82543 ? 0x1004 : 0x100E);
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(poolSize, _memory, out PacketBufferPool? pool));
        Pool = pool!;
        RememberBuffers();
        _memory.Observer = CheckDma;
        Model = new Model82540Em(_memory, Clock, Station, Options) { InterruptChanged = OnInterruptLevel };
        Model.FrameSink = frame => Wire.Add(frame.ToArray());
    }

    public static MacAddress Station { get; } = MacAddress.Read([0x52, 0x54, 0x00, 0x12, 0x34, 0x56]);

    public static MacAddress Peer { get; } = MacAddress.Read([0x52, 0x54, 0x00, 0xAA, 0xBB, 0xCC]);

    public ModelOptions Options { get; }

    public ushort DeviceId { get; }

    public BusClock Clock { get; } = new();

    public ModelDmaAllocator Memory => _memory;

    public PacketBufferPool Pool { get; }

    public Model82540Em Model { get; }

    public E1000Device Device { get; private set; } = null!;

    /// <summary>Frames that the device sent.</summary>
    public List<byte[]> Wire { get; } = [];

    /// <summary>Frames that the stack received.</summary>
    public List<byte[]> Received { get; } = [];

    /// <summary>Called with each received frame before it is copied and released.</summary>
    public Action<PacketBuffer>? OnReceive { get; set; }

    /// <summary>True when the stack keeps received frames, in <see cref="Kept"/>.</summary>
    public bool KeepsFrames { get; set; }

    public List<PacketBuffer> Kept { get; } = [];

    /// <summary>Set by the interrupt, cleared by the network task.</summary>
    public bool IsSignalled { get; private set; }

    public int InterruptCount { get; private set; }

    public NetworkDeviceStatistics Statistics => Device.Statistics;

    public static Rig Started(ModelOptions? options = null, int poolSize = PoolSize)
    {
        Rig rig = new(options, poolSize: poolSize);
        rig.Create();
        Assert.Equal(Errno.Success, rig.Device.Start());
        rig.RunNetworkTask();
        Assert.True(rig.Device.IsLinkUp);
        return rig;
    }

    public static byte[] Frame(int length, int seed = 0, MacAddress? destination = null)
    {
        byte[] frame = new byte[length];
        Fill(frame, seed, destination ?? Station);
        return frame;
    }

    /// <summary>Addresses, an experimental type (RFC 5342) and a pattern that depends on the seed at every byte.</summary>
    public static void Fill(Span<byte> frame, int seed, MacAddress destination)
    {
        destination.Write(frame);
        Peer.Write(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x88B5);
        for (int i = 14; i < frame.Length; i++)
        {
            frame[i] = (byte)((seed * 31) + (i * 7) + (seed >> 8));
        }
    }

    public Errno TryCreate()
    {
        Errno error = E1000Device.TryCreate(Model, _memory, Pool, Clock, DeviceId, out E1000Device? device);
        Assert.Equal(error == Errno.Success, device is not null);
        Device = device!;
        return error;
    }

    public void Create() => Assert.Equal(Errno.Success, TryCreate());

    public PacketBuffer Buffer(ReadOnlySpan<byte> data)
    {
        PacketBuffer? buffer = Pool.TryTake();
        Assert.NotNull(buffer);
        buffer.Reserve(64);
        data.CopyTo(buffer.Append(data.Length));
        return buffer;
    }

    public Errno Transmit(ReadOnlySpan<byte> frame) => Device.Transmit(Buffer(frame));

    /// <summary>What the kernel's network task does when it is woken.</summary>
    public int RunNetworkTask(int budget = DefaultBudget)
    {
        int total = 0;
        while (IsSignalled)
        {
            IsSignalled = false;
            total += PollUntilIdle(budget);
            UnmaskLine();
        }

        return total;
    }

    public int PollUntilIdle(int budget = DefaultBudget)
    {
        int total = 0;
        int handed;
        do
        {
            handed = Device.Poll(this, budget);
            total += handed;
        }
        while (handed == budget);
        return total;
    }

    /// <summary>As after the task's deadline, when no interrupt has come.</summary>
    public void PollAfter(TimeSpan time)
    {
        Clock.Advance(time);
        PollUntilIdle();
        RunNetworkTask();
    }

    void IFrameReceiver.Receive(PacketBuffer frame)
    {
        Assert.Same(Device, frame.Device);
        Assert.Equal(1, frame.References);
        OnReceive?.Invoke(frame);
        Received.Add(frame.Data.ToArray());
        if (KeepsFrames)
        {
            frame.AddReference();
            Kept.Add(frame);
        }
    }

    public void ReleaseKept()
    {
        foreach (PacketBuffer frame in Kept)
        {
            frame.Release();
        }

        Kept.Clear();
    }

    /// <summary>Buffers that are neither free nor in the receive ring.</summary>
    public int BuffersInUse(bool isRunning = true) => Pool.Total - Pool.Free - (isRunning ? RingBuffers : 0);

    public void Dispose()
    {
        ReleaseKept();
        Device?.Stop();
        Assert.Equal(Pool.Total, Pool.Free);
        Assert.True(Model.InterruptMask == 0 || Model.IsRemoved);
    }

    private void OnInterruptLevel(bool level)
    {
        if (level && !_isLineMasked)
        {
            _isLineMasked = true;
            IsSignalled = true;
            InterruptCount++;
        }
    }

    private void UnmaskLine()
    {
        _isLineMasked = false;
        OnInterruptLevel(Model.IsInterruptAsserted);
    }

    private void RememberBuffers()
    {
        while (Pool.Free > 0)
        {
            PacketBuffer buffer = Pool.TryTake()!;
            _buffers.Add(buffer.Memory, buffer);
        }

        foreach (PacketBuffer buffer in _buffers.Values)
        {
            buffer.Release();
        }
    }

    private void CheckDma(DmaBlock block, bool isWrite)
    {
        if (!_buffers.TryGetValue(block, out PacketBuffer? buffer))
        {
            return;
        }

        if (buffer.References < 1 || (isWrite && buffer.References != 1))
        {
            throw new DriverErrorException($"the device {(isWrite ? "writes to" : "reads")} a buffer with {buffer.References} holders");
        }
    }
}
