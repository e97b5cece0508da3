namespace KernelSockets.Vfs.Minix;

/// <summary>
/// The stages of writing back. After each the device flushes, so that a power cut finds the outcome of some stages whole, of one in part, and nothing of
/// those behind.
/// </summary>
internal enum WriteStage
{
    /// <summary>Maps with what is new in use; content of files; new blocks of numbers and names, the latter without the names.</summary>
    Contents,

    /// <summary>Inodes that have names, and blocks of numbers; a directory that moves names the root as its parent.</summary>
    Inodes,

    /// <summary>New names.</summary>
    NamesAdded,

    /// <summary>Names that lead to another inode.</summary>
    NamesReplaced,

    /// <summary>Names that have gone.</summary>
    NamesRemoved,

    /// <summary>Inodes without names, the parents of moved directories, and maps without what is free.</summary>
    Freed,
}
