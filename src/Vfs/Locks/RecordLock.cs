namespace KernelSockets.Vfs.Locks;

/// <summary>A lock on a part of a file, as fcntl(2) sets and tells it.</summary>
/// <param name="Owner">The job that has it.</param>
/// <param name="Type">Shared or exclusive; in a request, also none.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Last byte; <see cref="long.MaxValue"/> for all that may ever follow.</param>
public readonly record struct RecordLock(int Owner, LockType Type, long Start, long End)
{
    /// <summary>True when the two cannot be held at the same time.</summary>
    public bool ConflictsWith(in RecordLock other) =>
        Owner != other.Owner && (Type == LockType.Exclusive || other.Type == LockType.Exclusive) && Start <= other.End && other.Start <= End;

    /// <summary>True when the two overlap, or nothing lies between them.</summary>
    public bool Touches(in RecordLock other) => Start - 1 <= other.End && other.Start - 1 <= End;
}
