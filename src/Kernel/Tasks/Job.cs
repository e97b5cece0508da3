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

    /// <summary>How long an interrupted job may still write: to say what it has done so far, and not to go on.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    private static readonly AsyncLocal<Job?> s_current = new();

    private readonly JobTable _table;
    private readonly Func<string[], int> _main;
    private readonly string[] _arguments;
    private readonly KernelWaitQueue _ended = new("job");
    private readonly Lock _interruptGate = new();
    private Thread? _thread;
    private bool _isEnding;
    private bool _isInterrupted;
    private Instant _interruptedAt;
    private bool _hasFailed;

    public Job(JobTable table, int id, string name, Func<string[], int> main, string[] arguments)
    {
        _table = table;
        _main = main;
        _arguments = arguments;
        Id = id;
        Name = name;
        Streams = new JobStreams(table.Vfs.Files, id);
        CurrentDirectory = table.Vfs.Root;
        CurrentDirectory.Hold();
    }

    /// <inheritdoc/>
    public int Id { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public int ExitStatus { get; private set; }

    /// <summary>Standard input, output and error.</summary>
    public JobStreams Streams { get; }

    /// <summary>Where its relative paths start; the job holds a reference.</summary>
    public Inode CurrentDirectory { get; private set; }

    /// <summary>True after Ctrl-C: every further wait ends at once.</summary>
    public bool IsInterrupted => Volatile.Read(ref _isInterrupted);

    /// <summary>False some time after Ctrl-C, when writes fail too.</summary>
    public bool MayWrite => !IsInterrupted || KernelClock.Instance.Now < _interruptedAt + s_lastWords;

    /// <summary>The calling code's job; null in kernel tasks.</summary>
    public static Job? Current => s_current.Value;

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
            if (!_isEnding)
            {
                _thread?.Interrupt();
            }
        }
    }

    /// <summary>chdir: takes over the caller's reference.</summary>
    public void ChangeDirectory(Inode directory)
    {
        Inode old = CurrentDirectory;
        CurrentDirectory = directory;
        old.Release();
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
        _ = KernelTask.Current;
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
        catch (Exception e)
        {
            Fail(e);
            status = AbortedStatus;
        }

        StopInterrupts();
        End(Volatile.Read(ref _hasFailed) ? AbortedStatus : status);
    }

    /// <summary>From here on Ctrl-C leaves the thread alone, and one that has come is forgotten: it must not strike in a lock on the way to the job's end.</summary>
    private void StopInterrupts()
    {
        bool isStopped = false;
        while (!isStopped)
        {
            try
            {
                lock (_interruptGate)
                {
                    _isEnding = true;
                }

                // An interrupt that is pending strikes here.
                isStopped = true;
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
