using KernelSockets.Drivers.E1000;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Interrupts;
using KernelSockets.Kernel.Memory;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Net;
using KernelSockets.Sockets;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Kernel.Devices;

/// <summary>
/// The network: finds the cards, makes the stack, and serves both in one task, which polls under a budget while there is work and else waits for the interrupt line.
/// </summary>
internal sealed class NetworkService : IStackHost
{
    /// <summary>Frames handed over in one poll, before others get a turn (twice Linux's NAPI weight).</summary>
    private const int PollBudget = 128;

    /// <summary>How often the task looks after its cards at least: sent frames, and a transmitter that hangs, raise no interrupt of their own.</summary>
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(1);

    /// <summary>While a card is watched, it is looked after at least so often even if the processor is never idle.</summary>
    private static readonly TimeSpan s_watchedInterval = TimeSpan.FromMilliseconds(1);

    private const int SmallPool = 640;
    private const int LargePool = 2048;
    private const long LargeMemory = 128L << 20;

    private readonly List<E1000Device> _devices = [];
    private readonly List<NetInterface> _interfaces = [];
    private readonly KernelInterruptLine _line = new();
    private readonly PollPacing _pacing = new();

    private NetworkService(PacketBufferPool pool, string hostName)
    {
        Pool = pool;
        Stack = new NetStack(KernelClock.Instance, new KernelWaitQueueFactory(), new KernelEntropy(), pool, this);
        Control = new NetworkControl(Stack);
        Dhcp = new DhcpClients(Stack, hostName);
    }

    public PacketBufferPool Pool { get; }

    public NetStack Stack { get; }

    public NetworkControl Control { get; }

    public DhcpClients Dhcp { get; }

    /// <summary>Brings up the cards and the stack.</summary>
    public static NetworkService Create(Pci pci, MemoryStatistics memory, string hostName)
    {
        KernelDmaAllocator allocator = new();
        int count = memory.Total >= LargeMemory ? LargePool : SmallPool;
        if (PacketBufferPool.TryCreate(count, allocator, out PacketBufferPool? pool) != Errno.Success)
        {
            Gateway.Stop("no memory for packet buffers"u8);
        }

        NetworkService service = new(pool!, hostName);
        foreach (PciFunctionInformation function in pci.Functions.ToArray())
        {
            if (E1000Device.Supports(function.VendorId, function.DeviceId))
            {
                service.AddDevice(pci, function, allocator);
            }
        }

        if (service._devices.Count == 0)
        {
            Log.Warning("net: no network card that this kernel has a driver for");
        }

        return service;
    }

    /// <summary>Registers the socket modules, and lets sockets' ioctl reach the interfaces.</summary>
    public void Connect(SocketFileSystem sockets)
    {
        sockets.Network = Control;
        foreach (SocketOps module in Stack.SocketModules)
        {
            Errno error = sockets.Modules.Register(module);
            if (error != Errno.Success)
            {
                Log.Error($"net: socket module {module.Type}: {error.Describe()}");
            }
        }
    }

    /// <summary>Starts the task that serves cards and stack.</summary>
    public void Start() => ServiceThread.Start("network", Scheduler.DriverPriority, Serve);

    /// <inheritdoc/>
    public void Wake() => _line.Signal();

    /// <inheritdoc/>
    public void ReportAddressConflict(string interfaceName, Ipv4Address address, MacAddress claimant) =>
        Log.Error($"net: {interfaceName}: {claimant} also uses our address {address}");

    private void AddDevice(Pci pci, PciFunctionInformation function, KernelDmaAllocator allocator)
    {
        string place = $"{function.Bus:x2}:{function.Device:x2}.{function.Function}";
        Pci.Activate(function);
        if (!Pci.TryReadMemoryBar(function, 0, out ulong address, out ulong size))
        {
            Log.Error($"e1000 {place}: no registers in base address 0");
            return;
        }

        ulong mapped = Gateway.MapDevice(address, size);
        E1000Device? device = null;
        Errno error = mapped == 0
            ? Errno.ENOMEM
            : E1000Device.TryCreate(
                new MemoryMappedRegisters(mapped, (uint)size), allocator, Pool, KernelClock.Instance, function.DeviceId, out device);
        if (error == Errno.Success)
        {
            error = Attach(device!, function);
        }

        if (error != Errno.Success)
        {
            Log.Error($"e1000 {place}: {error.Describe()}");
            return;
        }

        pci.SetDriver(function, "e1000");
    }

    private Errno Attach(E1000Device device, PciFunctionInformation function)
    {
        Errno error = _line.Attach(function.InterruptLine, isPci: true);
        if (error != Errno.Success)
        {
            return error;
        }

        Errno started = device.Start();
        if (started == Errno.Success)
        {
            started = Stack.TryAddInterface(device, out NetInterface? netInterface);
            if (started == Errno.Success)
            {
                _devices.Add(device);
                _interfaces.Add(netInterface!);
                Log.Information($"e1000: {device.Model} is {netInterface!.Name}, {device.Address}, interrupt {function.InterruptLine}");
            }
            else
            {
                device.Stop();
            }
        }

        return started;
    }

    private void Serve()
    {
        while (true)
        {
            bool isMore = false;
            for (int i = 0; i < _devices.Count; i++)
            {
                isMore |= _devices[i].Poll(_interfaces[i], PollBudget, _pacing.IsWatching) == PollBudget;
            }

            Stack.Advance(KernelClock.Instance.Now);
            if (isMore)
            {
                Thread.Yield();
                continue;
            }

            Instant from = KernelClock.Instance.Now;
            if (_pacing.IsWatching)
            {
                _line.WaitWatching(_devices[0].NextArrival, from + _pacing.Window, Instant.Min(NextDeadline(), from + s_watchedInterval), looksAtCalls: !Stack.IsCrowded);
            }
            else
            {
                _line.Unmask();
                _line.Wait(NextDeadline());
            }

            // Only one card can be watched; of several, each is waited for.
            if (_devices.Count == 1)
            {
                _pacing.Note(KernelClock.Instance.Now - from, _devices[0].HasArrivals);
            }
        }
    }

    private Instant NextDeadline()
    {
        Instant deadline = Stack.NextDeadline;
        for (int i = 0; i < _devices.Count; i++)
        {
            deadline = Instant.Min(deadline, _devices[i].PollDeadline);
        }

        return _devices.Count == 0 ? deadline : Instant.Min(deadline, KernelClock.Instance.Now + s_watchdog);
    }
}
