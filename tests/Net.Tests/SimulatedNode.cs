using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests;

/// <summary>
/// A host on a simulated wire: a stack, its device, and what the network task does. It runs only when the device interrupts, the stack
/// wakes
/// it, or the deadline that the stack named has come, so a test that passes also shows that those suffice.
/// </summary>
internal sealed class SimulatedNode : IStackHost
{
    private const int Budget = 16;

    private readonly SimulatedTime _time;
    private Instant _nextRun = Instant.Never;

    public SimulatedNode(SimulatedTime time, SimulatedWire wire, string mac, string? address = null, int seed = 1, int poolSize = 512, bool isOffloading = false)
    {
        _time = time;
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(poolSize, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        Pool = pool!;
        WaitQueues = new SimulatedWaitQueueFactory(time);
        Stack = new NetStack(time.Clock, WaitQueues, new SeededEntropy(seed), Pool, this);
        Device = new SimulatedDevice(time, wire, Pool, Addresses.Mac(mac)) { IsOffloading = isOffloading, Interrupt = () => ScheduleRun(time.Now) };
        Assert.Equal(Errno.Success, Stack.TryAddInterface(Device, out NetInterface? netInterface));
        Interface = netInterface!;
        Control = new NetworkControl(Stack);
        if (address is not null)
        {
            Assert.Equal(Errno.Success, Control.SetAddress("eth0", Addresses.Ip(address), 24));
        }

        ScheduleRun(time.Now);
    }

    public NetStack Stack { get; }

    public NetworkControl Control { get; }

    public NetInterface Interface { get; }

    public SimulatedDevice Device { get; }

    public PacketBufferPool Pool { get; }

    public SimulatedWaitQueueFactory WaitQueues { get; }

    public List<(Ipv4Address Address, MacAddress Claimant)> Conflicts { get; } = [];

    public int Wakes { get; private set; }

    public void Wake()
    {
        Wakes++;
        ScheduleRun(_time.Now);
    }

    public void ReportAddressConflict(string interfaceName, Ipv4Address address, MacAddress claimant) => Conflicts.Add((address, claimant));

    public Pinger OpenEcho(string destination)
    {
        return new Pinger(Stack, Addresses.Ip(destination));
    }

    public string? NeighbourState(string address) => Neighbour(address)?.State;

    public NeighbourInformation? Neighbour(string address) =>
        Control.Neighbours().SingleOrDefault(neighbour => neighbour.Address == Addresses.Ip(address));

    /// <summary>All buffers are back, but for those that wait on purpose.</summary>
    /// <param name="because">For the message.</param>
    /// <param name="held">Those that wait for programs to read.</param>
    public void AssertNoLeak(string because = "", int held = 0)
    {
        int pending = Stack.Arp.PendingPackets;
        int fragments = Stack.Ipv4.Reassembler.Fragments;
        int taken = Pool.Total - Pool.Free;
        Assert.True(taken == pending + fragments + held, $"{taken} buffers are out, {pending} wait for ARP, {fragments} for fragments, {held} for readers {because}");
    }

    private void ScheduleRun(Instant moment)
    {
        if (moment < _nextRun)
        {
            _nextRun = moment;
            _time.At(moment, () => RunIfStillDue(moment));
        }
    }

    private void RunIfStillDue(Instant moment)
    {
        if (moment != _nextRun)
        {
            return; // an earlier run took its place
        }

        _nextRun = Instant.Never;
        bool isMore = Device.Poll(Interface, Budget) == Budget;
        Stack.Advance(_time.Now);
        Instant deadline = isMore ? _time.Now : Stack.NextDeadline;
        if (deadline != Instant.Never)
        {
            ScheduleRun(deadline > _time.Now ? deadline : _time.Now);
        }
    }
}
