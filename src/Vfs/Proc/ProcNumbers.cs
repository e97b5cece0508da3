namespace KernelSockets.Vfs.Proc;

/// <summary>Gives out inode numbers of one /proc.</summary>
public sealed class ProcNumbers
{
    private uint _last;

    /// <summary>A number that no other node has; from 1, which is the root's.</summary>
    public ulong Next() => Interlocked.Increment(ref _last);
}
