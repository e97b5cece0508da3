using System.Buffers.Binary;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.E1000.Tests;

public sealed class ConcurrencyTests
{
    private const int Senders = 4;
    private const int FramesEach = 20_000;

    [Theory]
    [InlineData(TransmitMode.Immediate)]
    [InlineData(TransmitMode.Stepped)]
    public void Transmit_FromManyTasksWhileOnePolls_KeepsEachSendersOrder(TransmitMode mode)
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = mode;
        int[] lastOfSender = new int[Senders];
        long received = 0;
        rig.Model.FrameSink = frame => CheckOrder(frame, lastOfSender);

        Thread[] threads = new Thread[Senders];
        for (int i = 0; i < Senders; i++)
        {
            int sender = i;
            threads[i] = new Thread(() => SendAll(rig, sender));
            threads[i].Start();
        }

        byte[] incoming = Rig.Frame(64);
        while (threads.Any(thread => thread.IsAlive))
        {
            rig.Model.StepTransmit(16);
            received += rig.Model.Deliver(incoming) is ReceiveOutcome.Delivered or ReceiveOutcome.Queued ? 1 : 0;
            rig.PollUntilIdle();
            rig.Device.IsPromiscuous = !rig.Device.IsPromiscuous;
            Assert.True(rig.Statistics.TransmittedPackets <= Senders * FramesEach);
        }

        rig.Model.StepTransmit(int.MaxValue);
        rig.PollUntilIdle();
        Assert.All(lastOfSender, last => Assert.Equal(FramesEach, last));
        Assert.Equal(Senders * FramesEach, rig.Statistics.TransmittedPackets);
        Assert.Equal(received, rig.Statistics.ReceivedPackets + rig.Statistics.ReceiveDropped);
        Assert.Equal(0, rig.BuffersInUse());
    }

    private static void SendAll(Rig rig, int sender)
    {
        for (int number = 1; number <= FramesEach;)
        {
            PacketBuffer? buffer = rig.Pool.TryTake();
            if (buffer is null)
            {
                Thread.Yield();
                continue;
            }

            buffer.Reserve(0);
            Span<byte> data = buffer.Append(64);
            BinaryPrimitives.WriteInt32LittleEndian(data[14..], sender);
            BinaryPrimitives.WriteInt32LittleEndian(data[18..], number);
            if (rig.Device.Transmit(buffer) == Errno.Success)
            {
                number++;
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private static void CheckOrder(ReadOnlySpan<byte> frame, int[] lastOfSender)
    {
        int sender = BinaryPrimitives.ReadInt32LittleEndian(frame[14..]);
        int number = BinaryPrimitives.ReadInt32LittleEndian(frame[18..]);
        if (lastOfSender[sender] + 1 != number)
        {
            throw new DriverErrorException($"frame {number} of sender {sender} came after {lastOfSender[sender]}");
        }

        lastOfSender[sender] = number;
    }
}
