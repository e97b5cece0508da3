namespace KernelSockets;

/// <summary>File systems on block devices that are not mounted, for mkfs and fsck.</summary>
public interface IVolumeControl
{
    /// <summary>Makes an empty file system.</summary>
    /// <param name="path">Node of the device.</param>
    /// <param name="type">The file system, for example <c>minix</c>.</param>
    /// <param name="options">As <see cref="FileSystemOps.MakeFileSystem"/> takes them.</param>
    /// <returns>
    /// <see cref="Errno.ENOENT"/>, <see cref="Errno.ENOTBLK"/> for what is no block device, <see cref="Errno.ENXIO"/> for one without a driver, <see cref="Errno.ENODEV"/>
    /// for an unknown type, <see cref="Errno.EBUSY"/> while it is mounted, <see cref="Errno.EROFS"/>, or what the file system says.
    /// </returns>
    Errno Format(string path, string type, string options);

    /// <summary>Checks a file system.</summary>
    /// <param name="path">Node of the device.</param>
    /// <param name="type">The file system.</param>
    /// <param name="options">What to do.</param>
    /// <param name="report">Gets every line to tell the user.</param>
    /// <param name="outcome">What was found.</param>
    /// <returns>As <see cref="Format"/>, or what <see cref="FileSystemOps.Check"/> says.</returns>
    Errno Check(string path, string type, CheckOptions options, Action<string> report, out CheckOutcome outcome);
}
