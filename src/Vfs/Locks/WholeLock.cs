namespace KernelSockets.Vfs.Locks;

/// <summary>A lock on a whole file (flock(2)); goes with the open file that has it.</summary>
internal sealed class WholeLock(FileLocks locks, OpenFile file, LockType type) : IOpenFileObserver
{
    /// <summary>Who has it.</summary>
    public OpenFile File { get; } = file;

    /// <summary>Shared or exclusive.</summary>
    public LockType Type { get; } = type;

    /// <inheritdoc/>
    public void OnClosed() => locks.Drop(this);
}
