using KernelSockets.Simulation;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>A job in simulated time.</summary>
internal sealed class FakeJob(int id, string name, SimulatedTime time) : IJob
{
    private readonly Lock _gate = new();
    private readonly SimulatedWaitQueue _ended = new(time, $"end of {name}");

    public int Id => id;

    public string Name => name;

    public bool HasEnded { get; private set; }

    public int ExitStatus { get; private set; }

    public bool IsInterrupted { get; set; }

    /// <summary>True once a waiter has taken it off the table.</summary>
    public bool IsReaped { get; private set; }

    /// <summary>The queue that the job's own task sleeps in.</summary>
    public SimulatedWaitQueue Sleepers { get; } = new(time, $"sleep of {name}");

    public Lock Gate => _gate;

    /// <summary>Makes the next wait for this job end with EINTR.</summary>
    public bool InterruptWaiter
    {
        set => _ended.InterruptNext = value;
    }

    public Errno Wait(Instant deadline)
    {
        lock (_gate)
        {
            while (!HasEnded)
            {
                Errno error = _ended.Wait(_gate, deadline);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            IsReaped = true;
            return Errno.Success;
        }
    }

    public void Interrupt()
    {
        lock (_gate)
        {
            IsInterrupted = true;
            Sleepers.WakeAll();
        }
    }

    public void End(int status)
    {
        lock (_gate)
        {
            ExitStatus = status;
            HasEnded = true;
            _ended.WakeAll();
        }
    }
}
