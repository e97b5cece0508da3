namespace KernelSockets.Vfs.Cache;

/// <summary>What a cached block holds, as far as the order of writes depends on it.</summary>
internal enum BlockKind : byte
{
    /// <summary>Content of files: may be written at any time.</summary>
    Data,

    /// <summary>Numbers of further blocks.</summary>
    Indirect,

    /// <summary>A piece of the inode table. What the device holds is kept beside what it will hold.</summary>
    Inodes,

    /// <summary>Names. What the device holds is kept beside what it will hold.</summary>
    Directory,
}
