using KernelSockets.Simulation;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>
/// Jobs on one thread in simulated time: a foreground job runs while it is being started; one in the background runs, at once, when its
/// time has
/// come. An exception ends a job with status 134, as in the kernel.
/// </summary>
internal sealed class FakeJobControl(SimulatedTime time, ITerminal terminal) : IJobControl
{
    private readonly List<FakeJob> _jobs = [];
    private int _lastId = 6;

    /// <summary>When a background job runs.</summary>
    public TimeSpan BackgroundDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Set to have every start fail.</summary>
    public Errno StartError { get; set; }

    /// <summary>Set to have every start but the first fail.</summary>
    public Errno StartErrorAfterFirst { get; set; }

    /// <summary>The job that runs now.</summary>
    public FakeJob? Current { get; private set; }

    /// <summary>The job that Ctrl-C reaches.</summary>
    public FakeJob? Foreground { get; private set; }

    public Errno TryStart(string name, Func<string[], int> main, string[] arguments, bool isForeground, out IJob? job)
    {
        job = null;
        Errno error = StartError == Errno.Success && _jobs.Count > 0 ? StartErrorAfterFirst : StartError;
        if (error != Errno.Success)
        {
            return error;
        }

        var started = new FakeJob(++_lastId, name, time);
        _jobs.Add(started);
        job = started;
        if (isForeground)
        {
            Foreground = started;
            RunNow(started, main, arguments);
        }
        else
        {
            time.After(BackgroundDelay, () => RunNow(started, main, arguments));
        }

        return Errno.Success;
    }

    public IReadOnlyList<IJob> Jobs() => _jobs.FindAll(job => !job.IsReaped);

    public Errno SetForeground(IJob job)
    {
        Foreground = (FakeJob)job;
        return Errno.Success;
    }

    public Errno Sleep(TimeSpan length)
    {
        FakeJob job = Current ?? throw new InvalidOperationException("nobody runs that could sleep");
        Instant end = time.Now + length;
        lock (job.Gate)
        {
            while (!job.IsInterrupted && time.Now < end)
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
        FakeJob? before = Current;
        Current = job;
        int status;
        try
        {
            var writer = new TerminalTextWriter(terminal);
            status = new JobConsole(new TerminalTextReader(terminal), writer, writer).Run(main, arguments);
        }
        catch (Exception exception) when (exception is not SimulationStalledException)
        {
            terminal.Write(System.Text.Encoding.UTF8.GetBytes($"Unhandled exception. {exception}\n"));
            status = 134;
        }

        Current = before;
        Foreground = Foreground == job ? null : Foreground;
        job.End(job.IsInterrupted ? App.InterruptedStatus : status);
    }
}
