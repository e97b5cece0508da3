using KernelSockets.Simulation;
using KernelSockets.Vfs.Pipe;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>
/// Jobs on one thread in simulated time: a job of the caller's group runs while it is being started; one in the background runs, at once, when its time has
/// come. An exception ends a job with status 134, as in the kernel. Paths are the host's.
/// </summary>
internal sealed class FakeJobControl : IJobControl
{
    private readonly List<FakeJob> _jobs = [];
    private readonly SimulatedTime _time;
    private readonly PipeFileSystem _pipes;
    private readonly FakeJob _shell;
    private object _foreground;
    private int _lastId = 6;

    public FakeJobControl(SimulatedTime time, ITerminal terminal)
    {
        _time = time;
        _pipes = new PipeFileSystem(new SimulatedWaitQueueFactory(time), time.Clock, new DeviceNumber(0, 98));
        _foreground = new object();
        _shell = new FakeJob(0, this, time) { Name = "sh", Group = _foreground, Directory = "/", Environment = new Dictionary<string, string>(StringComparer.Ordinal) };
        Current = _shell;
        OpenFile console = TestFile.On(terminal);
        _shell.SetFiles(new JobFiles(console, console, console));
        console.Release();
        Console = console;
    }

    /// <summary>The console's file; the references to it tell how many descriptors there are.</summary>
    public OpenFile Console { get; }

    /// <summary>When a background job runs.</summary>
    public TimeSpan BackgroundDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Set to have every start fail.</summary>
    public Errno StartError { get; set; }

    /// <summary>Set to have every start but the first fail.</summary>
    public Errno StartErrorAfterFirst { get; set; }

    /// <summary>The job that runs now.</summary>
    public FakeJob Current { get; private set; }

    IJob IJobControl.Current => Current;

    public Errno TryStart(JobStart start, out IJob? job)
    {
        job = null;
        Errno error = StartError == Errno.Success && _jobs.Count > 0 ? StartErrorAfterFirst : StartError;
        if (error != Errno.Success)
        {
            return error;
        }

        var started = new FakeJob(++_lastId, this, _time)
        {
            Name = start.Name,
            Group = (start.Group as FakeJob)?.Group ?? new object(),
            Directory = Current.Directory,
            Environment = start.Environment ?? Current.Environment,
        };
        started.SetFiles(start.Files ?? new JobFiles(Current.Files[0], Current.Files[1], Current.Files[2]));
        _jobs.Add(started);
        job = started;
        _foreground = start.IsForeground ? started.Group : _foreground;
        if (start.IsForeground || start.Group is not null)
        {
            RunNow(started, start.Main, start.Arguments);
        }
        else
        {
            _time.After(BackgroundDelay, () => RunNow(started, start.Main, start.Arguments));
        }

        return Errno.Success;
    }

    public Errno Become(string name, string[] arguments, in JobFiles files, IReadOnlyDictionary<string, string> environment)
    {
        Current.SetFiles(files);
        Current.Name = name;
        Current.Environment = environment;
        return Current.IsInterrupted ? Errno.EINTR : Errno.Success;
    }

    public void HandleInterrupts()
    {
    }

    public void TakeForeground()
    {
        _foreground = Current.Group;
        Current.IsInterrupted = false;
    }

    /// <summary>Ctrl-C.</summary>
    public void InterruptForeground()
    {
        foreach (FakeJob job in _jobs.Append(_shell).Where(job => job.Group == _foreground && !job.HasEnded).ToArray())
        {
            job.Interrupt();
        }
    }

    public OpenFile? StandardFile(int descriptor)
    {
        Current.Files[descriptor]?.Hold();
        return Current.Files[descriptor];
    }

    public Errno TryOpen(string path, OpenFlags flags, out OpenFile? file) => TestFile.TryOpen(Path.GetFullPath(path, CurrentDirectory), flags, out file);

    public Errno TryPipe(out OpenFile? reader, out OpenFile? writer) => _pipes.TryCreate(default, out reader, out writer);

    public IReadOnlyDictionary<string, string> Environment => Current.Environment;

    public string CurrentDirectory => Current.Directory;

    /// <summary>Directories there are besides the host's.</summary>
    public HashSet<string> Directories { get; } = new(StringComparer.Ordinal);

    public Errno SetCurrentDirectory(string path)
    {
        string full = Path.GetFullPath(path, CurrentDirectory);
        if (!Directory.Exists(full) && !Directories.Contains(full))
        {
            return Errno.ENOENT;
        }

        Current.Directory = full;
        return Errno.Success;
    }

    public IReadOnlyList<IJob> Jobs() => _jobs.FindAll(job => !job.IsReaped);

    public Errno SetForeground(IJob job)
    {
        _foreground = ((FakeJob)job).Group;
        return Errno.Success;
    }

    public Errno Sleep(TimeSpan length)
    {
        FakeJob job = Current;
        Instant end = _time.Now + length;
        lock (job.Gate)
        {
            while (!job.IsInterrupted && _time.Now < end)
            {
                if (job.Sleepers.Wait(job.Gate, end) == Errno.ETIME)
                {
                    return Errno.Success;
                }
            }
        }

        return job.IsInterrupted ? Errno.EINTR : Errno.Success;
    }

    private void RunNow(FakeJob job, Func<string[], int> main, string[] arguments)
    {
        FakeJob before = Current;
        Current = job;
        int status;
        try
        {
            status = JobConsole.On(fd => job.Files[fd]).Run(main, arguments);
        }
        catch (IOException exception) when (exception.HResult == (int)Errno.EPIPE)
        {
            status = App.BrokenPipeStatus;
        }
        catch (Exception exception) when (exception is not (SimulationStalledException or Xunit.Sdk.IAssertionException))
        {
            _ = job.Files[2]?.Write(System.Text.Encoding.UTF8.GetBytes($"Unhandled exception. {exception}\n"));
            status = 134;
        }

        Current = before;
        job.End(job.IsInterrupted ? App.InterruptedStatus : status);
    }
}
