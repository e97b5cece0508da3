using KernelSockets.Drivers.Ata;
using KernelSockets.Simulation;
using KernelSockets.Simulation.Ata;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.Ata.Tests;

/// <summary>A driver on a model of a channel, in simulated time.</summary>
internal sealed class Rig
{
    public const ulong LowMemory = 0x0123_4000;

    public Rig(ModelDrive? first, ModelDrive? second = null, bool hasBusMaster = true, ulong memory = LowMemory, bool isFloating = false)
    {
        Memory = new ModelDmaAllocator(memory);
        Model = new ModelChannel(Time, Memory, first, second) { IsFloating = isFloating };
        Channel = new AtaChannel(new ChannelResources(
            Model.Command, Model.Control, hasBusMaster ? Model.BusMaster.Ports : null, Model.Line, Memory, Time.Clock, Found.Add, Complaints.Add));
    }

    public SimulatedTime Time { get; } = new();

    public ModelDmaAllocator Memory { get; }

    public ModelChannel Model { get; }

    public AtaChannel Channel { get; }

    public List<string> Found { get; } = [];

    public List<string> Complaints { get; } = [];

    /// <summary>A channel with one disk, found, and its disk.</summary>
    public static Rig WithDisk(out AtaDisk disk, ModelDrive? drive = null, bool hasBusMaster = true)
    {
        Rig rig = new(drive ?? new ModelDrive(), hasBusMaster: hasBusMaster);
        disk = Assert.Single(rig.Channel.Detect(0));
        rig.Model.Commands.Clear();
        return rig;
    }

    /// <summary>Sectors whose bytes tell where they belong.</summary>
    public static byte[] Pattern(int sectors, int seed)
    {
        byte[] data = new byte[sectors * BlockDevice.SectorSize];
        new Random(seed).NextBytes(data);
        return data;
    }
}
