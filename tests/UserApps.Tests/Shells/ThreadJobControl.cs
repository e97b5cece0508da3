using KernelSockets.UserApps.Tests.Fakes;
using KernelSockets.Vfs.Pipe;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.UserApps.Tests.Shells;

/// <summary>Jobs on threads of the host, with the kernel's own pipes and the host's files: for scripts whose commands have to run at the same time.</summary>
internal sealed class ThreadJobControl : IJobControl
{
    private readonly AsyncLocal<ThreadJob> _current = new();
    private readonly List<ThreadJob> _jobs = [];
    private readonly List<OpenFile> _files = [];
    private readonly PipeFileSystem _pipes = new(new ThreadWaitQueueFactory(), new HostClock(), new DeviceNumber(0, 98));
    private int _lastId;

    public ThreadJobControl(string directory, IReadOnlyDictionary<string, string> environment, OpenFile input, OpenFile output, OpenFile error)
    {
        _files.AddRange([input, output, error]);
        var shell = new ThreadJob(0, "sh", directory, environment);
        shell.SetFiles(new JobFiles(input, output, error));
        _files.ForEach(static file => file.Release());
        _current.Value = shell;
        Shell = shell;
    }

    /// <summary>The job of whoever made this.</summary>
    public ThreadJob Shell { get; }

    public IJob Current => _current.Value!;

    private ThreadJob Caller => _current.Value!;

    /// <summary>Most jobs at once.</summary>
    public int Capacity { get; init; } = 64;

    public Errno TryStart(JobStart start, out IJob? job)
    {
        var started = new ThreadJob(Interlocked.Increment(ref _lastId), start.Name, Caller.Directory, start.Environment ?? Caller.Environment);
        lock (_jobs)
        {
            job = null;
            _jobs.RemoveAll(static other => other.IsReaped);
            if (_jobs.Count == Capacity)
            {
                return Errno.EAGAIN;
            }

            _jobs.Add(started);
        }

        started.SetFiles(start.Files ?? Caller.Standard);
        var thread = new Thread(() => Run(started, start), maxStackSize: 1 << 20) { IsBackground = true };
        thread.Start();
        job = started;
        return Errno.Success;
    }

    /// <summary>Waits for all jobs, those in the background, too.</summary>
    public void WaitForAll()
    {
        ThreadJob[] jobs;
        lock (_jobs)
        {
            jobs = [.. _jobs];
        }

        Array.ForEach(jobs, static job => job.WaitForEnd());
    }

    /// <summary>Files and ends of pipes that are still open.</summary>
    public int OpenFiles()
    {
        lock (_files)
        {
            return _files.Count(static file => file.References > 0);
        }
    }

    public Errno Become(string name, string[] arguments, in JobFiles files, IReadOnlyDictionary<string, string> environment)
    {
        Caller.SetFiles(files);
        Caller.Name = name;
        Caller.Environment = environment;
        return Errno.Success;
    }

    public void HandleInterrupts()
    {
    }

    public void TakeForeground()
    {
    }

    public IReadOnlyList<IJob> Jobs()
    {
        lock (_jobs)
        {
            return [.. _jobs];
        }
    }

    public OpenFile? StandardFile(int descriptor)
    {
        OpenFile? file = Caller.Files[descriptor];
        file?.Hold();
        return file;
    }

    public Errno TryOpen(string path, OpenFlags flags, out OpenFile? file) =>
        Remember(TestFile.TryOpen(path.Length == 0 ? path : Path.GetFullPath(path, CurrentDirectory), flags, out file), file);

    public Errno TryPipe(out OpenFile? reader, out OpenFile? writer)
    {
        Errno error = _pipes.TryCreate(default, out reader, out writer);
        return Remember(Remember(error, reader), writer);
    }

    public IReadOnlyDictionary<string, string> Environment => Caller.Environment;

    public string CurrentDirectory => Caller.Directory;

    public Errno SetCurrentDirectory(string path)
    {
        string full = Path.GetFullPath(path, CurrentDirectory);
        if (!Directory.Exists(full))
        {
            return File.Exists(full) ? Errno.ENOTDIR : Errno.ENOENT;
        }

        Caller.Directory = full;
        return Errno.Success;
    }

    public Errno Sleep(TimeSpan time) => throw new NotSupportedException("nothing sleeps here");

    private Errno Remember(Errno error, OpenFile? file)
    {
        lock (_files)
        {
            if (file is not null)
            {
                _files.Add(file);
            }
        }

        return error;
    }

    private void Run(ThreadJob job, JobStart start)
    {
        _current.Value = job;
        int status;
        try
        {
            status = JobConsole.On(fd => job.Files[fd]).Run(start.Main, start.Arguments);
        }
        catch (IOException exception)
        {
            status = exception.HResult == (int)Errno.EPIPE ? App.BrokenPipeStatus : 1;
        }
        catch (Exception exception)
        {
            _ = job.Files[2]?.Write(System.Text.Encoding.UTF8.GetBytes($"Unhandled exception. {exception}\n"));
            status = 134;
        }

        job.End(status);
    }

    private sealed class HostClock : Clock
    {
        public override Instant Now => Instant.Zero;

        public override DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;
    }
}
