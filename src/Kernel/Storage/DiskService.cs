using KernelSockets.Drivers.Ata;
using KernelSockets.Kernel.Devices;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Interrupts;
using KernelSockets.Kernel.Memory;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Block;

namespace KernelSockets.Kernel.Storage;

/// <summary>Finds the disks at the IDE controllers, their partitions and the image in memory, and enters them in /dev. Start-up only.</summary>
internal sealed class DiskService
{
    private const uint IdeClass = 0x0101;
    private const int ClassShift = 8;

    /// <summary>Programming interface: a channel is in native mode, with ports and interrupt of its own choice (PCI IDE Controller Specification 1.0).</summary>
    private const uint NativeMode = 0x05;

    /// <summary>Programming interface: it has a bus master.</summary>
    private const uint HasBusMaster = 0x80;

    private const int BusMasterBar = 4;
    private const int BusMasterPorts = 8;
    private const int CommandPorts = 8;
    private const int DrivesPerChannel = 2;

    private readonly VirtualFileSystem _vfs;
    private readonly KernelDmaAllocator _memory = new();

    private DiskService(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Finds everything.</summary>
    public static void Start(Pci pci, VirtualFileSystem vfs)
    {
        DiskService service = new(vfs);
        if (pci.Functions.FirstOrDefault(static f => f.ClassCode >> ClassShift == IdeClass) is { } controller)
        {
            service.AddController(pci, controller);
        }

        if (BootModule.TryOpen() is { } module)
        {
            RamDisk disk = new("ram0", module.Memory);
            if (service.Enter(BlockDeviceNumbers.Ram(0), disk))
            {
                Log.Information($"{disk.Name}: boot module, {disk.SectorCount} sectors");
            }
        }
    }

    private void AddController(Pci pci, PciFunctionInformation controller)
    {
        if ((controller.ClassCode & NativeMode) != 0)
        {
            Log.Warning($"ata: the controller {controller.VendorId:x4}:{controller.DeviceId:x4} is in native mode, which is not supported");
            return;
        }

        Pci.ActivateIo(controller);
        ushort busMaster = 0;
        if ((controller.ClassCode & HasBusMaster) == 0 || !Pci.TryReadPortBar(controller, BusMasterBar, out busMaster))
        {
            Log.Warning("ata: the controller has no bus master: PIO");
        }

        AddChannel(0, command: 0x1F0, control: 0x3F6, interrupt: 14, busMaster);
        AddChannel(1, command: 0x170, control: 0x376, interrupt: 15, busMaster);
        pci.SetDriver(controller, "ata");
    }

    private void AddChannel(int number, ushort command, ushort control, int interrupt, ushort busMaster)
    {
        KernelInterruptLine line = new();
        Errno error = line.Attach(interrupt, isPci: false);
        if (error != Errno.Success)
        {
            Log.Error($"ata: interrupt {interrupt}: {error.Describe()}");
            return;
        }

        IoPorts? busMasterPorts = busMaster == 0 ? null : new IoPorts((ushort)(busMaster + (number * BusMasterPorts)), BusMasterPorts);
        AtaChannel channel = new(new ChannelResources(
            new IoPorts(command, CommandPorts), new IoPorts(control, 1), busMasterPorts, line, _memory, KernelClock.Instance, Log.Information, Log.Error));
        int first = number * DrivesPerChannel;
        foreach (AtaDisk disk in channel.Detect(first))
        {
            AddDisk(first + (disk.IsSecond ? 1 : 0), disk);
        }
    }

    private void AddDisk(int place, AtaDisk disk)
    {
        if (!Enter(BlockDeviceNumbers.Ata(place), disk))
        {
            return;
        }

        Errno error = PartitionTable.Read(disk, out IReadOnlyList<PartitionEntry> partitions);
        if (error != Errno.Success)
        {
            Log.Error($"{disk.Name}: partition table: {error.Describe()}");
        }

        foreach (PartitionEntry entry in partitions)
        {
            Partition partition = new(disk, entry);
            if (Enter(BlockDeviceNumbers.Ata(place, entry.Number), partition))
            {
                Log.Information($"{partition.Name}: {entry.SectorCount} sectors from {entry.Start}, type {entry.Type:x2}");
            }
        }
    }

    private bool Enter(DeviceNumber number, BlockDevice device)
    {
        Errno error = _vfs.AddBlockDevice(number, device);
        if (error != Errno.Success)
        {
            Log.Error($"{device.Name}: /dev/{device.Name}: {error.Describe()}");
        }

        return error == Errno.Success;
    }
}
