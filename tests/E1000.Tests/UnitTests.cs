using KernelSockets.Drivers.E1000;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.E1000.Tests;

/// <summary>Parts of the driver that the model alone does not reach.</summary>
public sealed class UnitTests
{
    [Fact]
    public void BoundedWait_ClockStandsStill_EndsAllTheSame()
    {
        BoundedWait wait = new(new StuckRegisters(0), new StoppedClock());
        wait.Delay(TimeSpan.FromMilliseconds(1));
        Assert.False(wait.TryReadUntil(0, 1, 1, TimeSpan.FromMilliseconds(1), out _));
    }

    [Fact]
    public void BoundedWait_DeviceGone_EndsAtOnce()
    {
        StuckRegisters registers = new(uint.MaxValue);
        Assert.False(new BoundedWait(registers, new BusClock()).TryReadUntil(0, 1, 1, TimeSpan.FromSeconds(1), out _));
        Assert.Equal(1, registers.Reads);
    }

    [Fact]
    public void TransmitRing_Batch_NeedsOneDoorbell()
    {
        ModelDmaAllocator memory = new();
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(10, memory, out PacketBufferPool? pool));
        StuckRegisters registers = new(0);
        TransmitRing ring = new(registers, DescriptorRing.Allocate(memory)!);
        for (int i = 0; i < 10; i++)
        {
            PacketBuffer frame = pool!.TryTake()!;
            frame.Append(100);
            Assert.True(ring.TryPush(frame));
        }

        Assert.Empty(registers.Writes);
        ring.Publish();
        Assert.Equal([(0x3818u, 10u)], registers.Writes);
        Assert.Equal(10, ring.Rewind());
        Assert.Equal(10, pool!.Free);
    }

    [Fact]
    public void HardwareCounter_ClearedByReading_CountsEveryRead()
    {
        HardwareCounter counter = new(0);
        ScriptedRegisters registers = new([0, 5, 2, 1, 0, 7, 0]);
        Assert.Equal([0, 5 + 2, 1, 0, 7, 0], SampleAll(ref counter, registers));
    }

    [Fact]
    public void HardwareCounter_ClearedUnderLoad_IsNotTakenForKept()
    {
        HardwareCounter counter = new(0);
        ScriptedRegisters registers = new([3, 3, 4, 4, 1, 2, 6]);
        Assert.Equal([3 + 3 + 4 + 4 + 1, 2, 6], SampleAll(ref counter, registers));
    }

    [Fact]
    public void HardwareCounter_Kept_CountsDifferences()
    {
        HardwareCounter counter = new(0);
        ScriptedRegisters registers = new([5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 9, 2]);
        Assert.Equal([6, 0, 3, 2], SampleAll(ref counter, registers));
    }

    [Fact]
    public void ReceiveDescriptor_Fields_AreWhereTheManualHasThem()
    {
        ModelDmaAllocator memory = new();
        DmaBlock ring = DescriptorRing.Allocate(memory)!;
        ReceiveDescriptor.Write(ring, 3, 0x1_2345_6789);
        Assert.Equal(0x1_2345_6789UL, ring.ReadUInt64(48));
        Assert.False(ReceiveDescriptor.Read(ring, 3).IsDone);
        ring.WriteUInt64(56, 0x0000_00_63_1234_05EAUL);
        ReceiveDescriptor good = ReceiveDescriptor.Read(ring, 3);
        Assert.True(good.IsDone && good.IsEndOfPacket && good.IsChecksumVerified && !good.IsDamaged);
        Assert.Equal(0x5EA, good.Length);
        foreach (byte error in (byte[])[0x01, 0x02, 0x04, 0x10, 0x80])
        {
            Assert.True(new ReceiveDescriptor((ulong)error << 40 | 3UL << 32).IsDamaged);
        }

        foreach (ulong bits in (ulong[])[0x20_63, 0x40_63, 0x00_67, 0x00_43, 0x00_23])
        {
            Assert.False(new ReceiveDescriptor(bits << 32).IsChecksumVerified);
            Assert.False(new ReceiveDescriptor(bits << 32).IsDamaged);
        }
    }

    private static long[] SampleAll(ref HardwareCounter counter, ScriptedRegisters registers)
    {
        List<long> samples = [];
        while (registers.HasMore)
        {
            samples.Add(counter.Sample(registers));
        }

        return [.. samples];
    }

    private sealed class StoppedClock : Clock
    {
        public override Instant Now => Instant.Zero;

        public override DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;
    }

    private sealed class StuckRegisters(uint value) : RegisterSpace
    {
        public int Reads { get; private set; }

        public List<(uint Offset, uint Value)> Writes { get; } = [];

        public override uint Read(uint offset)
        {
            Reads++;
            return value;
        }

        public override void Write(uint offset, uint value) => Writes.Add((offset, value));
    }

    private sealed class ScriptedRegisters(uint[] values) : RegisterSpace
    {
        private int _next;

        public bool HasMore => _next < values.Length;

        public override uint Read(uint offset) => values[_next++];

        public override void Write(uint offset, uint value) => throw new InvalidOperationException("nothing is written");
    }
}
