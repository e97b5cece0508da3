using FsCheck.Xunit;

namespace KernelSockets.Net.Tests;

public sealed class TimerWheelTests
{
    /// <summary>
    /// Any series of starts, moves and stops, at distances from nanoseconds to years, while time goes on in steps of any size: each timer fires in the first run after its deadline, and
    /// the wheel never wants to be run too late.
    /// </summary>
    [Property(MaxTest = 2000)]
    public void AnyOperations_FireAsAListWould(int seed)
    {
        Random random = new(seed);
        TimerWheel wheel = new(_ => { });
        List<int> fired = [];
        StackTimer[] timers = [.. Enumerable.Range(0, 24).Select(id => new CallbackTimer(_ => fired.Add(id)))];
        Dictionary<int, long> model = [];
        long now = 0;
        for (int i = 0; i < 200; i++)
        {
            int id = random.Next(timers.Length);
            switch (random.Next(4))
            {
                case 0:
                    wheel.Cancel(timers[id]);
                    model.Remove(id);
                    break;
                case 1:
                    now += Distance(random, 50);
                    wheel.RunDue(new Instant(now));
                    int[] due = [.. model.Where(entry => entry.Value <= now).Select(static entry => entry.Key)];
                    Assert.Equal(due.Order(), fired.Order());
                    Array.ForEach(due, gone => model.Remove(gone));
                    fired.Clear();
                    break;
                default:
                    long deadline = random.Next(20) == 0 ? now - Math.Min(now, Distance(random, 30)) : now + Distance(random, 56);
                    wheel.Schedule(timers[id], new Instant(deadline));
                    model[id] = deadline;
                    break;
            }

            Assert.True(wheel.NextDeadline <= (model.Count == 0 ? Instant.Never : new Instant(model.Values.Min())), $"seed {seed}");
            Assert.Equal((model.Count, model.Count == 0), (wheel.Count, wheel.NextDeadline == Instant.Never));
            Assert.All(timers, (timer, number) => Assert.Equal((model.ContainsKey(number), model.GetValueOrDefault(number, Instant.Never.Nanoseconds)), (timer.IsScheduled, timer.Deadline.Nanoseconds)));
        }

        for (int runs = 0; wheel.Count > 0; runs++)
        {
            Assert.True(runs < 1000, $"seed {seed}: it wants to be run for ever");
            now = Math.Max(now, wheel.NextDeadline.Nanoseconds);
            wheel.RunDue(new Instant(now));
            Assert.All(fired, id => Assert.True(model[id] <= now, $"seed {seed}"));
            Assert.Equal(model.Count - fired.Count, wheel.Count);
            Assert.DoesNotContain(model, entry => entry.Value <= now && !fired.Contains(entry.Key));
            fired.ForEach(id => model.Remove(id));
            fired.Clear();
        }

        Assert.Empty(model);
    }

    [Fact]
    public void Callbacks_StopAndMoveOthersThatAreDueAsWell()
    {
        TimerWheel wheel = new(_ => { });
        List<string> fired = [];
        CallbackTimer[] timers = new CallbackTimer[3];
        for (int i = 0; i < timers.Length; i++)
        {
            int number = i;
            timers[i] = new CallbackTimer(now =>
            {
                fired.Add($"{number} at {now.Nanoseconds}");
                wheel.Cancel(timers[(number + 1) % 3]);
                if (timers[(number + 2) % 3].IsScheduled)
                {
                    wheel.Schedule(timers[(number + 2) % 3], new Instant(5000));
                }

                Assert.Equal(wheel.Count == 0 ? Instant.Never : new Instant(5000), wheel.NextDeadline);
            });
            wheel.Schedule(timers[i], new Instant(100 + i));
        }

        wheel.RunDue(new Instant(200));
        wheel.RunDue(new Instant(5000));
        Assert.Equal(2, fired.Count);
        Assert.EndsWith(" at 200", fired[0], StringComparison.Ordinal);
        Assert.EndsWith(" at 5000", fired[1], StringComparison.Ordinal);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void Schedule_OnlyEarlierDeadlines_AreTold()
    {
        List<long> told = [];
        TimerWheel queue = new(deadline => told.Add(deadline.Nanoseconds));
        CallbackTimer one = new(_ => { });
        CallbackTimer two = new(_ => { });
        queue.Schedule(one, new Instant(100));
        queue.Schedule(two, new Instant(200));
        queue.Schedule(two, new Instant(50));
        queue.Schedule(two, new Instant(300));
        Assert.Equal([100, 50], told);
    }

    [Fact]
    public void RunDue_CallbackReschedulesItself_RunsOnceForEachCall()
    {
        TimerWheel queue = new(_ => { });
        int runs = 0;
        StackTimer timer = null!;
        timer = new CallbackTimer(now =>
        {
            runs++;
            queue.Schedule(timer, now + TimeSpan.FromSeconds(1));
        });
        queue.Schedule(timer, Instant.Zero);
        queue.RunDue(new Instant(5));
        Assert.Equal(1, runs);
        Assert.Equal(new Instant(1_000_000_005), queue.NextDeadline);
    }

    /// <summary>Of any order of magnitude.</summary>
    private static long Distance(Random random, int bits) => random.NextInt64(1L << random.Next(bits));
}
