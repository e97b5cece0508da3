namespace KernelSockets.UserApps.Programs;

/// <summary>Where a part of <see cref="FileTour"/> works, and how it tells what it sees.</summary>
internal sealed class FileTourStop(string root, TextWriter output) : TourStop(output)
{
    /// <summary>The directory.</summary>
    public string Root { get; } = root;

    /// <summary>A path in it.</summary>
    public string At(string name) => Path.Combine(Root, name);

    /// <summary>Does something that may fail, and prints how.</summary>
    public void Try(string what, Action act)
    {
        try
        {
            act();
            Tell(what, "done");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The error number, and not its words: each libc has its own, and an image may be built without those of the class library.
            bool hasNumber = exception is IOException && Enum.IsDefined((Errno)exception.HResult);
            Tell(what, hasNumber ? $"{exception.GetType().Name} {(Errno)exception.HResult}" : exception.GetType().Name);
        }
    }
}
