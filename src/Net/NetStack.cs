using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>
/// A network stack: interfaces, ARP, IPv4, ICMP, timers. Owns all its state, so that any number of stacks can live side by side; reads
/// time from its
/// clock, never sleeps, and never waits except in a session's own wait queue.
/// </summary>
/// <remarks>
/// One lock, the gate, protects everything in a stack. It is taken by the public members of this class, <see cref="NetInterface"/>,
/// <see cref="NetworkControl"/> and sessions, and by nobody else; code below them runs under it. Under the gate a device's
/// <c>Transmit</c>, an
/// <see cref="IStackHost"/> and an <see cref="IFrameTap"/> are called; they must not block nor call the stack.
/// <para>
/// The network task serves a stack like this, and calls nothing else on it:
/// <code>
/// for (;;)
/// {
///     bool isMore = false;
///     foreach (NetInterface i in hardwareInterfaces) { isMore |= i.Device.Poll(i, budget) == budget; }
///     stack.Advance(clock.Now);
///     if (!isMore) { line.Wait(stack.NextDeadline); }    // IStackHost.Wake signals the line
/// }
/// </code>
/// </para>
/// </remarks>
public sealed class NetStack
{
    /// <summary>Interfaces of a stack, loopback included.</summary>
    public const int MaximumInterfaces = 16;

    /// <summary>
    /// Free bytes in front of an IPv4 or ARP packet for the link header, with two more so that the packet is aligned to four bytes.
    /// </summary>
    internal const int LinkHeadroom = EthernetHeader.Size + 2;

    /// <summary>Loopback frames delivered in one call of <see cref="Advance"/>.</summary>
    private const int LoopbackBudget = 64;

    /// <summary>Announcements of an address (RFC 5227 §1.1, ANNOUNCE_NUM) and the time between them (ANNOUNCE_INTERVAL).</summary>
    private const int AnnouncementCount = 2;

    private const int LoopbackPrefixLength = 8;

    private static readonly TimeSpan s_announcementInterval = TimeSpan.FromSeconds(2);

    private NetInterface[] _interfaces;
    private readonly LoopbackDevice _loopbackDevice;
    private Instant _expectedAt = Instant.Zero;

    /// <summary>A stack with nothing but its loopback interface.</summary>
    /// <param name="clock">Time.</param>
    /// <param name="waitQueues">Makes the queues that apps wait in.</param>
    /// <param name="entropy">For identifiers that others must not guess.</param>
    /// <param name="pool">Buffers for what is sent; usually the devices' as well.</param>
    /// <param name="host">What to call when the network task must run, or an operator must know.</param>
    public NetStack(Clock clock, IWaitQueueFactory waitQueues, EntropySource entropy, PacketBufferPool pool, IStackHost host)
    {
        Clock = clock;
        WaitQueues = waitQueues;
        Entropy = entropy;
        Pool = pool;
        Host = host;
        SocketMemory = new SocketMemory(pool);
        Timers = new TimerWheel(OnEarlierDeadline);
        LoopedCopies = new LoopedCopies(pool, () => OnEarlierDeadline(Instant.Zero));
        Arp = new Arp(this);
        Ipv4 = new Ipv4(this);
        Icmp = new Icmp(this);
        Igmp = new Igmp(this);
        Udp = new Udp(this);
        Tcp = new Tcp(this);
        Raw = new RawReceiver(this);
        Ipv4.RawReceiver = Raw;
        SocketModules = [new PacketSocketOps(this), new RawSocketOps(this), new UdpSocketOps(this), new TcpSocketOps(this)];
        _loopbackDevice = new LoopbackDevice(clock, () => OnEarlierDeadline(Instant.Zero));
        Loopback = new NetInterface(this, _loopbackDevice, "lo", 0, isLoopback: true);
        Loopback.Assign(Ipv4Address.Loopback, LoopbackPrefixLength);
        _interfaces = [Loopback];
    }

    /// <summary>ARP.</summary>
    public Arp Arp { get; }

    /// <summary>IPv4.</summary>
    public Ipv4 Ipv4 { get; }

    /// <summary>ICMP.</summary>
    public Icmp Icmp { get; }

    /// <summary>IGMP.</summary>
    public Igmp Igmp { get; }

    /// <summary>UDP.</summary>
    public Udp Udp { get; }

    /// <summary>TCP.</summary>
    public Tcp Tcp { get; }

    /// <summary>The modules of the stack's sockets, to be registered in the socket file system.</summary>
    public IReadOnlyList<SocketOps> SocketModules { get; }

    /// <summary>The interface <c>lo</c>.</summary>
    public NetInterface Loopback { get; }

    /// <summary>
    /// When <see cref="Advance"/> has something to do; <see cref="Instant.Never"/> for nothing. May be in the past: at once.
    /// </summary>
    public Instant NextDeadline
    {
        get
        {
            lock (Gate)
            {
                _expectedAt = _loopbackDevice.Queued > 0 || LoopedCopies.Count > 0 ? Instant.Zero : Timers.NextDeadline;
                return _expectedAt;
            }
        }
    }

    /// <summary>
    /// True while connections come faster than a program accepts them: it should have its turn before more frames are looked at, or its queue fills up and
    /// peers have to ask again after a second. Any task, without the gate.
    /// </summary>
    public bool IsCrowded => Tcp.CrowdedListeners > 0;

    internal Lock Gate { get; } = new();

    internal Clock Clock { get; }

    internal IWaitQueueFactory WaitQueues { get; }

    internal EntropySource Entropy { get; }

    internal PacketBufferPool Pool { get; }

    internal SocketMemory SocketMemory { get; }

    internal RawReceiver Raw { get; }

    internal IStackHost Host { get; }

