namespace KernelSockets.UserApps.SelfTest;

/// <summary>The thread pool, tasks, async and await, exceptions and cancellation through them.</summary>
internal sealed class TasksTest : RuntimeTest
{
    private const int Count = 500;

    /// <inheritdoc/>
    public override string Name => "tasks";

    /// <inheritdoc/>
    public override string Summary => "Task, async and await on the thread pool";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        Expect.True(RunAsync().Wait(ThreadGroup.Limit), "the tasks do not end");
        int sum = 0;
        Parallel.For(0, Count, i => Interlocked.Add(ref sum, i));
        Expect.Equal(Count * (Count - 1) / 2, sum, "sum of Parallel.For");
        return "";
    }

    private static async Task RunAsync()
    {
        await SumAsync().ConfigureAwait(false);
        await FailAsync().ConfigureAwait(false);
        await CancelAsync().ConfigureAwait(false);
        Task<int> continuation = Task.Run(() => "continued").ContinueWith(task => task.Result.Length, TaskScheduler.Default);
        int length = await continuation.ConfigureAwait(false);
        Expect.Equal(9, length, "result of a continuation");
    }

    private static async Task SumAsync()
    {
        var tasks = new Task<int>[Count];
        for (int i = 0; i < Count; i++)
        {
            tasks[i] = DoubleAsync(i);
        }

        int sum = 0;
        foreach (int result in await Task.WhenAll(tasks).ConfigureAwait(false))
        {
            sum += result;
        }

        Expect.Equal(Count * (Count - 1), sum, "sum of the tasks");
    }

    private static async Task<int> DoubleAsync(int number)
    {
        if (number % 2 == 0)
        {
            await Task.Yield();
        }
        else
        {
            await Task.Delay(number % 7).ConfigureAwait(false);
        }

        return number * 2;
    }

    private static async Task FailAsync()
    {
        string caught = "";
        try
        {
            await Task.Run(static async () =>
            {
                await Task.Yield();
                throw new FormatException("from a task");
            }).ConfigureAwait(false);
        }
        catch (FormatException exception)
        {
            caught = exception.Message;
        }

        Expect.Equal("from a task", caught, "exception through await");
    }

    private static async Task CancelAsync()
    {
        using var source = new CancellationTokenSource();
        Task waiting = Task.Delay(Timeout.Infinite, source.Token);
        await source.CancelAsync().ConfigureAwait(false);
        try
        {
            await waiting.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        throw new SelfTestFailedException("a cancelled delay went on");
    }
}
