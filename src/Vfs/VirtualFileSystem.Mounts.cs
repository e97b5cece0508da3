namespace KernelSockets.Vfs;

/// <content>What is mounted where.</content>
public sealed partial class VirtualFileSystem
{
    /// <summary>Held while something is mounted.</summary>
    private readonly Lock _mountGate = new();

    /// <summary>mount.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The directory to cover.</param>
    /// <param name="type">What to mount.</param>
    /// <param name="device">From where; null for file systems without a device.</param>
    /// <param name="isReadOnly">True to refuse changes.</param>
    /// <param name="number">The device's number, as stat will tell it; null for a number of its own.</param>
    /// <returns><see cref="Errno.ENODEV"/> for an unknown type, <see cref="Errno.ENOTDIR"/>, <see cref="Errno.EBUSY"/>, or what the file system says.</returns>
    public Errno Mount(Inode current, ReadOnlySpan<byte> path, FileSystemType type, BlockDevice? device, bool isReadOnly, DeviceNumber? number = null)
    {
        if (FileSystems.Find(type) is not { } operations)
        {
            return Errno.ENODEV;
        }

        Errno error = TryResolve(current, path, follows: true, out Inode? directory);
        if (error != Errno.Success)
        {
            return error;
        }

        bool protects = isReadOnly || (device?.IsReadOnly ?? false);
        error = directory!.Mode.IsDirectory()
            ? MountOn(directory, operations, device, number ?? NextAnonymousDevice(), protects, SourceOf(operations, device))
            : Errno.ENOTDIR;
        if (error != Errno.Success)
        {
            directory.Release();
        }

        return error;
    }

    /// <summary>Makes a file system the root of all, at start-up, before anybody stands in the old one.</summary>
    /// <param name="type">What to mount.</param>
    /// <param name="device">From where.</param>
    /// <param name="isReadOnly">True to refuse changes.</param>
    /// <param name="number">The device's number, as stat will tell it; null for a number of its own.</param>
    /// <param name="movesDevices">True to mount the devices on its directory dev; false to leave them behind.</param>
    /// <returns>
    /// <see cref="Errno.ENODEV"/> for an unknown type, <see cref="Errno.ENOENT"/> or <see cref="Errno.ENOTDIR"/> when it has no directory dev, or what the file
    /// system says; the root stays the same then.
    /// </returns>
    public Errno ReplaceRoot(FileSystemType type, BlockDevice? device, bool isReadOnly, DeviceNumber? number = null, bool movesDevices = true)
    {
        if (FileSystems.Find(type) is not { } operations)
        {
            return Errno.ENODEV;
        }

        Errno error = operations.Super(device, number ?? NextAnonymousDevice(), isReadOnly || (device?.IsReadOnly ?? false), out SuperBlock? root);
        if (error != Errno.Success)
        {
            return error;
        }

        root!.Source = SourceOf(operations, device);
        error = movesDevices ? _mounts.MoveTo(root, "dev"u8) : Errno.Success;
        if (error == Errno.Success)
        {
            WarnOf(root, device);
            _mounts.ReplaceRoot(root);
        }
        else
        {
            root.Root!.Release();
        }

        return error;
    }

    /// <summary>mount, as the system call has it: the file system by its name, its device by the path of a node.</summary>
    /// <param name="current">Where relative paths start.</param>
    /// <param name="source">Path of a block device's node; for file systems without a device, just what /proc/mounts shall tell.</param>
    /// <param name="path">The directory to cover.</param>
    /// <param name="type">Name of the file system.</param>
    /// <param name="isReadOnly">True to refuse changes.</param>
    /// <returns>
    /// <see cref="Errno.ENODEV"/> for an unknown type; <see cref="Errno.ENOTBLK"/> for a source that is no block device, <see cref="Errno.ENXIO"/> for one without a
    /// driver, <see cref="Errno.EBUSY"/> for one that is mounted; else as
    /// <see cref="Mount(Inode, ReadOnlySpan{byte}, FileSystemType, BlockDevice, bool, DeviceNumber?)"/>.
    /// </returns>
    public Errno Mount(Inode current, ReadOnlySpan<byte> source, ReadOnlySpan<byte> path, string type, bool isReadOnly)
    {
        Errno error = TryResolve(current, path, follows: true, out Inode? directory);
        if (error != Errno.Success)
        {
            return error;
        }

        BlockDevice? device = null;
        DeviceNumber number = DeviceNumber.None;
        FileSystemOps? operations = FileSystems.Find(type);
        error = operations is null ? Errno.ENODEV
            : operations.RequiresDevice && source.IsEmpty ? Errno.EINVAL
            : operations.RequiresDevice ? TryFindBlockDevice(current, source, out number, out device)
            : Errno.Success;
        if (error == Errno.Success && !directory!.Mode.IsDirectory())
        {
            error = Errno.ENOTDIR;
        }

        if (error == Errno.Success)
        {
            string text = System.Text.Encoding.UTF8.GetString(source);
            number = device is null ? NextAnonymousDevice() : number;
            error = MountOn(directory!, operations!, device, number, isReadOnly || (device?.IsReadOnly ?? false), text.Length == 0 ? "none" : text);
        }

        if (error != Errno.Success)
        {
            directory!.Release();
        }

        return error;
    }

    private static string SourceOf(FileSystemOps operations, BlockDevice? device) => device is null ? operations.Name : $"/dev/{device.Name}";

    private void WarnOf(SuperBlock superBlock, BlockDevice? device)
    {
        if (superBlock.IsUnclean)
        {
            Warn?.Invoke($"{device?.Name}: was not unmounted, and should be checked (fsck.{superBlock.Operations.Name})");
        }
    }

    /// <summary>Mounts under a lock: two file systems on one device would not know of each other's blocks.</summary>
    private Errno MountOn(Inode directory, FileSystemOps operations, BlockDevice? device, DeviceNumber number, bool isReadOnly, string source)
    {
        lock (_mountGate)
        {
            if (_mounts.Mounted().Any(mounted => mounted.Device == number))
            {
                return Errno.EBUSY;
            }

            Errno error = operations.Super(device, number, isReadOnly, out SuperBlock? superBlock);
            if (error != Errno.Success)
            {
                return error;
            }

            superBlock!.Source = source;
            error = _mounts.Mount(directory, superBlock);
            if (error == Errno.Success)
            {
                WarnOf(superBlock, device);
            }
            else
            {
                superBlock.Root!.Release();
            }

            return error;
        }
    }

    /// <summary>umount.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The root directory of the mounted file system.</param>
    /// <param name="follows">Whether to follow a link that the path ends in.</param>
    /// <returns><see cref="Errno.EINVAL"/> when nothing is mounted there, <see cref="Errno.EBUSY"/> while it is in use.</returns>
    public Errno Unmount(Inode current, ReadOnlySpan<byte> path, bool follows = true)
    {
        Errno error = TryResolve(current, path, follows, out Inode? root);
        if (error != Errno.Success)
        {
            return error;
        }

        SuperBlock superBlock = root!.SuperBlock;
        error = superBlock.Operations.Synchronize(superBlock);
        if (error == Errno.Success)
        {
            error = _mounts.Unmount(root);

            // Nobody reaches it any more; what changed since it was written back is written now, and it is clean.
            error = error == Errno.Success ? superBlock.Operations.Settle(superBlock) : error;
        }

        root.Release();
        return error;
    }
}
