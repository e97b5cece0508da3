namespace KernelSockets.Net;

/// <summary>The DHCP clients of a stack's interfaces, by name; for dhclient and the kernel's start.</summary>
/// <remarks>
/// May be called from any task. Answers come in through UDP port 68, which the clients have for themselves: they ask servers to broadcast
/// (RFC 2131 §4.1) for as long as the interface has no address. Whoever acts on leases beyond the stack (files, the log) waits in
/// <see cref="WaitForEvent"/> with a task of its own.
/// </remarks>
public sealed class DhcpClients : IDhcpControl
{
    /// <summary>Events kept for a reader that is late; then the oldest are dropped.</summary>
    public const int MaximumEvents = 32;

    private readonly NetStack _stack;
    private readonly string _hostName;
    private readonly List<DhcpRunner> _runners = new(NetStack.MaximumInterfaces);
    private readonly Queue<DhcpEvent> _events = new(MaximumEvents);
    private readonly WaitQueue _changed;

    /// <param name="stack">The stack.</param>
    /// <param name="hostName">What to call ourselves; empty for nothing.</param>
    public DhcpClients(NetStack stack, string hostName)
    {
        ArgumentNullException.ThrowIfNull(stack);
        _stack = stack;
        _hostName = hostName;
        _changed = stack.WaitQueues.Create("dhcp");
        Control = new NetworkControl(stack);
        lock (stack.Gate)
        {
            stack.Udp.DhcpClient = Receive;
        }
    }

    /// <summary>Events dropped since nobody fetched them.</summary>
    public long DroppedEvents { get; private set; }

    internal NetworkControl Control { get; }

    /// <inheritdoc/>
    public Errno Start(string interfaceName)
    {
        lock (_stack.Gate)
        {
            NetInterface? netInterface = _stack.FindInterface(interfaceName);
            if (netInterface is null || netInterface.IsLoopback)
            {
                return Errno.ENODEV;
            }

            if (!netInterface.IsUp)
            {
                return Errno.ENETDOWN;
            }

            DhcpRunner? runner = Find(interfaceName);
            if (runner is null)
            {
                runner = new DhcpRunner(this, _stack, netInterface, _hostName);
                netInterface.LinkUp = runner.OnLinkUp;
                _runners.Add(runner);
            }

            runner.Start();
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public Errno WaitForLease(string interfaceName, Instant deadline, out DhcpLeaseInformation? lease)
    {
        lease = null;
        lock (_stack.Gate)
        {
            while (Find(interfaceName) is { Client: { State: not DhcpState.Stopped } client } runner)
            {
                if (client.IsBound)
                {
                    lease = runner.Describe(client.Lease!);
                    return Errno.Success;
                }

                Errno error = _changed.Wait(_stack.Gate, deadline);
                if (error != Errno.Success)
                {
                    return error;
                }
            }
        }

        return Errno.ESRCH;
    }

    /// <inheritdoc/>
    public Errno Release(string interfaceName)
    {
        lock (_stack.Gate)
        {
            if (Find(interfaceName) is not { Client.State: not (DhcpState.Stopped or DhcpState.Releasing) } runner)
            {
                return Errno.ESRCH;
            }

            runner.Release();
            _changed.WakeAll();
            Errno error = Errno.Success;
            while (runner.Client.State == DhcpState.Releasing && error == Errno.Success)
            {
                error = _changed.Wait(_stack.Gate, Instant.Never);
            }

            return error;
        }
    }

    /// <summary>Waits for the next event.</summary>
    /// <returns><see cref="Errno.ETIME"/> at the deadline, <see cref="Errno.EINTR"/>.</returns>
    public Errno WaitForEvent(Instant deadline, out DhcpEvent? happened)
    {
        lock (_stack.Gate)
        {
            while (!_events.TryDequeue(out happened))
            {
                Errno error = _changed.Wait(_stack.Gate, deadline);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            return Errno.Success;
        }
    }

    /// <summary>Tells of an event. Called under the gate.</summary>
    internal void Report(DhcpEvent happened)
    {
        if (_events.Count == MaximumEvents)
        {
            _events.Dequeue();
            DroppedEvents++;
        }

        _events.Enqueue(happened);
        _changed.WakeAll();
    }

    private DhcpRunner? Find(string interfaceName)
    {
        foreach (DhcpRunner runner in _runners)
        {
            if (runner.Interface.Name == interfaceName)
            {
                return runner;
            }
        }

        return null;
    }

    /// <summary>A datagram from a server's port to ours.</summary>
    private bool Receive(NetInterface netInterface, ReadOnlySpan<byte> data)
    {
        foreach (DhcpRunner runner in _runners)
        {
            if (ReferenceEquals(runner.Interface, netInterface) && runner.Client.State != DhcpState.Stopped)
            {
                runner.Receive(data);
                _changed.WakeAll();
                return true;
            }
        }

        return false;
    }
}
