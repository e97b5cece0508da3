namespace KernelSockets.Vfs.Tests.Support;

/// <summary>Wait queues that block threads of the host, for tests with real concurrency.</summary>
internal sealed class ThreadWaitQueueFactory : IWaitQueueFactory
{
    private int _waiting;
    private int _wakeUps;

    /// <summary>Threads woken so far.</summary>
    public int WakeUps => Volatile.Read(ref _wakeUps);

    /// <summary>Threads blocked in any queue now; lets a test wait until somebody sleeps instead of sleeping itself.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Ends every wait begun from now on with EINTR, as Ctrl-C does.</summary>
    public bool Interrupts { get; set; }

    public WaitQueue Create(string name) => new ThreadWaitQueue(this);

    /// <summary>Returns once <paramref name="count"/> threads are blocked.</summary>
    public void AwaitWaiting(int count) => Assert.True(SpinWait.SpinUntil(() => Waiting == count, TimeSpan.FromSeconds(60)), "nobody waits");

    private sealed class ThreadWaitQueue(ThreadWaitQueueFactory factory) : WaitQueue
    {
        private readonly Queue<SemaphoreSlim> _waiters = [];

        public override Errno Wait(Lock gate, Instant deadline)
        {
            if (factory.Interrupts)
            {
                return Errno.EINTR;
            }

            if (deadline != Instant.Never)
            {
                // Tests use deadlines that have passed; others would depend on the machine's speed.
                return Errno.ETIME;
            }

            using SemaphoreSlim wakeUp = new(0);
            _waiters.Enqueue(wakeUp);
            Interlocked.Increment(ref factory._waiting);
            gate.Exit();
            Assert.False(gate.IsHeldByCurrentThread, "the gate was held twice");
            wakeUp.Wait(TestContext.Current.CancellationToken);
            gate.Enter();
            Interlocked.Decrement(ref factory._waiting);
            return Errno.Success;
        }

        public override void WakeOne()
        {
            if (_waiters.TryDequeue(out SemaphoreSlim? waiter))
            {
                waiter.Release();
                Interlocked.Increment(ref factory._wakeUps);
            }
        }

        public override void WakeAll()
        {
            while (_waiters.Count > 0)
            {
                WakeOne();
            }
        }
    }
}
