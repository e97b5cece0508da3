namespace KernelSockets.Vfs.Locks;

/// <summary>What a lock on a file lets others do, with fcntl's values (F_RDLCK, F_WRLCK, F_UNLCK).</summary>
public enum LockType
{
    /// <summary>Others may share it.</summary>
    Shared = 0,

    /// <summary>Nobody else has any.</summary>
    Exclusive = 1,

    /// <summary>No lock: what there is goes.</summary>
    None = 2,
}
