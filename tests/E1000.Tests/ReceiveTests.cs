using System.Buffers.Binary;
using KernelSockets.Simulation.E1000;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.E1000.Tests;

public sealed class ReceiveTests
{
    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Receive_ManyTimesRoundTheRing_ArrivesWholeAndInOrder(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        const int Count = 3000;
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60 + (i % 1455), i)));
            if (i % 100 == 99)
            {
                rig.RunNetworkTask();
            }
        }

        Assert.Equal(Count, rig.Received.Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(Rig.Frame(60 + (i % 1455), i), rig.Received[i]);
        }

        Assert.Equal(Count, rig.Statistics.ReceivedPackets);
        Assert.Equal(rig.Received.Sum(frame => (long)frame.Length), rig.Statistics.ReceivedBytes);
        Assert.Equal(0, rig.Statistics.ReceiveErrors + rig.Statistics.ReceiveLengthErrors + rig.Statistics.ReceiveDropped);
        Assert.Equal(0, rig.BuffersInUse());
    }

    [Fact]
    public void Receive_Frame_CarriesDeviceAndTime()
    {
        using Rig rig = Rig.Started();
        Instant received = Instant.Zero;
        rig.OnReceive = frame => received = frame.ReceivedAt;
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        Instant before = rig.Clock.Now;
        rig.Model.Deliver(Rig.Frame(60));
        rig.RunNetworkTask();
        Assert.True(received > before && received <= rig.Clock.Peek);
    }

    [Fact]
    public void Receive_MulticastFrames_OnlyThoseThatAreWanted_AfterAResetToo()
    {
        using Rig rig = Rig.Started();
        Assert.True(MacAddress.TryParse("01:00:5e:01:02:03", out MacAddress wanted));
        Assert.True(MacAddress.TryParse("01:00:5e:7f:ff:fa", out MacAddress other));
        rig.Device.SetMulticastFilter([wanted], acceptsAll: false);
        Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 0, wanted)));
        Assert.NotEqual(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 0, other)));
        Assert.Equal(Errno.Success, rig.Device.Stop());
        rig.Device.SetMulticastFilter([wanted, other], acceptsAll: false);
        Assert.Equal(Errno.Success, rig.Device.Start());
        Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 0, other)));
        rig.Device.SetMulticastFilter([], acceptsAll: false);
        Assert.NotEqual(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 0, other)));
        rig.Device.SetMulticastFilter([], acceptsAll: true);
        Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 0, other)));
    }

    [Fact]
    public void Receive_GroupFrames_AreCountedAsMulticast()
    {
        using Rig rig = Rig.Started();
        rig.Model.Deliver(Rig.Frame(60, 0, MacAddress.Broadcast));
        rig.Model.Deliver(Rig.Frame(60));
        rig.RunNetworkTask();
        Assert.Equal(2, rig.Received.Count);
        Assert.Equal(1, rig.Statistics.Multicast);
    }

    [Fact]
    public void Receive_ForAnotherStation_OnlyWhilePromiscuous()
    {
        using Rig rig = Rig.Started();
        MacAddress multicast = MacAddress.Read([0x01, 0x00, 0x5E, 0x00, 0x00, 0xFB]);
        Assert.Equal(ReceiveOutcome.Filtered, rig.Model.Deliver(Rig.Frame(60, 0, Rig.Peer)));
        Assert.Equal(ReceiveOutcome.Filtered, rig.Model.Deliver(Rig.Frame(60, 0, multicast)));
        rig.Device.IsPromiscuous = true;
        Assert.True(rig.Device.IsPromiscuous);
        Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 1, Rig.Peer)));
        Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 2, multicast)));
        rig.Device.IsPromiscuous = false;
        Assert.Equal(ReceiveOutcome.Filtered, rig.Model.Deliver(Rig.Frame(60, 3, Rig.Peer)));
        rig.RunNetworkTask();
        Assert.Equal(2, rig.Received.Count);
    }

    [Fact]
    public void IsPromiscuous_SetWhileStopped_HoldsFromStart()
    {
        using Rig rig = new();
        rig.Create();
        rig.Device.IsPromiscuous = true;
        rig.Device.Start();
        Assert.Equal(0x18u, rig.Model.Peek(RCTL) & 0x18);
    }

    [Theory]
    [InlineData(ReceiveFault.BadCrc)]
    [InlineData(ReceiveFault.DataError)]
    public void Receive_DamagedFrame_IsDroppedAndCountedOnce(ReceiveFault fault)
    {
        using Rig rig = Rig.Started();
        Assert.Equal(ReceiveOutcome.Discarded, rig.Model.Deliver(Rig.Frame(100), fault));
        Assert.Equal(1, rig.Statistics.ReceiveErrors);
        Assert.Equal(1, rig.Statistics.ReceiveErrors);
        Assert.Empty(rig.Received);
    }

    [Theory]
    [InlineData(ReceiveFault.BadCrc)]
    [InlineData(ReceiveFault.DataError)]
    public void Receive_DamagedFrameInTheRing_IsDroppedAndItsBufferUsedAgain(ReceiveFault fault)
    {
        using Rig rig = Rig.Started();
        rig.Model.DeliversBadFrames = true;
        for (int i = 0; i < 600; i++)
        {
            rig.Model.Deliver(Rig.Frame(100, i), i % 3 == 0 ? fault : ReceiveFault.None);
            rig.RunNetworkTask();
        }

        Assert.Equal(400, rig.Received.Count);
        Assert.Equal(Rig.Frame(100, 599), rig.Received[^1]);

        // The register and the descriptor both tell of each bad frame here, since RCTL.SBP is off and the model ignores it.
        Assert.Equal(400, rig.Statistics.ReceiveErrors);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(59)]
    public void Receive_Runt_IsCountedByTheHardware(int length)
    {
        using Rig rig = Rig.Started();
        Assert.Equal(ReceiveOutcome.Discarded, rig.Model.Deliver(Rig.Frame(length)));
        Assert.Equal(ReceiveOutcome.Discarded, rig.Model.Deliver(Rig.Frame(length), ReceiveFault.BadCrc));
        Assert.Equal(2, rig.Statistics.ReceiveLengthErrors);
    }

    [Fact]
    public void Receive_RuntInTheRing_NeverReachesTheStackWithoutAHeader()
    {
        using Rig rig = Rig.Started();
        rig.Model.DeliversBadFrames = true;
        byte[] runt = Rig.Frame(14)[..13];
        Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(runt));
        rig.Model.Deliver(Rig.Frame(70, 3));
        rig.RunNetworkTask();
        Assert.Equal(Rig.Frame(70, 3), Assert.Single(rig.Received));
        Assert.Equal(2, rig.Statistics.ReceiveLengthErrors);
    }

    [Theory]
    [InlineData(1514, true)]
    [InlineData(1518, true)]
    [InlineData(1519, false)]
    [InlineData(2048, false)]
    public void Receive_FrameAroundTheLimit(int length, bool isAccepted)
    {
        using Rig rig = Rig.Started();
        rig.Model.DeliversBadFrames = true;
        rig.Model.Deliver(Rig.Frame(length, 1));
        rig.RunNetworkTask();
        Assert.Equal(isAccepted ? 1 : 0, rig.Received.Count);
        Assert.Equal(isAccepted, rig.Statistics.ReceiveLengthErrors == 0);
    }

    [Fact]
    public void Receive_OversizeFrame_IsCountedByTheHardware()
    {
        using Rig rig = Rig.Started();
        Assert.Equal(ReceiveOutcome.Discarded, rig.Model.Deliver(Rig.Frame(1519)));
        Assert.Equal(ReceiveOutcome.Discarded, rig.Model.Deliver(Rig.Frame(9000), ReceiveFault.BadCrc));
        Assert.Equal(2, rig.Statistics.ReceiveLengthErrors);
    }

    [Theory]
    [InlineData(2049)]
    [InlineData(4096)]
    [InlineData(4160)]
    [InlineData(16000)]
    public void Receive_FrameOverSeveralBuffers_IsDroppedWholeAndItsTailIsNoFrame(int length)
    {
        using Rig rig = Rig.Started();
        rig.Model.DeliversBadFrames = true;
        byte[] frame = Rig.Frame(length);
        for (int start = 2048; start + 60 <= length; start += 2048)
        {
            Rig.Frame(Math.Min(2048, length - start), start).CopyTo(frame, start);
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(frame));
            rig.Model.Deliver(Rig.Frame(64, i));
            rig.RunNetworkTask();
        }

        Assert.Equal(100, rig.Received.Count);
        Assert.All(rig.Received, (received, i) => Assert.Equal(Rig.Frame(64, i), received));

        // ROC counts each frame too, since the model takes long frames though RCTL.LPE is off.
        Assert.Equal(200, rig.Statistics.ReceiveLengthErrors);
        Assert.Equal(0, rig.BuffersInUse());
    }

    [Fact]
    public void Receive_LongFrameWithBadCrc_CountsAsDamaged()
    {
        using Rig rig = Rig.Started();
        rig.Model.DeliversBadFrames = true;
        rig.Model.Deliver(Rig.Frame(5000), ReceiveFault.BadCrc);
        rig.Model.Deliver(Rig.Frame(64, 8));
        rig.RunNetworkTask();
        Assert.Equal(Rig.Frame(64, 8), Assert.Single(rig.Received));
        Assert.Equal(1, rig.Statistics.ReceiveErrors);
    }

    [Fact]
    public void Receive_PoolEmpty_DropsFramesButKeepsTheRingFull()
    {
        using Rig rig = Rig.Started(poolSize: Rig.RingBuffers + 2);
        rig.KeepsFrames = true;
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(64, i)));
            rig.RunNetworkTask();
        }

        Assert.Equal(3, rig.Received.Count);
        Assert.Equal(997, rig.Statistics.ReceiveDropped);
        Assert.InRange(rig.Model.FreeReceiveDescriptors, Rig.LeastFree, 255);
        rig.ReleaseKept();
        rig.KeepsFrames = false;
        rig.Model.Deliver(Rig.Frame(64, 1000));
        rig.RunNetworkTask();
        Assert.Equal(Rig.Frame(64, 1000), rig.Received[^1]);
        Assert.Equal(4, rig.Statistics.ReceivedPackets);
    }

    [Fact]
    public void Receive_RingFull_FifoHoldsThenMissesAndAllIsCounted()
    {
        using Rig rig = Rig.Started();
        int delivered = 0;
        int queued = 0;
        int missed = 0;
        for (int i = 0; i < 600; i++)
        {
            ReceiveOutcome outcome = rig.Model.Deliver(Rig.Frame(1000, i));
            delivered += outcome == ReceiveOutcome.Delivered ? 1 : 0;
            queued += outcome == ReceiveOutcome.Queued ? 1 : 0;
            missed += outcome == ReceiveOutcome.Missed ? 1 : 0;
        }

        Assert.Equal(255, delivered);
        Assert.Equal(48 * 1024 / 1004, queued);
        rig.RunNetworkTask();
        Assert.Equal(delivered + queued, rig.Received.Count);
        Assert.Equal(missed, rig.Statistics.ReceiveMissed);
        Assert.Equal(missed, rig.Statistics.ReceiveMissed);
        Assert.InRange(rig.Model.FreeReceiveDescriptors, Rig.LeastFree, 255);
        Assert.Equal(ReceiveOutcome.Delivered, rig.Model.Deliver(Rig.Frame(60, 7)));
        rig.RunNetworkTask();
        Assert.Equal(Rig.Frame(60, 7), rig.Received[^1]);
    }

    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Statistics_MissedInBursts_AreCountedOnceWhetherOrNotReadingClears(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality) with { FifoSize = 0 });
        long missed = 0;
        for (int burst = 0; burst < 5; burst++)
        {
            for (int i = 0; i < 300 + (burst * 10); i++)
            {
                missed += rig.Model.Deliver(Rig.Frame(60, i)) == ReceiveOutcome.Missed ? 1 : 0;
            }

            Assert.Equal(missed, rig.Statistics.ReceiveMissed);
            rig.RunNetworkTask();
            Assert.Equal(missed, rig.Statistics.ReceiveMissed);
        }

        Assert.InRange(missed, 325, 325 + (4 * 63)); // up to 63 served slots are not given back yet
    }

    [Fact]
    public void Receive_SlowDevice_DeliversAllInOrder()
    {
        using Rig rig = Rig.Started();
        rig.Model.IsReceiveStepped = true;
        Random random = new(42);
        int sent = 0;
        while (sent < 2000)
        {
            if (rig.Model.Deliver(Rig.Frame(200, sent)) == ReceiveOutcome.Queued)
            {
                sent++;
            }

            rig.Model.StepReceive(random.Next(3));
            rig.RunNetworkTask();
        }

        while (rig.Model.FifoCount > 0)
        {
            rig.Model.StepReceive(10);
            rig.RunNetworkTask();
        }

        Assert.Equal(sent, rig.Received.Count);
        Assert.All(rig.Received, (received, i) => Assert.Equal(Rig.Frame(200, i), received));
    }

    [Theory]
    [InlineData("manual", 17, false, false, true)]
    [InlineData("manual", 6, false, false, true)]
    [InlineData("manual", 17, true, false, false)]
    [InlineData("manual", 17, false, true, false)]
    [InlineData("manual", 6, false, true, false)]
    [InlineData("manual", 1, false, false, false)]
    [InlineData("qemu", 17, false, false, false)]
    [InlineData("qemu", 17, false, true, false)]
    public void Receive_Checksums_AreVerifiedOnlyIfTheDeviceSaysSo(string personality, int protocol, bool badIp, bool badTransport, bool expected)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        bool? verified = null;
        rig.OnReceive = frame => verified = frame.IsChecksumVerified;
        rig.Model.Deliver(IpFrame((byte)protocol, badIp, badTransport));
        rig.RunNetworkTask();
        Assert.Equal(expected, verified);
        Assert.Equal(0, rig.Statistics.ReceiveErrors);
    }

    [Fact]
    public void Receive_BufferReusedAfterVerifiedFrame_DoesNotKeepTheFlag()
    {
        using Rig rig = Rig.Started(poolSize: Rig.RingBuffers + 1);
        List<bool> verified = [];
        rig.OnReceive = frame => verified.Add(frame.IsChecksumVerified);
        for (int i = 0; i < 600; i++)
        {
            rig.Model.Deliver(i % 2 == 0 ? IpFrame(17, false, false) : Rig.Frame(60));
            rig.RunNetworkTask();
        }

        Assert.All(verified, (flag, i) => Assert.Equal(i % 2 == 0, flag));
    }

    private static byte[] IpFrame(byte protocol, bool badIp, bool badTransport)
    {
        byte[] frame = Rig.Frame(80, 3);
        Span<byte> packet = frame.AsSpan(14);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], 60);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], 0);
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)(Complement(packet[..20], 0) ^ (badIp ? 1 : 0)));
        Span<byte> segment = packet[20..60];
        int field = protocol == 6 ? 16 : 6;
        BinaryPrimitives.WriteUInt16BigEndian(segment[field..], 0);
        uint pseudo = (uint)(~Complement(packet[12..20], 0) & 0xFFFF) + protocol + 40;
        BinaryPrimitives.WriteUInt16BigEndian(segment[field..], (ushort)(Complement(segment, pseudo) ^ (badTransport ? 0x100 : 0)));
        return frame;
    }

    private static ushort Complement(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
