using FsCheck.Xunit;

namespace KernelSockets.Net.Tests;

public sealed class TimerQueueTests
{
    /// <summary>Any series of starts, moves and stops leaves the same timers to fire, in the same order, as a sorted list would.</summary>
    [Property(MaxTest = 300)]
    public void AnyOperations_FireAsASortedListWould(byte[] operations)
    {
        TimerQueue queue = new(_ => { });
        List<int> fired = [];
        StackTimer[] timers = [.. Enumerable.Range(0, 16).Select(id => new StackTimer(_ => fired.Add(id)))];
        Dictionary<int, long> model = [];
        for (int i = 0; i + 1 < operations.Length; i += 2)
        {
            int id = operations[i] % timers.Length;
            if (operations[i] >= 200)
            {
                queue.Cancel(timers[id]);
                model.Remove(id);
            }
            else
            {
                queue.Schedule(timers[id], new Instant(operations[i + 1]));
                model[id] = operations[i + 1];
            }

            Assert.Equal(model.Count == 0 ? Instant.Never : new Instant(model.Values.Min()), queue.NextDeadline);
        }

        queue.RunDue(new Instant(100));
        Assert.Equal(model.Values.Where(deadline => deadline <= 100).Order(), fired.Select(id => model[id]));
        Assert.Equal(model.Count(entry => entry.Value > 100), queue.Count);
        Assert.All(timers, timer => Assert.Equal(timer.IsScheduled, timer.Deadline != Instant.Never));
    }

    [Fact]
    public void Schedule_OnlyEarlierDeadlines_AreTold()
    {
        List<long> told = [];
        TimerQueue queue = new(deadline => told.Add(deadline.Nanoseconds));
        StackTimer one = new(_ => { });
        StackTimer two = new(_ => { });
        queue.Schedule(one, new Instant(100));
        queue.Schedule(two, new Instant(200));
        queue.Schedule(two, new Instant(50));
        queue.Schedule(two, new Instant(300));
        Assert.Equal([100, 50], told);
    }

    [Fact]
    public void RunDue_CallbackReschedulesItself_RunsOnceForEachCall()
    {
        TimerQueue queue = new(_ => { });
        int runs = 0;
        StackTimer timer = null!;
        timer = new StackTimer(now =>
        {
            runs++;
            queue.Schedule(timer, now + TimeSpan.FromSeconds(1));
        });
        queue.Schedule(timer, Instant.Zero);
        queue.RunDue(new Instant(5));
        Assert.Equal(1, runs);
        Assert.Equal(new Instant(1_000_000_005), queue.NextDeadline);
    }
}
