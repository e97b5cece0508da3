namespace KernelSockets.Vfs.Proc;

/// <summary>A node of /proc as somebody holds it.</summary>
internal sealed class ProcInode : Inode
{
    public ProcInode(SuperBlock superBlock, ProcNode node, DateTimeOffset now)
        : base(superBlock, node.Number, node.Mode)
    {
        Node = node;
        LinkCount = node is ProcDirectory ? 2U : 1;
        AccessTime = now;
        ModificationTime = now;
        ChangeTime = now;
    }

    /// <summary>The node.</summary>
    public ProcNode Node { get; }
}
