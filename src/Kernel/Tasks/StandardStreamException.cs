namespace KernelSockets.Kernel.Tasks;

/// <summary>A job's Console could not read or write its descriptor. Where the program lets it pass, it ends the job as a Unix program would end, without a stack trace.</summary>
internal sealed class StandardStreamException : IOException
{
    public StandardStreamException(Errno error, bool isWrite)
        : base(error.Describe(), (int)error)
    {
        Error = error;
        IsWrite = isWrite;
    }

    /// <summary>What the file said.</summary>
    public Errno Error { get; }

    /// <summary>True for a write.</summary>
    public bool IsWrite { get; }
}
