using KernelSockets.Vfs.Proc;

namespace KernelSockets.Vfs.Tests.Proc;

public sealed class CollectorPausesTests
{
    private const long First = 1L << 40; // beyond the collections of the test's own process

    [Fact]
    public void Percentiles_AreWithinNinePercent()
    {
        CollectorPauses pauses = new();
        for (int i = 1; i <= 1000; i++)
        {
            pauses.Note(First + i, [TimeSpan.FromMicroseconds(i), TimeSpan.Zero]);
        }

        Assert.Equal(TimeSpan.FromMicroseconds(1000), pauses.Longest);
        Assert.InRange(pauses.Percentile(0.5).TotalMicroseconds, 500, 550);
        Assert.InRange(pauses.Percentile(0.999).TotalMicroseconds, 999, 1000);
    }

    [Fact]
    public void SameCollectionTwice_CountsOnce_AndGapsAreMissed()
    {
        CollectorPauses pauses = new();
        pauses.Note(First, [TimeSpan.FromMicroseconds(5)]);
        long count = pauses.Count;
        long missed = pauses.Missed;
        pauses.Note(First, [TimeSpan.FromMicroseconds(7)]);
        pauses.Note(First + 3, [TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2)]);
        Assert.Equal(count + 2, pauses.Count);
        Assert.Equal(missed + 2, pauses.Missed);
        Assert.Equal(TimeSpan.FromMilliseconds(2), pauses.Longest);
    }

    [Fact]
    public void Collections_AreSeen()
    {
        CollectorPauses pauses = new();
        for (int i = 0; pauses.Count + pauses.Missed == 0 && i < 100; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(pauses.Count > 0);
        Assert.True(pauses.Longest > TimeSpan.Zero);
    }
}
