using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using KernelSockets.Kernel.Diagnostics;

namespace KernelSockets.Kernel.Tasks;

/// <summary>
/// A program that runs: its main on a thread of its own, the threads and work items that come from it, its standard streams, and its exit status.
/// </summary>
/// <remarks>The current job travels with the execution context, so that threads and thread-pool work that a program starts belong to its job.</remarks>
internal sealed class Job : IJob
{
    /// <summary>Exit status after Ctrl-C: 128 + SIGINT.</summary>
    public const int InterruptedStatus = 130;

    /// <summary>Exit status after an unhandled exception: 128 + SIGABRT.</summary>
    public const int AbortedStatus = 134;

    /// <summary>Exit status after a write to a pipe without a reader: 128 + SIGPIPE.</summary>
    public const int BrokenPipeStatus = 141;

    /// <summary>How long an interrupted job may still write: to say what it has done so far, and not to go on.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    private static readonly AsyncLocal<Job?> s_current = new();

    private readonly JobTable _table;
    private readonly Func<string[], int> _main;
    private string[] _arguments;
    private readonly KernelWaitQueue _ended = new("job");
    private readonly Lock _interruptGate = new();
    private Thread? _thread;
    private bool _isEnding;
    private bool _isInterrupted;
    private bool _handlesInterrupts;
    private bool _hasBrokenPipe;
    private Instant _interruptedAt;
    private bool _hasFailed;

    /// <summary>A job that is about to start. Holds a reference to the caller's directory.</summary>
    public Job(JobTable table, int id, JobStart start, Job? parent, JobGroup group, TerminalSession session)
    {
        _table = table;
        _main = start.Main;
        _arguments = start.Arguments;
        Id = id;
        Name = start.Name;
        Parent = parent;
        Group = group;
        Session = session;
        Environment = start.Environment ?? parent?.Environment ?? table.KernelEnvironment;
        Streams = new JobStreams(table.Vfs.Files, id);
        CurrentDirectory = parent?.CurrentDirectory ?? table.Vfs.Root;
        CurrentDirectory.Hold();
        CreationMask = FileCreationMask.Current;
    }

    /// <inheritdoc/>
    public int Id { get; }

    /// <inheritdoc/>
    public string Name { get; private set; }

    /// <summary>The job that started it, and may wait for it; null for the kernel. When that has ended, nobody waits, and this one's end takes it off the table.</summary>
    public Job? Parent { get; }

    /// <summary>What Ctrl-C reaches together with it.</summary>
    public JobGroup Group { get; }

    /// <summary>The terminal it was started at.</summary>
    public TerminalSession Session { get; }

    /// <summary>Its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private set; }

    /// <summary>True for the console's shell, which is the kernel's own thread and ends with the machine only.</summary>
    public bool IsConsoleShell => Id == ConsoleRouter.KernelJob;

    /// <inheritdoc/>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public int ExitStatus { get; private set; }

    /// <summary>Arguments of its program.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>Id of its first task; 0 until that has begun.</summary>
    public int MainTask { get; private set; }

    /// <summary>When it was made.</summary>
    public Instant StartedAt { get; } = KernelClock.Instance.Now;

    /// <summary>Standard input, output and error.</summary>
    public JobStreams Streams { get; }

    /// <summary>Where its relative paths start; the job holds a reference.</summary>
    public Inode CurrentDirectory { get; private set; }

    /// <summary>Its umask; it starts with that of whoever starts it.</summary>
    public InodeMode CreationMask { get; set; }

    /// <summary>True after Ctrl-C: every further wait ends at once, until a shell takes the terminal again.</summary>
    public bool IsInterrupted => Volatile.Read(ref _isInterrupted);

    /// <summary>False some time after Ctrl-C, when writes fail too.</summary>
    public bool MayWrite => !IsInterrupted || KernelClock.Instance.Now < _interruptedAt + s_lastWords;

    /// <summary>The calling code's job; null in kernel tasks.</summary>
    public static Job? Current => s_current.Value;

    /// <summary>Makes it the calling thread's job; for the console's shell, which has a thread already.</summary>
    public void Adopt()
    {
        s_current.Value = this;
        _handlesInterrupts = true;
    }

