using KernelSockets.Simulation;

namespace KernelSockets.Abstractions.Tests;

public sealed class PacketBufferPoolTests
{
    [Fact]
    public void GrowingPool_GivesManyBack_OnceTheyWereNotNeededForAWhile()
    {
        PacketBufferPool pool = Create().MakeGrowing(4096, maximum: 10, kept: 4);
        List<PacketBuffer> taken = Take(pool, 10);
        Assert.Null(pool.TryTake());
        Assert.Equal((10, 10, 1), (pool.Total, pool.InUse, pool.Exhausted));
        taken[..9].ForEach(static buffer => buffer.Release());
        Assert.Equal((10, 1), (pool.Total, pool.InUse));
        Assert.False(pool.Trim());
        taken[9].Release();
        Take(pool, 10).ForEach(static buffer => buffer.Release());
        Assert.False(pool.Trim()); // all were needed since the time before
        Take(pool, 4).ForEach(static buffer => buffer.Release());
        Assert.True(pool.Trim());
        Assert.Equal((0, 0), (pool.Total, pool.InUse));
        Assert.Equal(10, Take(pool, 10).Distinct().Count());
    }

    [Fact]
    public void GrowingPool_KeepsFew_AndUsesThemAgain()
    {
        PacketBufferPool pool = Create().MakeGrowing(4096, maximum: 10, kept: 4);
        List<PacketBuffer> taken = Take(pool, 4);
        taken.ForEach(static buffer => buffer.Release());
        Assert.Equal((4, 4), (pool.Total, pool.Free));
        Assert.Equivalent(taken, Take(pool, 4));
    }

    [Fact]
    public void FixedPool_KeepsAll()
    {
        PacketBufferPool pool = Create();
        Take(pool, 8).ForEach(static buffer => buffer.Release());
        Assert.Equal((8, 8), (pool.Total, pool.Free));
    }

    [Fact]
    public void Fragments_AreReleasedWithTheirPacket()
    {
        PacketBufferPool pool = Create();
        PacketBuffer holder = pool.TryTake()!;
        PacketBuffer packet = pool.TryTake()!;
        packet.AddFragment(holder, 10, 100);
        packet.AddFragment(holder, 110, 50);
        packet.LeaveSegmentation(60);
        holder.Release();
        Assert.Equal((150, 3, 2), (packet.FragmentLength, packet.SegmentCount, pool.InUse));
        packet.Release();
        Assert.Equal(0, pool.InUse);
        PacketBuffer again = pool.TryTake()!;
        Assert.Equal((0, 0, 1), (again.FragmentLength, again.SegmentSize, again.SegmentCount));
    }

    private static PacketBufferPool Create()
    {
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(8, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        return pool!;
    }

    private static List<PacketBuffer> Take(PacketBufferPool pool, int count) => [.. Enumerable.Range(0, count).Select(_ => pool.TryTake()!)];
}
