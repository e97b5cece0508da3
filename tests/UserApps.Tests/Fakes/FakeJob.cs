using KernelSockets.Simulation;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>A job in simulated time.</summary>
internal sealed class FakeJob(int id, FakeJobControl control, SimulatedTime time) : IJob
{
    private readonly Lock _gate = new();
    private readonly SimulatedWaitQueue _ended = new(time, $"end of job {id}");
    private FakeJob? _awaited;

    public int Id => id;

    public required string Name { get; set; }

    /// <summary>What Ctrl-C reaches together.</summary>
    public required object Group { get; init; }

    public required string Directory { get; set; }

    public required IReadOnlyDictionary<string, string> Environment { get; set; }

    /// <summary>Descriptors 0, 1 and 2, with a reference to each.</summary>
    public OpenFile?[] Files { get; } = new OpenFile?[3];

    public bool HasEnded { get; private set; }

    public int ExitStatus { get; private set; }

    public bool IsInterrupted { get; set; }

    /// <summary>True once a waiter has taken it off the table.</summary>
    public bool IsReaped { get; private set; }

    /// <summary>The queue that the job's own task sleeps in.</summary>
    public SimulatedWaitQueue Sleepers { get; } = new(time, $"sleep of job {id}");

    public Lock Gate => _gate;

    /// <summary>Makes the next wait for this job end with EINTR.</summary>
    public bool InterruptWaiter
    {
        set => _ended.InterruptNext = value;
    }

    /// <summary>Changes the descriptors.</summary>
    public void SetFiles(in JobFiles files)
    {
        OpenFile?[] old = [.. Files];
        (Files[0], Files[1], Files[2]) = (files.Input, files.Output, files.Error);
        Array.ForEach(Files, static file => file?.Hold());
        Array.ForEach(old, static file => file?.Release());
    }

    public Errno Wait(Instant deadline)
    {
        lock (_gate)
        {
            FakeJob caller = control.Current;
            while (!HasEnded)
            {
                caller._awaited = this;
                Errno error = caller.IsInterrupted ? Errno.EINTR : _ended.Wait(_gate, deadline);
                caller._awaited = null;
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            IsReaped = true;
            return Errno.Success;
        }
    }

    public void WaitForEnd()
    {
        lock (_gate)
        {
            while (!HasEnded)
            {
                _ended.Wait(_gate, Instant.Never);
            }

            IsReaped = true;
        }
    }

    public void Interrupt()
    {
        IsInterrupted = true;
        lock (_gate)
        {
            Sleepers.WakeAll();
        }

        _awaited?._ended.WakeAll();
    }

    public void End(int status)
    {
        SetFiles(default);
        lock (_gate)
        {
            ExitStatus = status;
            HasEnded = true;
            _ended.WakeAll();
        }
    }
}
