namespace KernelSockets.Vfs.Proc;

/// <summary>A mounted /proc. Directories in use have one inode each, so that what is mounted on one is found there; files and links get a new one each time.</summary>
internal sealed class ProcSuperBlock : SuperBlock
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ProcNode, ProcInode> _directories = [];
    private readonly Clock _clock;

    public ProcSuperBlock(FileSystemOps operations, DeviceNumber device, Clock clock)
        : base(operations, device) => _clock = clock;

    /// <summary>The inode of a node, with a reference for the caller.</summary>
    public ProcInode Get(ProcNode node)
    {
        if (node is not ProcDirectory)
        {
            return new ProcInode(this, node, _clock.UtcNow);
        }

        lock (_gate)
        {
            if (_directories.TryGetValue(node, out ProcInode? known))
            {
                known.Hold();
                return known;
            }

            ProcInode inode = new(this, node, _clock.UtcNow);
            _directories.Add(node, inode);
            return inode;
        }
    }

    /// <summary>Nobody holds an inode any more, unless it has been found again meanwhile.</summary>
    public void Forget(ProcInode inode)
    {
        lock (_gate)
        {
            if (inode.References == 0 && _directories.TryGetValue(inode.Node, out ProcInode? known) && known == inode)
            {
                _directories.Remove(inode.Node);
            }
        }
    }
}
