namespace KernelSockets.Vfs.Proc;

/// <summary>
/// /proc (proc(5)): files whose content is made as they are read, from what the kernel enters in <see cref="Root"/>. Nothing in it can be changed.
/// </summary>
/// <remarks>
/// Every file tells a size of 0, as in Linux. A content is made by a read at position 0 and kept for the open file, so that pieces that are read one after the
/// other fit together. Unlike in Linux, nobody may open a file for writing, root neither.
/// </remarks>
public sealed class ProcFileSystem : FileSystemOps
{
    /// <summary>PROC_SUPER_MAGIC.</summary>
    private const uint Magic = 0x9FA0;

    /// <summary>Places of "." and ".." in a listing, before the directory's own.</summary>
    private const long OwnEntries = 2;

    private readonly Clock _clock;

    /// <summary>A /proc with what the VFS itself tells.</summary>
    /// <param name="vfs">Whose files.</param>
    /// <param name="clock">Stamps the times.</param>
    internal ProcFileSystem(VirtualFileSystem vfs, Clock clock)
    {
        _clock = clock;
        Root = new ProcRoot(new ProcNumbers(), vfs);
    }

    /// <summary>The root directory, where more is entered at start-up.</summary>
    public ProcRoot Root { get; }

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Proc;

    /// <inheritdoc/>
    public override string Name => "proc";

    /// <inheritdoc/>
    public override Errno Super(BlockDevice? device, DeviceNumber number, bool isReadOnly, out SuperBlock? superBlock)
    {
        ProcSuperBlock proc = new(this, number, _clock) { IsReadOnly = isReadOnly };
        proc.Root = proc.Get(Root);
        superBlock = proc;
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno StatFileSystem(SuperBlock superBlock, out FileSystemStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(superBlock);
        statistics = new FileSystemStatistics(Magic, superBlock.BlockSize, 0, 0, 0, 0, superBlock.MaxNameLength);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Namei(Inode directory, ReadOnlySpan<byte> name, out Inode? inode)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ProcDirectory here = (ProcDirectory)((ProcInode)directory).Node;
        ProcNode? found = name.SequenceEqual(".."u8) ? here.Parent ?? here : here.Find(name);
        inode = found is null ? null : ((ProcSuperBlock)directory.SuperBlock).Get(found);
        return found is null ? Errno.ENOENT : Errno.Success;
    }

    /// <summary>open: what is not there cannot be made, and is not there (Linux's proc_lookup).</summary>
    public override Errno Open(Inode directory, ReadOnlySpan<byte> name, OpenFlags flags, InodeMode mode, out Inode? inode)
    {
        Errno error = Namei(directory, name, out inode);
        return error == Errno.ENOENT ? error : base.Open(directory, name, flags, mode, out inode);
    }

    /// <inheritdoc/>
    public override Errno MakeDirectory(Inode directory, ReadOnlySpan<byte> name, InodeMode mode) => Errno.ENOENT;

    /// <inheritdoc/>
    public override Errno MakeNode(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, DeviceNumber device) => Errno.ENOENT;

    /// <inheritdoc/>
    public override Errno MakeSymbolicLink(Inode directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => Errno.ENOENT;

    /// <inheritdoc/>
    public override Errno Link(Inode inode, Inode directory, ReadOnlySpan<byte> name) => Errno.ENOENT;

    /// <inheritdoc/>
    public override Errno Change(Inode inode, in InodeChange change) => Errno.EPERM;

    /// <inheritdoc/>
    public override Errno Permission(Inode inode, AccessMask mask)
    {
        ArgumentNullException.ThrowIfNull(inode);
        return inode.Mode.IsRegular() && mask.HasFlag(AccessMask.Write) ? Errno.EACCES : base.Permission(inode, mask);
    }

    /// <inheritdoc/>
    public override void Close(Inode inode)
    {
        ArgumentNullException.ThrowIfNull(inode);
        ((ProcSuperBlock)inode.SuperBlock).Forget((ProcInode)inode);
    }

    /// <inheritdoc/>
    public override Errno OnOpen(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.State = ((ProcInode)file.Inode).Node is ProcFile node ? new ProcContent(node) : null;
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.State is not ProcContent content)
        {
            return base.Read(file, data, ref position);
        }

        IoResult result = content.Read(data, position);
        position += result.Count;
        return result;
    }

    /// <summary>lseek: nobody knows where the end will be (Linux's seq_lseek).</summary>
    public override Errno Seek(OpenFile file, long offset, SeekOrigin origin, long current, out long position)
    {
        position = 0;
        return origin == SeekOrigin.End ? Errno.EINVAL : base.Seek(file, offset, origin, current, out position);
    }

    /// <inheritdoc/>
    public override IoResult ReadLink(Inode inode, Span<byte> target) => ((ProcLink)((ProcInode)inode).Node).Read(target);

    /// <inheritdoc/>
    public override Errno Follow(Inode link, out Inode? target, out FileLocation? location) =>
        ((ProcLink)((ProcInode)link).Node).Follow(out target, out location);

    /// <inheritdoc/>
    public override IoResult ReadDirectory(OpenFile file, DirectoryEntry entry, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(entry);
        if (((ProcInode)file.Inode).Node is not ProcDirectory directory)
        {
            return Errno.ENOTDIR;
        }

        if (position < OwnEntries)
        {
            ProcDirectory self = position == 0 ? directory : directory.Parent ?? directory;
            entry.Set(position == 0 ? "."u8 : ".."u8, self.Number, self.Mode);
            position++;
            return IoResult.Ok(1);
        }

        if (directory.Next(position - OwnEntries) is not { } next)
        {
            return IoResult.Ok(0);
        }

        entry.Set(next.Name, next.Node.Number, next.Node.Mode);
        position = next.Position + OwnEntries + 1;
        return IoResult.Ok(1);
    }
}
