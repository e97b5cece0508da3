using System.Buffers.Binary;

namespace KernelSockets.FaultyWire.Tests;

/// <summary>What the wire of the booted kernel's tests and of the bench does to frames.</summary>
public sealed class DirectionTests
{
    private const int Count = 20_000;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Perfect_PassesEveryFrame_AtOnce_InOrder()
    {
        Assert.Equal(Enumerable.Range(0, Count), Pass(1, new Faults()));
    }

    [Fact]
    public void Loss_HitsItsShare_AndTheSameFrames_ForTheSameSeed()
    {
        int[] first = [.. Pass(7, new Faults(Loss: 0.05))];
        Assert.InRange(Count - first.Length, Count * 0.04, Count * 0.06);
        Assert.Equal(first, Pass(7, new Faults(Loss: 0.05)));
        Assert.NotEqual(first, Pass(8, new Faults(Loss: 0.05)));
    }

    [Fact]
    public void Loss_HitsTheSameFrames_WhateverElseGoesWrong()
    {
        HashSet<int> lossOnly = [.. Pass(7, new Faults(Loss: 0.05))];
        HashSet<int> all = [.. Pass(7, new Faults(Loss: 0.05, Duplication: 0.1, Reordering: 0.1, Delay: s_step))];
        Assert.Equal(lossOnly, all);
    }

    [Fact]
    public void Duplication_And_Reordering_HitTheirShare_AndLoseNothing()
    {
        int[] arrived = [.. Pass(3, new Faults(Duplication: 0.1, Reordering: 0.1))];
        Assert.InRange(arrived.Length - Count, Count * 0.08, Count * 0.12);
        Assert.Equal(Enumerable.Range(0, Count), arrived.Distinct().Order());
        int overtaken = arrived.Zip(arrived.Skip(1)).Count(pair => pair.Second < pair.First);
        Assert.InRange(overtaken, Count * 0.05, Count * 0.1);
    }

    [Fact]
    public void Corruption_FlipsOneBit_BehindTheEthernetHeader()
    {
        FaultyDirection wire = new(5, new Faults(Corruption: 1));
        byte[] sent = new byte[60];
        for (int i = 0; i < Count; i++)
        {
            byte[] arrived = [];
            Array.Clear(sent);
            wire.Enter(sent, 0, frame => arrived = frame.ToArray());
            Assert.Equal(1, arrived.Sum(value => byte.PopCount(value)));
            Assert.All(arrived[..14], value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(14)]
    [InlineData(65_536)]
    public void Frame_OfAnySize_Passes(int size)
    {
        FaultyDirection wire = new(5, new Faults(Duplication: 1, Reordering: 1, Corruption: 1, Delay: s_step));
        List<int> sizes = [];
        wire.Enter(new byte[size], 0, frame => sizes.Add(frame.Length));
        Assert.Equal(Faults.HoldLimit.Ticks, wire.NextDue);
        wire.Advance(wire.NextDue, frame => sizes.Add(frame.Length));
        Assert.Empty(sizes);
        wire.Advance(wire.NextDue, frame => sizes.Add(frame.Length));
        Assert.Equal([size], sizes);
        Assert.Equal(long.MaxValue, wire.NextDue);
    }

    [Fact]
    public void Delay_IsTheSameForAll_AndTheQueueIsBounded()
    {
        FaultyDirection wire = new(5, new Faults(Delay: 5 * s_step));
        int arrived = 0;
        for (int i = 0; i < FaultyDirection.QueueLimit + 10; i++)
        {
            wire.Enter(new byte[60], i, _ => arrived++);
        }

        Assert.Equal((5 * s_step).Ticks, wire.NextDue);
        wire.Advance(wire.NextDue - 1, _ => arrived++);
        Assert.Equal(0, arrived);
        wire.Advance(wire.NextDue, _ => arrived++);
        Assert.Equal(1, arrived);
        wire.Advance(long.MaxValue - 1, _ => arrived++);
        Assert.Equal((FaultyDirection.QueueLimit, 10), (arrived, wire.Counts.Overflowed));
    }

    /// <summary>Sends numbered frames, one a millisecond, and returns those that arrive.</summary>
    private static List<int> Pass(int seed, Faults faults)
    {
        FaultyDirection wire = new(seed, faults);
        List<int> arrivals = [];
        long now = 0;
        byte[] frame = new byte[60];
        for (int i = 0; i < Count; i++)
        {
            now += s_step.Ticks;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(14), i);
            wire.Advance(now, Take);
            wire.Enter(frame, now, Take);
        }

        while (wire.NextDue != long.MaxValue)
        {
            now = wire.NextDue;
            wire.Advance(now, Take);
        }

        return arrivals;

        void Take(ReadOnlySpan<byte> arrived) => arrivals.Add(BinaryPrimitives.ReadInt32BigEndian(arrived[14..]));
    }
}
