namespace KernelSockets.Vfs.Proc;

/// <summary>Something in /proc: a <see cref="ProcFile"/>, <see cref="ProcDirectory"/> or <see cref="ProcLink"/>, apart from its name.</summary>
public abstract class ProcNode
{
    /// <summary>A node.</summary>
    /// <param name="number">Number of its inode; unique in /proc.</param>
    /// <param name="mode">Type and permissions.</param>
    private protected ProcNode(ulong number, InodeMode mode)
    {
        Number = number;
        Mode = mode;
    }

    /// <summary>Number of its inode.</summary>
    public ulong Number { get; }

    /// <summary>Type and permissions.</summary>
    public InodeMode Mode { get; }
}
