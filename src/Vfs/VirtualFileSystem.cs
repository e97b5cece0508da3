using KernelSockets.Vfs.Block;
using KernelSockets.Vfs.Dev;
using KernelSockets.Vfs.Events;
using KernelSockets.Vfs.Locks;
using KernelSockets.Vfs.Memory;
using KernelSockets.Vfs.Minix;
using KernelSockets.Vfs.Names;
using KernelSockets.Vfs.Pipe;
using KernelSockets.Vfs.Proc;
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
    /// <summary>About what a remembered name costs with its inode, in bytes.</summary>
    public const int BytesPerName = 432;

    private readonly MountTable _mounts;

    /// <summary>Held by a rename: while it is, no directory moves, so that none becomes its own ancestor.</summary>
    private readonly Lock _renameGate = new();
    private readonly MinixFileSystem _minix;
    private int _lastAnonymousDevice;

    /// <summary>A machine with an empty root in memory, /dev with the devices that every system has, and /tmp.</summary>
    /// <param name="clock">Stamps the times.</param>
    /// <param name="entropy">Feeds /dev/random.</param>
    /// <param name="queues">Makes wait queues.</param>
    /// <param name="names">Most names, and with them inodes, that are remembered; 0 for none. See <see cref="BytesPerName"/>.</param>
    public VirtualFileSystem(Clock clock, EntropySource entropy, IWaitQueueFactory queues, int names = NameCache.DefaultCapacity)
    {
        Locks = new FileLocks(queues);
        Files = new FileTable(locks: Locks);
        Pipes = new PipeFileSystem(queues, clock, NextAnonymousDevice());
        Sockets = new SocketFileSystem(clock, NextAnonymousDevice());
        Events = new EventFileSystem(queues, NextAnonymousDevice());
        MemoryFileSystem memory = new(clock);
        Require(FileSystems.Register(memory));
        Require(FileSystems.Register(Pipes));
        Require(FileSystems.Register(Sockets));
        Require(FileSystems.Register(Events));
        Require(FileSystems.Register(new DeviceFileSystem(Devices)));
        Require(FileSystems.Register(new BlockFileSystem(BlockDevices)));
        _minix = new MinixFileSystem(clock);
        Require(FileSystems.Register(_minix));
        Proc = new ProcFileSystem(this, clock);
        Require(FileSystems.Register(Proc));
        Require(memory.Super(device: null, NextAnonymousDevice(), isReadOnly: false, out SuperBlock? root));
        root!.Source = memory.Name;
        _mounts = new MountTable(root, names);
        Require(MakeDirectory(Root, "/dev"u8, InodeMode.DefaultDirectory));
        Require(MakeDirectory(Root, "/tmp"u8, InodeMode.AllForAll | InodeMode.Sticky));
        Require(Mount(Root, "/dev"u8, FileSystemType.Memory, device: null, isReadOnly: false));
        Require(AddDevice(DeviceNumbers.Null, new NullDevice()));
        Require(AddDevice(DeviceNumbers.Zero, new ZeroDevice()));
        Require(AddDevice(DeviceNumbers.Full, new FullDevice()));
        Require(AddDevice(DeviceNumbers.Random, new RandomDevice("random", entropy)));
        Require(AddDevice(DeviceNumbers.URandom, new RandomDevice("urandom", entropy)));
        Require(MakeSymbolicLink(Root, "/proc/self/fd"u8, "/dev/fd"u8));
        Require(MakeSymbolicLink(Root, "/proc/self/fd/0"u8, "/dev/stdin"u8));
        Require(MakeSymbolicLink(Root, "/proc/self/fd/1"u8, "/dev/stdout"u8));
        Require(MakeSymbolicLink(Root, "/proc/self/fd/2"u8, "/dev/stderr"u8));
    }

    /// <summary>File systems by type. More may be registered at start-up, before anything is mounted from another task.</summary>
    public FileSystemTable FileSystems { get; } = new();

    /// <summary>Character devices by number.</summary>
    public DeviceRegistry Devices { get; } = new();

    /// <summary>Block devices by number.</summary>
    public BlockDeviceRegistry BlockDevices { get; } = new();

    /// <summary>Bytes of blocks that each file system on a device may hold in memory; for those mounted from now on.</summary>
    public long BlockCacheBytes
    {
        get => _minix.CacheBytes;
        set => _minix.CacheBytes = value;
    }

    /// <summary>Names that are remembered now.</summary>
    public int RememberedNames => _mounts.Names.Count;

    /// <summary>Gets what the user should know of a device that was mounted; null for nobody.</summary>
    public Action<string>? Warn { get; set; }

    /// <summary>Descriptors.</summary>
    public FileTable Files { get; }

    /// <summary>Advisory locks on files.</summary>
    public FileLocks Locks { get; }

    /// <summary>Pipes.</summary>
    public PipeFileSystem Pipes { get; }

    /// <summary>Event counters and epoll sets.</summary>
    public EventFileSystem Events { get; }

    /// <summary>Sockets.</summary>
    public SocketFileSystem Sockets { get; }

    /// <summary>/proc, which the kernel fills and mounts.</summary>
    public ProcFileSystem Proc { get; }

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

    /// <summary>Enters a block device and makes its node in /dev.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="device">The device.</param>
    /// <returns><see cref="Errno.EBUSY"/> when the number is taken, <see cref="Errno.EEXIST"/> when the name is.</returns>
    public Errno AddBlockDevice(DeviceNumber number, BlockDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Errno error = BlockDevices.Register(number, device);
        byte[] path = System.Text.Encoding.UTF8.GetBytes($"/dev/{device.Name}");
        return error == Errno.Success ? MakeNode(Root, path, InodeMode.BlockDevice | InodeMode.ReadWriteForAll, number) : error;
    }

    /// <summary>Mounts <see cref="Proc"/> on /proc, which is made when it is missing.</summary>
    /// <returns><see cref="Errno.EROFS"/> when it is missing and cannot be made, or as mount.</returns>
    public Errno MountProc()
    {
        Errno error = MakeDirectory(Root, "/proc"u8, InodeMode.DefaultDirectory);
        return error is Errno.Success or Errno.EEXIST ? Mount(Root, "/proc"u8, FileSystemType.Proc, device: null, isReadOnly: false) : error;
    }

    /// <summary>sync: writes every mounted file system back.</summary>
    /// <returns>The first error.</returns>
    public Errno Synchronize() => ForEachMount(static superBlock => superBlock.Operations.Synchronize(superBlock));

    /// <summary>Writes back the file systems whose oldest change is that old; a task of the kernel calls it every few seconds.</summary>
    /// <returns>The first error; a later sync or fsync tells it, too.</returns>
    public Errno WriteBackOld(TimeSpan age) => ForEachMount(superBlock => superBlock.Operations.WriteBack(superBlock, age));

    /// <summary>Writes everything back and marks the file systems as clean; before the machine ends or restarts. Using them further is allowed.</summary>
    /// <returns>The first error.</returns>
    public Errno Settle() => ForEachMount(static superBlock => superBlock.Operations.Settle(superBlock));

    /// <summary>Forgets what names lead to, and lets go of the inodes, as Linux does at <c>echo 2 &gt;/proc/sys/vm/drop_caches</c>.</summary>
    public void ForgetNames() => _mounts.Names.Forget();

    private Errno ForEachMount(Func<SuperBlock, Errno> action)
    {
        Errno first = Errno.Success;
        foreach (SuperBlock superBlock in _mounts.Mounted())
        {
            Errno error = action(superBlock);
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
