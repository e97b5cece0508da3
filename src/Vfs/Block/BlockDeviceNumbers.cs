namespace KernelSockets.Vfs.Block;

/// <summary>Numbers of disks (Linux Documentation/admin-guide/devices.txt).</summary>
public static class BlockDeviceNumbers
{
    private const uint RamMajor = 1;
    private const uint FirstChannelMajor = 3;
    private const uint SecondChannelMajor = 22;
    private const uint MinorsPerDisk = 64;
    private const int DisksPerChannel = 2;

    /// <summary>A disk of an IDE controller, or a partition of it: 3:0 and 3:64 on the first channel, 22:0 and 22:64 on the second.</summary>
    /// <param name="disk">Place of the disk, 0 to 3.</param>
    /// <param name="partition">Number of the partition; 0 for the whole disk.</param>
    public static DeviceNumber Ata(int disk, int partition = 0) =>
        new(disk < DisksPerChannel ? FirstChannelMajor : SecondChannelMajor, ((uint)(disk % DisksPerChannel) * MinorsPerDisk) + (uint)partition);

    /// <summary>A disk in memory.</summary>
    public static DeviceNumber Ram(int disk) => new(RamMajor, (uint)disk);
}
