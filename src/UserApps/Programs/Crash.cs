namespace KernelSockets.UserApps.Programs;

/// <summary>crash: fails in the ways a program can fail, to show what becomes of the job and that nothing becomes of the rest.</summary>
internal static class Crash
{
    public const string Help = """
        Usage: crash [throw | null | divide | thread | stack]
        Ends by an unhandled exception (throw, the default), a null reference, a division by zero, or an exception on a second thread:
        the job ends with status 134 and a stack trace. A stack overflow (stack) no program survives, nor does the kernel it lives in:
        the machine ends with a panic.

        """;

    public static int Main(string[] args)
    {
        switch (args)
        {
            case [] or ["throw"]:
                throw new InvalidOperationException("crash was asked to crash");
            case ["null"]:
                return LengthOf(NoText(args));
            case ["divide"]:
                return 1 / (args.Length - 1);
            case ["thread"]:
                return OnAnotherThread();
            case ["stack"]:
                return Recurse(args.Length);
            default:
                return App.Misused("crash", $"{args[0]}: unknown way to crash");
        }
    }

    /// <summary>Null, in a way that no compiler sees through.</summary>
    private static string? NoText(string[] args) => args.Length > 5 ? args[0] : null;

    private static int LengthOf(string? text) => text!.Length;

    private static int OnAnotherThread()
    {
        var thread = new Thread(static () => throw new InvalidOperationException("crash was asked to crash on a second thread"));
        thread.Start();
        thread.Join();
        return 0;
    }

    private static int Recurse(int depth) => depth == int.MinValue ? 0 : Recurse(depth + 1) + depth;
}
