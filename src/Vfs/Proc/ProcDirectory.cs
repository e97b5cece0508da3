namespace KernelSockets.Vfs.Proc;

/// <summary>A directory of /proc. The same object each time it is found, since something may be mounted on it or stand in it.</summary>
public abstract class ProcDirectory : ProcNode
{
    private const InodeMode ReadAndSearchForAll = (InodeMode)0x16D; // 0555

    /// <summary>A directory.</summary>
    /// <param name="number">Number of its inode.</param>
    /// <param name="parent">Where ".." leads; null for the root of /proc.</param>
    /// <param name="permissions">Permissions.</param>
    protected ProcDirectory(ulong number, ProcDirectory? parent, InodeMode permissions = ReadAndSearchForAll)
        : base(number, InodeMode.Directory | permissions) => Parent = parent;

    /// <summary>Where ".." leads; null for the root of /proc.</summary>
    public ProcDirectory? Parent { get; }

    /// <summary>Finds a name.</summary>
    /// <returns>Null when there is no such name.</returns>
    public abstract ProcNode? Find(ReadOnlySpan<byte> name);

    /// <summary>Goes through the names.</summary>
    /// <param name="position">From which place on, 0 at first.</param>
    /// <returns>The first entry there or behind; null at the end.</returns>
    public abstract ProcEntry? Next(long position);
}
