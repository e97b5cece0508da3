namespace KernelSockets;

/// <summary>The outcome of an operation that transfers bytes: a count, or an error.</summary>
public readonly record struct IoResult
{
    private IoResult(int count, Errno error)
    {
        Count = count;
        Error = error;
    }

    /// <summary>Bytes transferred; 0 when <see cref="Error"/> is set.</summary>
    public int Count { get; }

    /// <summary><see cref="Errno.Success"/>, or why nothing was transferred.</summary>
    public Errno Error { get; }

    /// <summary>True when the operation went well, even with a count of 0.</summary>
    public bool IsSuccess => Error == Errno.Success;

    /// <summary>A success that transferred <paramref name="count"/> bytes.</summary>
    public static IoResult Ok(int count) => new(count, Errno.Success);

    /// <summary>A failure.</summary>
    public static IoResult Fail(Errno error) => new(0, error);

    /// <summary>A failure, or a success of 0 bytes.</summary>
    public static implicit operator IoResult(Errno error) => Fail(error);

    /// <summary>The value a Linux system call returns for it: the count, or the negated errno.</summary>
    public long ToSystemCall() => IsSuccess ? Count : -(long)Error;
}
