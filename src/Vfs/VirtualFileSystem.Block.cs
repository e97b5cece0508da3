namespace KernelSockets.Vfs;

/// <content>Block devices by path.</content>
public sealed partial class VirtualFileSystem
{
    /// <summary>Finds the block device that a node stands for, as mount and mkfs name it.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The node, for example <c>/dev/ata0</c>.</param>
    /// <param name="number">Its number.</param>
    /// <param name="device">The device; null on failure.</param>
    /// <returns><see cref="Errno.ENOTBLK"/> for what is no such node, <see cref="Errno.ENXIO"/> when no driver serves its number, or why the path cannot be walked.</returns>
    public Errno TryFindBlockDevice(Inode current, ReadOnlySpan<byte> path, out DeviceNumber number, out BlockDevice? device)
    {
        number = DeviceNumber.None;
        device = null;
        Errno error = TryResolve(current, path, follows: true, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        bool isBlockDevice = inode!.Mode.Type() == InodeMode.BlockDevice;
        number = inode.SpecialDevice;
        inode.Release();
        if (!isBlockDevice)
        {
            number = DeviceNumber.None;
            return Errno.ENOTBLK;
        }

        device = BlockDevices.Find(number);
        return device is null ? Errno.ENXIO : Errno.Success;
    }

    /// <summary>True when a file system is mounted from the block device with a number.</summary>
    public bool IsMounted(DeviceNumber number) => Mounts().Any(mounted => mounted.Device == number);
}
