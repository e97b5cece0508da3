namespace KernelSockets;

/// <summary>A file, directory, device node, pipe or socket, apart from its names. File systems derive from it to keep what they need.</summary>
/// <remarks>
/// Reference counted: names being walked, open files and mounts hold it. When the last one lets go, <see cref="FileSystemOps.Close"/> decides
/// whether it stays cached or, without a name, is freed. <see cref="Gate"/> protects what the file system changes.
/// </remarks>
public class Inode
{
    private int _references = 1;
    private Lock? _gate;

    /// <summary>An inode with one reference, the caller's.</summary>
    /// <param name="superBlock">The file system it belongs to.</param>
    /// <param name="number">Its number there.</param>
    /// <param name="mode">Type and permissions.</param>
    public Inode(SuperBlock superBlock, ulong number, InodeMode mode)
    {
        ArgumentNullException.ThrowIfNull(superBlock);
        SuperBlock = superBlock;
        superBlock.Activate();
        Number = number;
        Mode = mode;
    }

    /// <summary>The file system it belongs to.</summary>
    public SuperBlock SuperBlock { get; }

    /// <summary>Operations of that file system.</summary>
    public FileSystemOps Operations => SuperBlock.Operations;

    /// <summary>Number in its file system.</summary>
    public ulong Number { get; }

    /// <summary>Type and permissions.</summary>
    public InodeMode Mode { get; set; }

    /// <summary>Owner.</summary>
    public uint UserId { get; set; }

    /// <summary>Group.</summary>
    public uint GroupId { get; set; }

    /// <summary>Names it has; at 0 it is freed with the last reference.</summary>
    public uint LinkCount { get; set; } = 1;

    /// <summary>Bytes.</summary>
    public long Size { get; set; }

    /// <summary>The device that a device node stands for.</summary>
    public DeviceNumber SpecialDevice { get; set; }

    /// <summary>Last read.</summary>
    public DateTimeOffset AccessTime { get; set; }

    /// <summary>Last change of the content.</summary>
    public DateTimeOffset ModificationTime { get; set; }

    /// <summary>Last change of the inode.</summary>
    public DateTimeOffset ChangeTime { get; set; }

    /// <summary>The file system mounted on this directory; changed by the mount table alone.</summary>
    public SuperBlock? MountedHere { get; set; }

    /// <summary>Protects the content and the fields above. Taken before the gates of poll sources, never while waiting for another inode's.</summary>
    /// <remarks>Made when it is first asked for: many file systems have a lock for all of their inodes.</remarks>
    public Lock Gate => LazyInitializer.EnsureInitialized(ref _gate);

    /// <summary>References held.</summary>
    public int References => Volatile.Read(ref _references);

    /// <summary>What open files of a FIFO or socket share; protected by <see cref="Gate"/>.</summary>
    public object? Attachment { get; set; }

    /// <summary>What a new inode takes over from its directory: with set-group-id the group, and if it is a directory itself that flag, too (Linux's inode_init_owner).</summary>
    public void InheritFrom(Inode directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (directory.Mode.HasFlag(InodeMode.SetGroupId))
        {
            GroupId = directory.GroupId;
            Mode |= Mode.IsDirectory() ? InodeMode.SetGroupId : InodeMode.None;
        }
    }

    /// <summary>Adds a reference; from none only where the file system's own lock keeps <see cref="FileSystemOps.Close"/> away.</summary>
    public void Hold()
    {
        if (Interlocked.Increment(ref _references) == 1)
        {
            SuperBlock.Activate();
        }
    }

    /// <summary>Adds a reference for whoever has found the inode without a lock.</summary>
    /// <returns>False when nobody holds it any more.</returns>
    public bool TryHold()
    {
        int references = References;
        while (references > 0)
        {
            int seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
            {
                return true;
            }

            references = seen;
        }

        return false;
    }

    /// <summary>Drops a reference; the last one tells the file system.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Operations.Close(this);
            SuperBlock.Deactivate();
        }
    }
}
