namespace KernelSockets.Vfs.Proc;

/// <summary>A symbolic link whose target is made when it is read.</summary>
public abstract class ProcLink : ProcNode
{
    /// <summary>A link.</summary>
    /// <param name="number">Number of its inode.</param>
    /// <param name="permissions">All, but for the links of descriptors, which tell how those are open.</param>
    protected ProcLink(ulong number, InodeMode permissions = InodeMode.AllForAll)
        : base(number, InodeMode.SymbolicLink | permissions)
    {
    }

    /// <summary>readlink.</summary>
    /// <returns>Bytes of the target, cut to the room there is; <see cref="Errno.ENOENT"/> when what it tells of is gone.</returns>
    public abstract IoResult Read(Span<byte> target);

    /// <summary>Where it leads; as <see cref="FileSystemOps.Follow"/>. Default: its text tells.</summary>
    public virtual Errno Follow(out Inode? target, out FileLocation? location)
    {
        target = null;
        location = null;
        return Errno.Success;
    }

    /// <summary>Copies a target as far as there is room.</summary>
    protected static IoResult Cut(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int count = Math.Min(text.Length, target.Length);
        text[..count].CopyTo(target);
        return IoResult.Ok(count);
    }
}
