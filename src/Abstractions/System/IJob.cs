namespace KernelSockets;

/// <summary>A running or ended program.</summary>
public interface IJob
{
    /// <summary>Job number, from 1; also the id of its first task.</summary>
    int Id { get; }

    /// <summary>Name of the program.</summary>
    string Name { get; }

    /// <summary>True after its main has returned or it was ended.</summary>
    bool HasEnded { get; }

    /// <summary>True once it has been told to end.</summary>
    bool IsInterrupted { get; }

    /// <summary>Exit status 0 to 255; 130 after Ctrl-C, 134 after an unhandled exception, 141 after a broken pipe. Valid once it has ended.</summary>
    int ExitStatus { get; }

    /// <summary>Waits for the end of the job and takes it off the table.</summary>
    /// <returns><see cref="Errno.Success"/>, <see cref="Errno.ETIME"/> or <see cref="Errno.EINTR"/>.</returns>
    Errno Wait(Instant deadline);

    /// <summary>Waits for the end of the job, even when the caller has been told to end, and takes it off the table.</summary>
    void WaitForEnd();

    /// <summary>What Ctrl-C does: every wait of its tasks ends with <see cref="Errno.EINTR"/>.</summary>
    void Interrupt();
}
