using KernelSockets.Simulation.E1000;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.E1000.Tests;

public sealed class TransmitTests
{
    private const int RingCapacity = 255;

    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Transmit_ManyTimesRoundTheRing_ArrivesWholeAndInOrder(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        const int Count = 3000;
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(60 + (i % 1455), i, Rig.Peer)));
        }

        Assert.Equal(Count, rig.Wire.Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(Rig.Frame(60 + (i % 1455), i, Rig.Peer), rig.Wire[i]);
        }

        Assert.Equal(Count, rig.Statistics.TransmittedPackets);
        Assert.Equal(rig.Wire.Sum(frame => (long)frame.Length), rig.Statistics.TransmittedBytes);
        Assert.Equal(0, rig.BuffersInUse());
        Assert.Equal(Instant.Never, rig.Device.PollDeadline);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(42)]
    [InlineData(59)]
    public void Transmit_ShortFrame_IsPaddedWithZerosNotWithOldMemory(int length)
    {
        using Rig rig = Rig.Started();
        PacketBuffer buffer = rig.Buffer(Rig.Frame(length, 5, Rig.Peer));
        buffer.Memory.Span[(buffer.Start + length)..].Fill(0xA5);
        Assert.Equal(Errno.Success, rig.Device.Transmit(buffer));
        byte[] sent = Assert.Single(rig.Wire);
        Assert.Equal(60, sent.Length);
        Assert.Equal(Rig.Frame(length, 5, Rig.Peer), sent[..length]);
        Assert.All(sent[length..], octet => Assert.Equal(0, octet));
        Assert.Equal(0, rig.Model.HardwarePaddedFrames);
    }

    [Fact]
    public void Transmit_ShortFrameAtTheEndOfItsBuffer_IsPaddedByTheHardware()
    {
        using Rig rig = Rig.Started();
        PacketBuffer buffer = rig.Pool.TryTake()!;
        buffer.Reserve(buffer.Capacity - 42);
        Rig.Frame(42, 9, Rig.Peer).CopyTo(buffer.Append(42));
        Assert.Equal(Errno.Success, rig.Device.Transmit(buffer));
        Assert.Equal(1, rig.Model.HardwarePaddedFrames);
        Assert.Equal(Rig.Frame(42, 9, Rig.Peer), rig.Wire[0][..42]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(1519)]
    [InlineData(1900)]
    public void Transmit_ImpossibleLength_IsRefusedAndReleased(int length)
    {
        using Rig rig = Rig.Started();
        PacketBuffer buffer = rig.Pool.TryTake()!;
        buffer.Reserve(0);
        buffer.Append(length);
        Assert.Equal(Errno.EMSGSIZE, rig.Device.Transmit(buffer));
        Assert.Equal(0, rig.BuffersInUse());
        Assert.Empty(rig.Wire);
    }

    /// <summary>TCP and UDP frames, and others in between, in an order that makes the driver change the context again and again.</summary>
    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Transmit_PartialChecksum_IsInsertedByTheHardware(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        Random random = new(5);
        List<byte[]> expected = [];
        for (int i = 0; i < 2000; i++)
        {
            byte[] frame = Rig.Frame(random.Next(60, 1514), i, Rig.Peer);
            PacketBuffer buffer = rig.Buffer(frame);
            int field = random.Next(4) switch { 0 => 40, 1 => 50, 2 => 52, _ => 0 };
            if (field != 0)
            {
                buffer.TrimFront(34);
                buffer.LeaveChecksum(field - 34);
                buffer.Prepend(34);
                frame[field] = frame[field + 1] = 0;
                uint sum = (uint)(Rig.Frame(frame.Length, i, Rig.Peer)[field] << 8 | Rig.Frame(frame.Length, i, Rig.Peer)[field + 1]);
                for (int at = 34; at < frame.Length; at++)
                {
                    sum += (uint)(at % 2 == 0 ? frame[at] << 8 : frame[at]);
                }

                sum = (sum & 0xFFFF) + (sum >> 16);
                sum = (sum & 0xFFFF) + (sum >> 16);
                ushort checksum = (ushort)~sum;
                checksum = checksum == 0 ? ushort.MaxValue : checksum;
                (frame[field], frame[field + 1]) = ((byte)(checksum >> 8), (byte)checksum);
            }

            expected.Add(frame);
            Assert.Equal(Errno.Success, rig.Device.Transmit(buffer));
        }

        Assert.Equal(expected, rig.Wire);
        Assert.Equal(2000, rig.Statistics.TransmittedPackets);
        Assert.Equal(0, rig.BuffersInUse());
    }

    [Fact]
    public void Transmit_PartialChecksumsOnAFullRing_TakeTwoSlotsAtMost_AndAreForgottenByAReset()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        int accepted = 0;
        for (int i = 0; i < 300; i++)
        {
            PacketBuffer buffer = rig.Buffer(Rig.Frame(60, i, Rig.Peer));
            buffer.TrimFront(34);
            buffer.LeaveChecksum(i % 2 == 0 ? 6 : 16);
            buffer.Prepend(34);
            accepted += rig.Device.Transmit(buffer) == Errno.Success ? 1 : 0;
        }

        Assert.Equal((RingCapacity / 2) + 1, accepted); // the last one finds the context it needs
        rig.Model.TransmitMode = TransmitMode.Immediate;
        rig.Model.StepTransmit(int.MaxValue);
        rig.RunNetworkTask();
        Assert.Equal(accepted, rig.Wire.Count);
        Assert.Equal(0, rig.BuffersInUse());
    }

    [Fact]
    public void Transmit_SharedBuffer_KeepsTheOtherHoldersReferenceAndData()
    {
        using Rig rig = Rig.Started();
        PacketBuffer buffer = rig.Buffer(Rig.Frame(50, 1, Rig.Peer));
        buffer.AddReference();
        Assert.Equal(Errno.Success, rig.Device.Transmit(buffer));
        Assert.Equal(1, buffer.References);
        Assert.Equal(Rig.Frame(50, 1, Rig.Peer), buffer.Data.ToArray());
        buffer.Release();
    }

    [Fact]
    public void Transmit_RingFull_IsNoBuffersUntilTheDeviceCatchesUp()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        for (int i = 0; i < RingCapacity; i++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(64, i, Rig.Peer)));
        }

        Assert.Equal(Errno.ENOBUFS, rig.Transmit(Rig.Frame(64, 999, Rig.Peer)));
        Assert.Equal(1, rig.Statistics.TransmitDropped);
        Assert.Equal(RingCapacity, rig.BuffersInUse());

        rig.Model.StepTransmit(1);
        Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(64, RingCapacity, Rig.Peer)));
        Assert.Equal(Errno.ENOBUFS, rig.Transmit(Rig.Frame(64, 999, Rig.Peer)));
        rig.Model.StepTransmit(int.MaxValue);
        rig.RunNetworkTask();
        Assert.Equal(0, rig.BuffersInUse());
        Assert.Equal(RingCapacity + 1, rig.Wire.Count);
        Assert.Equal(Rig.Frame(64, RingCapacity, Rig.Peer), rig.Wire[^1]);
    }

    [Fact]
    public void Transmit_SlowDevice_ReclaimsInPassingWithoutInterrupts()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        int interrupts = rig.InterruptCount;
        for (int i = 0; i < 2000; i++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(64, i, Rig.Peer)));
            rig.Model.StepTransmit(1);
            Assert.InRange(rig.BuffersInUse(), 0, 2);
        }

        Assert.Equal(interrupts, rig.InterruptCount);
    }

    [Fact]
    public void Transmit_ManyInFlight_AsksForAnInterruptThatFreesThem()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        for (int i = 0; i < 127; i++)
        {
            rig.Transmit(Rig.Frame(64, i, Rig.Peer));
        }

        Assert.Equal(0u, rig.Model.InterruptMask & 1);
        rig.Transmit(Rig.Frame(64, 127, Rig.Peer));
        Assert.Equal(1u, rig.Model.InterruptMask & 1);
        rig.Model.StepTransmit(100);
        Assert.True(rig.IsSignalled);
        rig.RunNetworkTask();
        Assert.Equal(28, rig.BuffersInUse());
        Assert.Equal(0u, rig.Model.InterruptMask & 1);
    }

    [Fact]
    public void PollDeadline_FramesInFlight_ComesSoonAndFreesThem()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        Assert.Equal(Instant.Never, rig.Device.PollDeadline);
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        Instant deadline = rig.Device.PollDeadline;
        Assert.True(deadline - rig.Clock.Peek <= TimeSpan.FromMilliseconds(100));
        Assert.False(rig.Device.HasWork);
        rig.Model.StepTransmit(1);
        Assert.True(rig.Device.HasWork);
        rig.PollAfter(deadline - rig.Clock.Peek);
        Assert.Equal(Instant.Never, rig.Device.PollDeadline);
        Assert.Equal(0, rig.BuffersInUse());
        Assert.False(rig.Device.HasWork);
    }

    [Theory]
    [InlineData(0b010)]
    [InlineData(0b100)]
    public void Transmit_CollisionFailure_IsAnErrorNotASentFrame(byte status)
    {
        using Rig rig = Rig.Started();
        rig.Model.NextTransmitStatus = status;
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.Transmit(Rig.Frame(64, 1, Rig.Peer));
        Assert.Single(rig.Wire);
        Assert.Equal(1, rig.Statistics.TransmitErrors);
        Assert.Equal(1, rig.Statistics.TransmittedPackets);
    }

    [Fact]
    public void Stop_FramesInFlight_GivesThemBack()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        for (int i = 0; i < 40; i++)
        {
            rig.Transmit(Rig.Frame(64, i, Rig.Peer));
        }

        rig.Model.StepTransmit(15);
        Assert.Equal(Errno.Success, rig.Device.Stop());
        Assert.Equal(0, rig.BuffersInUse(isRunning: false));
        Assert.Equal(15, rig.Statistics.TransmittedPackets);
        Assert.Equal(25, rig.Statistics.TransmitErrors);
        Assert.Equal(0, rig.Model.StepTransmit(1));
    }

    [Fact]
    public void Transmit_BeforeStart_IsNetworkDown()
    {
        using Rig rig = new();
        rig.Create();
        Assert.Equal(Errno.ENETDOWN, rig.Transmit(Rig.Frame(64, 0, Rig.Peer)));
        Assert.Equal(1, rig.Statistics.TransmitCarrierErrors);
    }

    [Fact]
    public void Transmit_OneFrame_RingsTheDoorbellOnce()
    {
        using Rig rig = Rig.Started();
        List<uint> writes = [];
        rig.Model.BeforeAccess = (offset, isWrite) => writes.Add(offset | (isWrite ? 0 : 0x8000_0000));
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        Assert.Equal([TDT], writes);
    }
}
