namespace KernelSockets;

/// <summary>A mounted file system. File systems derive from it to keep what they need.</summary>
/// <remarks>Made by <see cref="FileSystemOps.Super"/>. The mount fields are changed by the mount table alone, under its lock.</remarks>
public class SuperBlock
{
    private int _activeInodes;

    /// <summary>A file system that is not mounted yet.</summary>
    /// <param name="operations">Its operations.</param>
    /// <param name="device">The number that st_dev tells.</param>
    public SuperBlock(FileSystemOps operations, DeviceNumber device)
    {
        Operations = operations;
        Device = device;
    }

    /// <summary>Operations of the file system.</summary>
    public FileSystemOps Operations { get; }

    /// <summary>The number that st_dev tells; unique among mounted file systems.</summary>
    public DeviceNumber Device { get; }

    /// <summary>True when nothing on it may change.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Bytes a block.</summary>
    public int BlockSize { get; init; } = 4096;

    /// <summary>Longest name, in bytes.</summary>
    public int MaxNameLength { get; init; } = DirectoryEntry.MaxNameLength;

    /// <summary>True when the last one to use the device did not unmount it, and it should be checked.</summary>
    public bool IsUnclean { get; init; }

    /// <summary>True when what a name leads to may be remembered, since names change by <see cref="FileSystemOps"/> alone.</summary>
    public bool KeepsNames { get; init; }

    /// <summary>What was mounted, as /proc/mounts tells it: the path of a device, or just a word. Set when it is mounted.</summary>
    public string Source { get; set; } = "none";

    /// <summary>The root directory; the super block holds a reference. Null for pipes and sockets, which have no directories.</summary>
    public Inode? Root { get; set; }

    /// <summary>The directory that this file system covers; null for the root of all and before it is mounted.</summary>
    public Inode? MountPoint { get; set; }

    /// <summary>Inodes that somebody holds; 1, the root, when the file system can be unmounted.</summary>
    public int ActiveInodes => Volatile.Read(ref _activeInodes);

    internal void Activate() => Interlocked.Increment(ref _activeInodes);

    internal void Deactivate() => Interlocked.Decrement(ref _activeInodes);
}