    internal TimerWheel Timers { get; }

    internal LoopedCopies LoopedCopies { get; }

    /// <summary>All interfaces, by <see cref="NetInterface.Index"/>; an array, since packets look through it.</summary>
    internal NetInterface[] InterfaceList => _interfaces;

    /// <summary>Adds a device as the next <c>eth</c> interface, up and without an address.</summary>
    /// <returns><see cref="Errno.ENOBUFS"/> when there are too many.</returns>
    public Errno TryAddInterface(NetworkDevice device, out NetInterface? netInterface)
    {
        ArgumentNullException.ThrowIfNull(device);
        lock (Gate)
        {
            int index = _interfaces.Length;
            bool hasRoom = index < MaximumInterfaces;
            if (!hasRoom)
            {
                netInterface = null;
                return Errno.ENOBUFS;
            }

            netInterface = new NetInterface(this, device, $"eth{index - 1}", index, isLoopback: false);
            _interfaces = [.. _interfaces, netInterface];
            return Errno.Success;
        }
    }

    /// <summary>Does everything that is due: timers, frames on the loopback interface, changes of link state.</summary>
    public void Advance(Instant now)
    {
        lock (Gate)
        {
            _expectedAt = Instant.Zero; // the network task is awake: no need to wake it
            foreach (NetInterface netInterface in _interfaces)
            {
                CheckLink(netInterface);
            }

            Timers.RunDue(now);
        }

        // Receive takes the gate itself, frame by frame, so that apps get their turn.
        DeliverLoopback();
        DeliverCopies();
    }

    /// <summary>The interface with a <see cref="NetInterface.Number"/>; null for none. Called under the gate.</summary>
    internal NetInterface? FindInterface(int number) => (uint)(number - 1) < (uint)_interfaces.Length ? _interfaces[number - 1] : null;

    /// <summary>The interface of a name such as <c>eth0</c>; null for none. Called under the gate.</summary>
    internal NetInterface? FindInterface(string name) => Array.Find(_interfaces, candidate => candidate.Name == name);

    /// <summary>Starts to tell an interface's network of its address.</summary>
    internal void StartAnnouncing(NetInterface netInterface)
    {
        netInterface.AnnouncementsLeft = AnnouncementCount;
        ContinueAnnouncing(netInterface);
    }

    /// <summary>The interface has come up or has a new address: its network gets a route, and is told of address and groups.</summary>
    internal void JoinNetwork(NetInterface netInterface)
    {
        Ipv4.Routes.Table.Join(netInterface);
        Introduce(netInterface);
    }

    /// <summary>Forgets the routes and the neighbours, stops announcing: the interface goes down or its network changes.</summary>
    internal void LeaveNetwork(NetInterface netInterface)
    {
        Ipv4.Routes.Table.Leave(netInterface);
        FallSilent(netInterface);
    }

    /// <summary>Tells an interface's network of our address and our groups.</summary>
    private void Introduce(NetInterface netInterface)
    {
        StartAnnouncing(netInterface);
        Igmp.Restart(netInterface);
    }

    /// <summary>Forgets the neighbours, stops announcing and reporting: who is on the link has to be found out anew.</summary>
    private void FallSilent(NetInterface netInterface)
    {
        Timers.Cancel(netInterface.AnnounceTimer);
        netInterface.AnnouncementsLeft = 0;
        netInterface.DefendedAt = null;
        Arp.Flush(netInterface);
        Igmp.Stop(netInterface);
    }

    private void DeliverLoopback()
    {
        for (int i = 0; i < LoopbackBudget; i++)
        {
            PacketBuffer? frame;
            lock (Gate)
            {
                if (!_loopbackDevice.TryTake(out frame))
                {
                    return;
                }
            }

            Loopback.Receive(frame);
            frame.Release();
        }
    }

    private void DeliverCopies()
    {
        for (int i = 0; i < LoopbackBudget; i++)
        {
            lock (Gate)
            {
                if (!LoopedCopies.TryTake(out PacketBuffer? copy))
                {
                    return;
                }

                FindInterface(copy.Device!)?.ReceiveLooped(copy);
                copy.Release();
            }
        }
    }

    private NetInterface? FindInterface(NetworkDevice device)
    {
        foreach (NetInterface netInterface in _interfaces)
        {
            if (ReferenceEquals(netInterface.Device, device))
            {
                return netInterface;
            }
        }

        return null;
    }

    /// <summary>Sends the next announcement of an address, while there is one to send and somebody to hear it.</summary>
    internal void ContinueAnnouncing(NetInterface netInterface)
    {
        bool isHeard = netInterface.IsUp && netInterface.Device.IsLinkUp && !netInterface.IsLoopback;
        if (!isHeard || !netInterface.HasAddress || netInterface.AnnouncementsLeft == 0)
        {
            return;
        }

        Arp.Announce(netInterface);
        if (--netInterface.AnnouncementsLeft > 0)
        {
            Timers.Schedule(netInterface.AnnounceTimer, Clock.Now + s_announcementInterval);
        }
    }

    private void CheckLink(NetInterface netInterface)
    {
        bool isLinkUp = netInterface.Device.IsLinkUp;
        if (isLinkUp == netInterface.WasLinkUp)
        {
            return;
        }

        netInterface.WasLinkUp = isLinkUp;
        if (isLinkUp)
        {
            Introduce(netInterface);
            netInterface.LinkUp?.Invoke();
        }
        else
        {
            FallSilent(netInterface); // behind another cable there may be another network
        }
    }

    private void OnEarlierDeadline(Instant deadline)
    {
        if (deadline < _expectedAt)
        {
            _expectedAt = deadline;
            Host.Wake();
        }
    }
}