    /// <summary>Starts the main thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = Name };
        _thread.Start();
    }

    /// <inheritdoc/>
    public Errno Wait(Instant deadline)
    {
        lock (_table.Gate)
        {
            while (!HasEnded)
            {
                Errno error = _ended.Wait(_table.Gate, deadline);
                if (error != Errno.Success && !HasEnded)
                {
                    return error;
                }
            }

            _table.Remove(this);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public void WaitForEnd()
    {
        bool hasWaited = false;
        while (!hasWaited)
        {
            try
            {
                lock (_table.Gate)
                {
                    while (!HasEnded)
                    {
                        _ended.WaitUninterrupted(_table.Gate);
                    }

                    _table.Remove(this);
                }

                hasWaited = true;
            }
            catch (ThreadInterruptedException)
            {
                // The caller's own interrupt: it knows of that, and still has to see the end.
                hasWaited = false;
            }
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        if (!IsInterrupted)
        {
            _interruptedAt = KernelClock.Instance.Now;
            Volatile.Write(ref _isInterrupted, true);
        }

        foreach (KernelTask task in TaskRegistry.Instance.Snapshot())
        {
            if (task.Job == this)
            {
                task.Unblock(Errno.EINTR);
            }
        }

        // Sleeps and locks of the class library wait in the runtime, not in a wait queue.
        lock (_interruptGate)
        {
            if (!_isEnding && !_handlesInterrupts)
            {
                _thread?.Interrupt();
            }
        }
    }

    /// <summary>Forgets an interrupt.</summary>
    public void ForgetInterrupt() => Volatile.Write(ref _isInterrupted, false);

    /// <summary>See <see cref="IJobControl.HandleInterrupts"/>.</summary>
    public void HandleInterrupts() => ChangeInterrupts(() => _handlesInterrupts = true);

    /// <summary>See <see cref="IJobControl.Become"/>; the table has changed the files.</summary>
    public Errno Become(string name, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        ChangeInterrupts(() => _handlesInterrupts = IsConsoleShell);
        Name = name;
        _arguments = arguments;
        Environment = environment;
        Thread.CurrentThread.Name = name;
        return IsInterrupted ? Errno.EINTR : Errno.Success;
    }

    /// <summary>
    /// A write to a pipe without readers has failed. The class library's own console stream (a duplicate of descriptor 1) takes EPIPE for success and goes on; a job
    /// that writes there again is told what it has to hear, since there is no signal that would end it.
    /// </summary>
    /// <returns>What the write is to return.</returns>
    public Errno OnBrokenPipe(int fd)
    {
        if (!_table.Vfs.Files.IsSameFile(Id, fd, 1) && !_table.Vfs.Files.IsSameFile(Id, fd, 2))
        {
            return Errno.EPIPE;
        }

        Errno error = _hasBrokenPipe ? Errno.ECANCELED : Errno.EPIPE;
        _hasBrokenPipe = true;
        return error;
    }

    /// <summary>chdir: takes over the caller's reference.</summary>
    public void ChangeDirectory(Inode directory)
    {
        Inode old;
        lock (_table.Gate)
        {
            old = CurrentDirectory;
            CurrentDirectory = directory;
        }

        old.Release();
    }

    /// <summary>Its current directory, for others, with a reference for the caller; null when it has ended.</summary>
    public Inode? HoldDirectory()
    {
        lock (_table.Gate)
        {
            if (!HasEnded)
            {
                CurrentDirectory.Hold();
            }

            return HasEnded ? null : CurrentDirectory;
        }
    }

    /// <summary>The class library's Environment.Exit has come to its end on the calling thread, which stays where it is.</summary>
    public void ExitFromNative(int status)
    {
        StopInterrupts();
        End(status);
        while (true)
        {
            KernelTask.Current.BlockUninterrupted("exited", Instant.Never);
        }
    }

    /// <summary>An exception has left a thread of this job: prints it and marks the job as aborted.</summary>
    public void Fail(Exception exception)
    {
        Volatile.Write(ref _hasFailed, true);
        try
        {
            Streams.Error.WriteLine($"Unhandled exception. {exception}");
        }
        catch (Exception e) when (e is IOException or ThreadInterruptedException or ObjectDisposedException)
        {
            Log.Error($"job {Id} {Name}: unhandled exception, and no standard error to print it to: {exception.GetType()}: {exception.Message}");
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception that leaves a program ends that program, not the kernel.")]
    private void Run()
    {
        s_current.Value = this;
        MainTask = KernelTask.Current.Id;
        int status;
        try
        {
            status = _main(_arguments);
        }
        catch (ThreadInterruptedException) when (IsInterrupted)
        {
            status = InterruptedStatus;
        }
        catch (Exception e) when (IsInterrupted && e is IOException or OperationCanceledException or SocketException)
        {
            // The class library's way to tell that a read or write was interrupted.
            status = InterruptedStatus;
        }
        catch (Exception e) when (e is IOException { HResult: (int)Errno.EPIPE } || (_hasBrokenPipe && e is IOException or OperationCanceledException))
        {
            // What SIGPIPE does to a program that has no handler for it.
            status = BrokenPipeStatus;
        }
        catch (StandardStreamException e)
        {
            status = FailStream(e);
        }
        catch (Exception e)
        {
            Fail(e);
            status = AbortedStatus;
        }

        StopInterrupts();
        End(Volatile.Read(ref _hasFailed) ? AbortedStatus : status);
    }

    /// <summary>A closed descriptor, a full disk: what programs of Unix say when they notice at their end that their output went nowhere.</summary>
    private int FailStream(StandardStreamException exception)
    {
        try
        {
            Streams.Error.WriteLine($"{Name}: {(exception.IsWrite ? "write" : "read")} error: {exception.Message}");
        }
        catch (IOException)
        {
            // Standard error is what failed: nobody is there to be told, and the status says it.
            return 1;
        }

        return 1;
    }

    /// <summary>From here on Ctrl-C leaves the thread alone, and one that has come is forgotten: it must not strike in a lock on the way to the job's end.</summary>
    private void StopInterrupts() => ChangeInterrupts(() => _isEnding = true);

    /// <summary>Changes what Ctrl-C does to the thread, and forgets an interrupt that is pending.</summary>
    private void ChangeInterrupts(Action change)
    {
        bool isChanged = false;
        while (!isChanged)
        {
            try
            {
                lock (_interruptGate)
                {
                    change();
                }

                // An interrupt that is pending strikes here.
                isChanged = true;
                Thread.Sleep(0);
            }
            catch (ThreadInterruptedException)
            {
                continue;
            }
        }
    }

    private void End(int status)
    {
        lock (_table.Gate)
        {
            if (HasEnded)
            {
                return;
            }

            _table.Vfs.Files.EndJob(Id);
            CurrentDirectory.Release();
            ExitStatus = status & 0xFF;
            HasEnded = true;
            _table.OnEnded(this);
            _ended.WakeAll();
        }
    }
}
