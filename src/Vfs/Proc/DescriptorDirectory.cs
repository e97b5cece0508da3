using System.Globalization;
using System.Text;

namespace KernelSockets.Vfs.Proc;

/// <summary>/proc/PID/fd: a link for each descriptor that the process owns.</summary>
/// <remarks>Descriptors above 2 work in every process of this kernel; here each is listed with its owner.</remarks>
internal sealed class DescriptorDirectory(ulong number, ProcDirectory parent, VirtualFileSystem vfs, IProcess process)
    : ProcDirectory(number, parent, ReadAndSearchForOwner)
{
    private const InodeMode ReadAndSearchForOwner = (InodeMode)0x140; // 0500
    private const int NumberShift = 32;

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name)
    {
        bool isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int fd) && (name.Length == 1 || name[0] != (byte)'0');
        return isNumber ? LinkOf(fd) : null;
    }

    /// <inheritdoc/>
    public override ProcEntry? Next(long position)
    {
        for (int fd = position > int.MaxValue ? -1 : vfs.Files.NextOwned(process.JobId, (int)position); fd >= 0; fd = vfs.Files.NextOwned(process.JobId, fd + 1))
        {
            // It may have been closed since.
            if (LinkOf(fd) is { } link)
            {
                return new ProcEntry(fd, Encoding.ASCII.GetBytes(fd.ToString(CultureInfo.InvariantCulture)), link);
            }
        }

        return null;
    }

    /// <summary>The link of a descriptor; its number is above those that <see cref="ProcNumbers"/> gives.</summary>
    private DescriptorLink? LinkOf(int fd)
    {
        if (vfs.Files.NextOwned(process.JobId, fd) != fd || vfs.Files.TryGet(process.JobId, fd, out OpenFile? file) != Errno.Success)
        {
            return null;
        }

        InodeMode permissions = DescriptorLink.PermissionsOf(file!);
        file!.Release();
        return new DescriptorLink((Number << NumberShift) + (uint)fd, permissions, vfs, process, fd);
    }
}
