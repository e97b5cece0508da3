namespace KernelSockets.Vfs.Proc;

/// <summary>A link straight to a directory: /proc/PID/cwd and /proc/PID/root.</summary>
/// <param name="number">Number of its inode.</param>
/// <param name="vfs">Whose directories.</param>
/// <param name="hold">Gives the directory with a reference; null when there is none any more.</param>
internal sealed class DirectoryLink(ulong number, VirtualFileSystem vfs, Func<Inode?> hold) : ProcLink(number)
{
    public override IoResult Read(Span<byte> target)
    {
        if (hold() is not { } directory)
        {
            return Errno.ENOENT;
        }

        IoResult result = FileName.OfDirectory(vfs, directory, target);
        directory.Release();
        return result;
    }

    public override Errno Follow(out Inode? target, out FileLocation? location)
    {
        location = null;
        target = hold();
        return target is null ? Errno.ENOENT : Errno.Success;
    }
}
