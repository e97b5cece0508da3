namespace KernelSockets.Vfs.Proc;

/// <summary>/proc/PID/fd/N: leads to the file that a descriptor has open, whether that still has a name or not.</summary>
internal sealed class DescriptorLink(ulong number, InodeMode permissions, VirtualFileSystem vfs, IProcess process, int fd) : ProcLink(number, permissions)
{
    private const InodeMode CanReadMode = (InodeMode)0x140; // 0500
    private const InodeMode CanWriteMode = (InodeMode)0xC0; // 0300

    /// <summary>What the permissions of a link tell: whether the descriptor is open for reading, and for writing.</summary>
    public static InodeMode PermissionsOf(OpenFile file) =>
        (file.CanRead ? CanReadMode : InodeMode.None) | (file.CanWrite ? CanWriteMode : InodeMode.None);

    public override IoResult Read(Span<byte> target)
    {
        if (vfs.Files.TryGet(process.JobId, fd, out OpenFile? file) != Errno.Success)
        {
            return Errno.ENOENT;
        }

        IoResult result = FileName.Of(vfs, file!, target);
        file!.Release();
        return result;
    }

    public override Errno Follow(out Inode? target, out FileLocation? location)
    {
        target = null;
        location = null;
        if (vfs.Files.TryGet(process.JobId, fd, out OpenFile? file) != Errno.Success)
        {
            return Errno.ENOENT;
        }

        target = file!.Inode;
        target.Hold();
        location = file.Location?.Copy();
        file.Release();
        return Errno.Success;
    }
}
