namespace KernelSockets.UserApps.SelfTest;

/// <summary>Threads that start together and must all end; an exception on any of them fails the test.</summary>
internal static class ThreadGroup
{
    /// <summary>Longest a group may take: far more than any needs, since a guest may be emulated.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs <paramref name="body"/> on <paramref name="count"/> threads at once and joins them.</summary>
    /// <param name="count">Threads.</param>
    /// <param name="body">Gets the thread's number, from 0.</param>
    /// <param name="stackSize">Stack in bytes; 0 for the default.</param>
    public static void Run(int count, Action<int> body, int stackSize = 0)
    {
        var threads = new Thread[count];
        var failures = new Exception?[count];
        for (int i = 0; i < count; i++)
        {
            int number = i;
            threads[i] = new Thread(() => failures[number] = Capture(body, number), stackSize)
            {
                IsBackground = true,
                Name = $"selftest {number}",
            };
        }

        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        Join(threads);
        foreach (Exception? failure in failures)
        {
            if (failure is not null)
            {
                throw new SelfTestFailedException($"a thread ended with {failure.GetType().Name}: {failure.Message}", failure);
            }
        }
    }

    private static Exception? Capture(Action<int> body, int number)
    {
        try
        {
            body(number);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static void Join(Thread[] threads)
    {
        foreach (Thread thread in threads)
        {
            Expect.True(thread.Join(Limit), $"{thread.Name} does not end");
        }
    }
}
