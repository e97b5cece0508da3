namespace KernelSockets;

/// <summary>A terminal whose keyboard and screen are a program's (pty(7)): what a server of remote logins has for each connection.</summary>
/// <remarks>
/// Input and output need a task each, since a key's echo waits while the output is full. Disposing hangs up and takes its name away; who has it open keeps
/// a terminal that is hung up.
/// </remarks>
public interface IPseudoTerminal : IDisposable
{
    /// <summary>Its name, for example <c>/dev/pts/0</c>.</summary>
    string Name { get; }

    /// <summary>Takes keys. Waits while the output is full.</summary>
    void Input(ReadOnlySpan<byte> keys);

    /// <summary>Waits for what is to be shown.</summary>
    /// <param name="destination">At least one byte.</param>
    /// <returns>Bytes; 0 once it is hung up and everything has been taken; <see cref="Errno.EINTR"/> when the caller's job was interrupted.</returns>
    IoResult ReadOutput(Span<byte> destination);

    /// <summary>Tells the size of the screen.</summary>
    void SetSize(int rows, int columns);

    /// <summary>Starts a program at this terminal: with its files, and where Ctrl-C reaches it.</summary>
    /// <param name="start">What to start; its files and its group do not count.</param>
    /// <param name="job">The running job, of which the caller is the parent.</param>
    /// <returns>As <see cref="IJobControl.TryStart(JobStart, out IJob?)"/>; <see cref="Errno.EIO"/> when it is hung up.</returns>
    Errno TryStart(JobStart start, out IJob? job);

    /// <summary>The other end is gone: reading from it ends, what is written goes nowhere, and its jobs are told to end.</summary>
    void HangUp();
}
