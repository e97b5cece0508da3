namespace KernelSockets.UserApps.SelfTest;

/// <summary>Exceptions within exceptions, on eight threads at once: catch, filter, rethrow, replacement, and every finally in its
/// order.</summary>
internal sealed class NestedExceptionsTest : RuntimeTest
{
    private const int Threads = 8;
    private const int Rounds = 50;
    private const int Depth = 6;

    /// <inheritdoc/>
    public override string Name => "exceptions";

    /// <inheritdoc/>
    public override string Summary => "nested exceptions in 8 threads at once, finally blocks in order";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        ThreadGroup.Run(Threads, static number =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                RunOnce(number, round);
            }
        });
        return "";
    }

    private static void RunOnce(int number, int round)
    {
        var trace = new List<string>();
        string message = $"{number}/{round}";
        try
        {
            Descend(Depth, message, trace);
        }
        catch (InvalidOperationException exception)
        {
            trace.Add("outer");
            Expect.Equal("replaced", exception.Message, "message of the exception that replaced another");
            Expect.Equal(message, exception.InnerException?.Message, "message of the exception that was replaced");
        }

        // Down to the throw, the filter runs before any finally; then inner before outer, a rethrow at 3, a replacement at 2.
        Expect.Equal(
            "in6 in5 in4 in3 in2 in1 filter1 fin1 fin2 catch3 fin3 fin4 catch5 fin5 fin6 outer",
            string.Join(' ', trace),
            "order of catch and finally");
    }

    private static void Descend(int level, string message, List<string> trace)
    {
        trace.Add($"in{level}");
        try
        {
            Deeper(level, message, trace);
        }
        catch (FormatException exception) when (level == 1 && Refuse(exception, trace))
        {
            trace.Add("never");
        }
        catch (FormatException) when (level == 3)
        {
            trace.Add("catch3");
            throw;
        }
        catch (FormatException exception) when (level == 5)
        {
            trace.Add("catch5");
            throw new InvalidOperationException("replaced", exception);
        }
        finally
        {
            trace.Add($"fin{level}");
        }
    }

    private static void Deeper(int level, string message, List<string> trace)
    {
        if (level == 1)
        {
            throw new FormatException(message);
        }

        Descend(level - 1, message, trace);
    }

    private static bool Refuse(FormatException exception, List<string> trace)
    {
        trace.Add("filter1");
        return exception.Message.Length == 0;
    }
}
