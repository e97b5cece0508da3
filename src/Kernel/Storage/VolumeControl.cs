using System.Text;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Storage;

/// <summary>mkfs and fsck over the block devices of the file layer.</summary>
internal sealed class VolumeControl(VirtualFileSystem vfs) : IVolumeControl
{
    /// <inheritdoc/>
    public Errno Format(string path, string type, string options)
    {
        Errno error = Find(path, type, out BlockDevice? device, out FileSystemOps? operations);
        if (error != Errno.Success)
        {
            return error;
        }

        return device!.IsReadOnly ? Errno.EROFS : operations!.MakeFileSystem(device, options);
    }

    /// <inheritdoc/>
    public Errno Check(string path, string type, CheckOptions options, Action<string> report, out CheckOutcome outcome)
    {
        outcome = default;
        Errno error = Find(path, type, out BlockDevice? device, out FileSystemOps? operations);
        if (error != Errno.Success)
        {
            return error;
        }

        return device!.IsReadOnly && options.HasFlag(CheckOptions.Repair) ? Errno.EROFS : operations!.Check(device, options, report, out outcome);
    }

    private Errno Find(string path, string type, out BlockDevice? device, out FileSystemOps? operations)
    {
        device = null;
        operations = vfs.FileSystems.Find(type);
        if (operations is null)
        {
            return Errno.ENODEV;
        }

        Errno error = vfs.TryFindBlockDevice(vfs.Root, Encoding.UTF8.GetBytes(path), out DeviceNumber number, out device);
        return error == Errno.Success && vfs.IsMounted(number) ? Errno.EBUSY : error;
    }
}
