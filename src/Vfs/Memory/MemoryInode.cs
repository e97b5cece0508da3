namespace KernelSockets.Vfs.Memory;

/// <summary>An inode of a <see cref="MemoryFileSystem"/>: a directory's names, a file's pages or a link's target.</summary>
internal sealed class MemoryInode : Inode
{
    public MemoryInode(MemorySuperBlock superBlock, ulong number, InodeMode mode, MemoryInode? parent)
        : base(superBlock, number, mode)
    {
        Parent = parent ?? this;
        Names = mode.IsDirectory() ? new DirectoryNames() : null;
    }

    /// <summary>What ".." leads to; itself at the root. Under the tree's lock.</summary>
    public MemoryInode Parent { get; set; }

    /// <summary>Names of a directory, under the tree's lock; null for others.</summary>
    public DirectoryNames? Names { get; }

    /// <summary>Pages of a file, null where nothing was ever written; under <see cref="Inode.Gate"/>.</summary>
    public List<byte[]?> Pages { get; } = [];

    /// <summary>Pages that are there; under <see cref="Inode.Gate"/>.</summary>
    public int PageCount { get; set; }

    /// <summary>Target of a symbolic link.</summary>
    public byte[] Target { get; init; } = [];
}
