namespace KernelSockets.UserApps.Files;

/// <summary>What commands on files tell: their failures, in the words of Unix, and with -v what they did.</summary>
internal static class FileReport
{
    private const int LastErrno = 133;
    private const int BrokenPipe = (int)Errno.EPIPE;
    private const int Canceled = (int)Errno.ECANCELED;

    /// <summary>
    /// True for the exceptions that file operations throw, and that are to be told. A pipe that nobody reads and Ctrl-C are not: they end a program of Unix by a
    /// signal, and here as an exception that leaves its main.
    /// </summary>
    public static bool Is(Exception exception) => exception is
        IOException { HResult: not (BrokenPipe or Canceled) } or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>The reason, as strerror words it.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => Errno.ENOENT.Describe(),
        PathTooLongException => Errno.ENAMETOOLONG.Describe(),
        UnauthorizedAccessException { InnerException: IOException inner } => Describe(inner),
        UnauthorizedAccessException => Errno.EACCES.Describe(),
        IOException { HResult: > 0 and <= LastErrno } => ((Errno)exception.HResult).Describe(),
        _ => exception.Message,
    };

    /// <summary>Prints <c>NAME: what: reason</c> on standard error.</summary>
    /// <returns>Exit status 1.</returns>
    public static int Report(string command, string what, Exception exception)
    {
        Console.Error.WriteLine($"{command}: {what}: {Describe(exception)}");
        return 1;
    }

    /// <summary>A failure that the class library would not see as one.</summary>
    public static IOException Failure(Errno error) => new(error.Describe(), (int)error);

    /// <summary>Throws what is not a success.</summary>
    public static void Require(Errno error)
    {
        if (error != Errno.Success)
        {
            throw Failure(error);
        }
    }

    /// <summary>Prints a line if the user wants to see what is done.</summary>
    public static void Tell(bool isVerbose, string what)
    {
        if (isVerbose)
        {
            Console.Out.WriteLine(what);
        }
    }
}
