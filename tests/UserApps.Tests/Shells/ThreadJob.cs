namespace KernelSockets.UserApps.Tests.Shells;

/// <summary>A job on a thread of the host.</summary>
internal sealed class ThreadJob(int id, string name, string directory, IReadOnlyDictionary<string, string> environment) : IJob
{
    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Id => id;

    public string Name { get; set; } = name;

    public string Directory { get; set; } = directory;

    public IReadOnlyDictionary<string, string> Environment { get; set; } = environment;

    /// <summary>Descriptors 0, 1 and 2, with a reference to each.</summary>
    public OpenFile?[] Files { get; } = new OpenFile?[3];

    public JobFiles Standard => new(Files[0], Files[1], Files[2]);

    public bool HasEnded => _end.Task.IsCompleted;

    public bool IsReaped { get; private set; }

    public bool IsInterrupted { get; private set; }

    public int ExitStatus => _end.Task.Result;

    public void SetFiles(in JobFiles files)
    {
        OpenFile?[] old = [.. Files];
        (Files[0], Files[1], Files[2]) = (files.Input, files.Output, files.Error);
        Array.ForEach(Files, static file => file?.Hold());
        Array.ForEach(old, static file => file?.Release());
    }

    public Errno Wait(Instant deadline)
    {
        if (deadline != Instant.Never && !HasEnded)
        {
            return Errno.ETIME;
        }

        WaitForEnd();
        return Errno.Success;
    }

    public void WaitForEnd()
    {
        _end.Task.Wait(TestContext.Current.CancellationToken);
        IsReaped = true;
    }

    public void Interrupt() => IsInterrupted = true;

    public void End(int status)
    {
        SetFiles(default);
        _end.SetResult(status & 0xFF);
    }
}
