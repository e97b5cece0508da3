using KernelSockets.Vfs.Dev;
using KernelSockets.Vfs.Events;
using KernelSockets.Vfs.Memory;
using KernelSockets.Vfs.Minix;
using KernelSockets.Vfs.Pipe;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Vfs;

/// <summary>
/// The files of a machine: file systems, mounts, devices and descriptors. Owns every table; two of them know nothing of each other.
/// </summary>
/// <remarks>
/// Called by the system call layer, from tasks; may block on devices and pipes. It checks names, rights and read-only mounts, and leaves the
/// rest to the file systems' <see cref="FileSystemOps"/>. Paths are bytes without a terminating zero; relative ones start at the directory given.
/// </remarks>
public sealed partial class VirtualFileSystem
{
    private readonly MountTable _mounts;

    /// <summary>Held by a rename: while it is, no directory moves, so that none becomes its own ancestor.</summary>
    private readonly Lock _renameGate = new();
    private int _lastAnonymousDevice;

    /// <summary>A machine with an empty root in memory, /dev with the devices that every system has, and /tmp.</summary>
    /// <param name="clock">Stamps the times.</param>
    /// <param name="entropy">Feeds /dev/random.</param>
    /// <param name="queues">Makes wait queues.</param>
    public VirtualFileSystem(Clock clock, EntropySource entropy, IWaitQueueFactory queues)
    {
        Pipes = new PipeFileSystem(queues, clock, NextAnonymousDevice());
        Sockets = new SocketFileSystem(clock, NextAnonymousDevice());
        Events = new EventFileSystem(queues, NextAnonymousDevice());
        MemoryFileSystem memory = new(clock);
        Require(FileSystems.Register(memory));
        Require(FileSystems.Register(Pipes));
        Require(FileSystems.Register(Sockets));
        Require(FileSystems.Register(Events));
        Require(FileSystems.Register(new DeviceFileSystem(Devices)));
        Require(FileSystems.Register(new MinixFileSystem(clock)));
        Require(memory.Super(device: null, NextAnonymousDevice(), isReadOnly: false, out SuperBlock? root));
        _mounts = new MountTable(root!);
        Require(MakeDirectory(Root, "/dev"u8, InodeMode.DefaultDirectory));
        Require(MakeDirectory(Root, "/tmp"u8, InodeMode.AllForAll | InodeMode.Sticky));
        Require(Mount(Root, "/dev"u8, FileSystemType.Memory, device: null, isReadOnly: false));
        Require(AddDevice(DeviceNumbers.Null, new NullDevice()));
        Require(AddDevice(DeviceNumbers.Zero, new ZeroDevice()));
        Require(AddDevice(DeviceNumbers.Full, new FullDevice()));
        Require(AddDevice(DeviceNumbers.Random, new RandomDevice("random", entropy)));
        Require(AddDevice(DeviceNumbers.URandom, new RandomDevice("urandom", entropy)));
    }

    /// <summary>File systems by type. More may be registered at start-up, before anything is mounted from another task.</summary>
    public FileSystemTable FileSystems { get; } = new();

    /// <summary>Character devices by number.</summary>
    public DeviceRegistry Devices { get; } = new();

    /// <summary>Descriptors.</summary>
    public FileTable Files { get; } = new();

    /// <summary>Pipes.</summary>
    public PipeFileSystem Pipes { get; }

    /// <summary>Event counters and epoll sets.</summary>
    public EventFileSystem Events { get; }

    /// <summary>Sockets.</summary>
    public SocketFileSystem Sockets { get; }

    /// <summary>The root directory; the owner of a reference to it has called <see cref="Inode.Hold"/>.</summary>
    public Inode Root => _mounts.Root;

    /// <summary>Mounted file systems, oldest first; a copy.</summary>
    public IReadOnlyList<SuperBlock> Mounts() => _mounts.Mounted();

    /// <summary>A device number for a file system without a device, or for sockets: major 0, as Linux's.</summary>
    public DeviceNumber NextAnonymousDevice() => new(0, (uint)Interlocked.Increment(ref _lastAnonymousDevice));

    /// <summary>Enters a character device and makes its node in /dev.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="device">The device.</param>
    /// <param name="alias">A further name in /dev for the same number; null for its own.</param>
    /// <returns><see cref="Errno.EBUSY"/> when the number is taken by another device, <see cref="Errno.EEXIST"/> when the name is.</returns>
    public Errno AddDevice(DeviceNumber number, CharacterDevice device, string? alias = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (Devices.Find(number) != device && Devices.Register(number, device) is Errno error and not Errno.Success)
        {
            return error;
        }

        byte[] path = System.Text.Encoding.UTF8.GetBytes($"/dev/{alias ?? device.Name}");
        return MakeNode(Root, path, InodeMode.CharacterDevice | InodeMode.ReadWriteForAll, number);
    }

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
            ? MountOn(directory, operations, device, number ?? NextAnonymousDevice(), protects)
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

        error = movesDevices ? _mounts.MoveTo(root!, "dev"u8) : Errno.Success;
        if (error == Errno.Success)
        {
            _mounts.ReplaceRoot(root!);
        }
        else
        {
            root!.Root!.Release();
        }

        return error;
    }

    private Errno MountOn(Inode directory, FileSystemOps operations, BlockDevice? device, DeviceNumber number, bool isReadOnly)
    {
        Errno error = operations.Super(device, number, isReadOnly, out SuperBlock? superBlock);
        if (error != Errno.Success)
        {
            return error;
        }

        error = _mounts.Mount(directory, superBlock!);
        if (error != Errno.Success)
        {
            superBlock!.Root!.Release();
        }

        return error;
    }

    /// <summary>umount.</summary>
    /// <returns><see cref="Errno.EINVAL"/> when nothing is mounted there, <see cref="Errno.EBUSY"/> while it is in use.</returns>
    public Errno Unmount(Inode current, ReadOnlySpan<byte> path)
    {
        Errno error = TryResolve(current, path, follows: true, out Inode? root);
        if (error != Errno.Success)
        {
            return error;
        }

        SuperBlock superBlock = root!.SuperBlock;
        error = superBlock.Operations.Synchronize(superBlock);
        if (error == Errno.Success)
        {
            error = _mounts.Unmount(root);
        }

        root.Release();
        return error;
    }

    /// <summary>sync: writes every mounted file system back.</summary>
    /// <returns>The first error.</returns>
    public Errno Synchronize()
    {
        Errno first = Errno.Success;
        foreach (SuperBlock superBlock in _mounts.Mounted())
        {
            Errno error = superBlock.Operations.Synchronize(superBlock);
            first = first == Errno.Success ? error : first;
        }

        return first;
    }

    private static void Require(Errno error)
    {
        if (error != Errno.Success)
        {
            throw new InvalidOperationException($"the first files cannot be made: {error}");
        }
    }
}
