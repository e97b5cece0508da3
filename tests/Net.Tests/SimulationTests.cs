using System.Buffers.Binary;
using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests;

/// <summary>The simulation itself: a test bench that is wrong proves nothing.</summary>
public sealed class SimulationTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Events_RunInOrderOfTimeThenOfScheduling()
    {
        SimulatedTime time = new();
        List<(string Name, long Second)> order = [];
        void Note(string name) => order.Add((name, time.Now.Nanoseconds / 1_000_000_000));
        time.After(s_second * 2, () => Note("late"));
        time.After(s_second, () => Note("first"));
        time.After(s_second, () =>
        {
            Note("second");
            time.At(Instant.Zero, () => Note("past is now"));
        });
        time.RunFor(s_second * 3);
        Assert.Equal([("first", 1L), ("second", 1L), ("past is now", 1L), ("late", 2L)], order);
        Assert.Equal(3, (time.Now - Instant.Zero).TotalSeconds);
        Assert.Equal(0, time.PendingEvents);
    }

    [Fact]
    public void WaitQueue_WakeOne_WakesWhoWaitedLongest()
    {
        SimulatedTime time = new();
        Lock gate = new();
        SimulatedWaitQueue queue = new(time, "test");
        List<string> woken = [];
        void Waiter(string name)
        {
            lock (gate)
            {
                Assert.Equal(Errno.Success, queue.Wait(gate, Instant.Never));
                woken.Add(name);
            }
        }

        void Wake()
        {
            lock (gate)
            {
                queue.WakeOne();
            }
        }

        time.After(s_second, () => Waiter("inner")); // runs inside the outer wait, as a second task would
        time.After(s_second * 2, Wake);
        time.After(s_second * 3, Wake);
        Waiter("outer");
        Assert.Equal(["inner", "outer"], woken);
        Assert.Equal(3, (time.Now - Instant.Zero).TotalSeconds);
    }

    [Fact]
    public void WaitQueue_GateHeldTwice_IsAFault()
    {
        Lock gate = new();
        SimulatedWaitQueue queue = new(new SimulatedTime(), "test");
        lock (gate)
        {
            lock (gate)
            {
                Assert.Throws<InvalidOperationException>(() => queue.Wait(gate, Instant.Zero));
            }
        }
    }

    [Fact]
    public void Pcap_HeaderAndRecord_AreAsTheFormatSays()
    {
        using MemoryStream stream = new();
        new PcapWriter(stream).Write(new Instant(3_000_000_005), [1, 2, 3]);
        ReadOnlySpan<byte> file = stream.ToArray();
        Assert.Equal(24 + 16 + 3, file.Length);
        Assert.Equal(0xA1B23C4Du, BinaryPrimitives.ReadUInt32LittleEndian(file));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(file[20..]));
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32LittleEndian(file[24..]));
        Assert.Equal(5u, BinaryPrimitives.ReadUInt32LittleEndian(file[28..]));
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32LittleEndian(file[32..]));
        Assert.Equal([1, 2, 3], file[40..].ToArray());
    }

    [Fact]
    public void TracingDevice_WritesBothDirections()
    {
        using MemoryStream stream = new();
        Tester tester = new();
        SimulatedWire wire = new(tester.Time, 1);
        WireProbe probe = new(wire);
        SimulatedDevice card = new(tester.Time, wire, tester.Node.Pool, Addresses.Mac("52:54:00:00:00:07"));
        TracingDevice device = new(card, tester.Time.Clock, new PcapWriter(stream));
        Assert.Equal(Errno.Success, tester.Node.Stack.TryAddInterface(device, out NetInterface? eth1));
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth1", Addresses.Ip("10.5.0.1"), 24)); // announces itself
        ArpFields request = new(ArpOperation.Request, Tester.SelfMac, Addresses.Ip("10.5.0.9"), MacAddress.Any, Addresses.Ip("10.5.0.1"));
        probe.Send(Frames.Ethernet(MacAddress.Broadcast, Tester.SelfMac, EtherType.Arp, Frames.Arp(request)));
        tester.Settle();
        device.Poll(eth1!, 10);
        Assert.Equal(24 + (16 + 42) + (16 + 60) + (16 + 42), stream.Length);
    }

    [Fact]
    public void ArrayDmaAllocator_BlocksAreAlignedAndStayInAPage()
    {
        ArrayDmaAllocator allocator = new(limit: 100_000);
        for (int i = 0; i < 40; i++)
        {
            DmaBlock block = allocator.Allocate(1500, 256)!;
            Assert.Equal(0u, block.BusAddress % 256);
            Assert.Equal(block.BusAddress / 4096, (block.BusAddress + 1499) / 4096);
        }

        Assert.Null(allocator.Allocate(4097, 1));
        Assert.Null(allocator.Allocate(16, 3));
        Assert.Equal(Errno.ENOMEM, PacketBufferPool.TryCreate(100, allocator, out _));
    }
}
