namespace KernelSockets.Vfs.Proc;

/// <summary>A file whose content is made when it is read.</summary>
public sealed class ProcFile : ProcNode
{
    private const InodeMode ReadForAll = (InodeMode)0x124; // 0444

    private readonly Func<ProcText, Errno> _write;

    /// <summary>A file.</summary>
    /// <param name="number">Number of its inode.</param>
    /// <param name="write">Writes its content; may block. <see cref="Errno.ESRCH"/> when what it tells of is gone.</param>
    public ProcFile(ulong number, Func<ProcText, Errno> write)
        : base(number, InodeMode.Regular | ReadForAll) => _write = write;

    /// <summary>Makes the content.</summary>
    /// <returns><see cref="Errno.ENOMEM"/> when it is longer than <see cref="ProcText.MaxSize"/>, or what its writer says.</returns>
    internal Errno Generate(out byte[] content)
    {
        ProcText text = new();
        Errno error = _write(text);
        error = error == Errno.Success && text.HasOverflowed ? Errno.ENOMEM : error;
        content = error == Errno.Success ? text.Written.ToArray() : [];
        return error;
    }
}
