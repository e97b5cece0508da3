namespace KernelSockets.UserApps.SelfTest;

/// <summary>Locks under contention, Wait and Pulse, time-outs.</summary>
internal sealed class MonitorTest : RuntimeTest
{
    private const int Threads = 4;
    private const int Increments = 20_000;
    private const int Turns = 1000;

    private readonly object _gate = new();
    private int _counter;
    private int _turn;

    /// <inheritdoc/>
    public override string Name => "monitor";

    /// <inheritdoc/>
    public override string Summary => "contended locks, Monitor.Wait and Pulse, time-outs";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        CountUnderContention();
        TakeTurns();
        TimeOut();
        return "";
    }

    private void CountUnderContention()
    {
        _counter = 0;
        var lockObject = new Lock();
        int other = 0;
        ThreadGroup.Run(Threads, _ =>
        {
            for (int i = 0; i < Increments; i++)
            {
                lock (_gate)
                {
                    _counter++;
                }

                lock (lockObject)
                {
                    other++;
                }
            }
        });
        Expect.Equal(Threads * Increments, _counter, "increments under Monitor");
        Expect.Equal(Threads * Increments, other, "increments under Lock");
    }

    private void TakeTurns()
    {
        _turn = 0;
        ThreadGroup.Run(Threads, number =>
        {
            for (int i = 0; i < Turns; i++)
            {
                TakeTurn(number);
            }
        });
        Expect.Equal(Threads * Turns, _turn, "turns taken");
    }

    private void TakeTurn(int number)
    {
        lock (_gate)
        {
            while (_turn % Threads != number)
            {
                Expect.True(Monitor.Wait(_gate, ThreadGroup.Limit), "a turn never came");
            }

            _turn++;
            Monitor.PulseAll(_gate);
        }
    }

    private void TimeOut()
    {
        lock (_gate)
        {
            Expect.True(!Monitor.Wait(_gate, 20), "a wait that nobody pulses was pulsed");
            ThreadGroup.Run(1, _ => Expect.True(!Monitor.TryEnter(_gate, 20), "a held lock was entered"));
        }

        Expect.True(Monitor.TryEnter(_gate), "a free lock cannot be entered");
        Monitor.Exit(_gate);
    }
}
