using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Storage;

/// <summary>
/// Chooses the root: what <c>root=</c> says, else the first disk or partition that holds a file system, else the image in memory, else the empty tree that
/// the machine starts with. Start-up only, before anybody stands in the old root.
/// </summary>
internal static class RootFileSystem
{
    private const string DeviceFolder = "/dev/";
    private const string RamPrefix = "ram";

    /// <summary>Mounts it.</summary>
    /// <param name="vfs">With the disks entered.</param>
    /// <param name="wanted">Name of a device, with or without /dev/; empty for the default.</param>
    public static void Mount(VirtualFileSystem vfs, string wanted)
    {
        if (TryMountAny(vfs, wanted, out BlockDevice? device))
        {
            Log.Information($"root: minix on {device!.Name}");
            MountTemporary(vfs);
        }
        else
        {
            Log.Information("root: in memory; no disk holds a file system");
            MakeFolders(vfs);
        }
    }

    /// <summary>The directories that the image has as well.</summary>
    private static void MakeFolders(VirtualFileSystem vfs)
    {
        foreach (string path in (string[])["/home", "/mnt", "/root", "/var", "/var/www"])
        {
            Errno error = vfs.MakeDirectory(vfs.Root, System.Text.Encoding.UTF8.GetBytes(path), InodeMode.DefaultDirectory);
            if (error is not (Errno.Success or Errno.EEXIST))
            {
                Log.Error($"root: {path}: {error.Describe()}");
            }
        }
    }

    private static bool TryMountAny(VirtualFileSystem vfs, string wanted, out BlockDevice? device)
    {
        string name = wanted.StartsWith(DeviceFolder, StringComparison.Ordinal) ? wanted[DeviceFolder.Length..] : wanted;
        IReadOnlyList<(DeviceNumber Number, BlockDevice Device)> all = vfs.BlockDevices.All();
        if (name.Length > 0 && !all.Any(entry => entry.Device.Name == name))
        {
            Log.Error($"root: there is no disk {name}");
        }

        IEnumerable<(DeviceNumber Number, BlockDevice Device)> candidates =
            all.OrderBy(entry => entry.Device.Name == name ? 0 : entry.Device.Name.StartsWith(RamPrefix, StringComparison.Ordinal) ? 2 : 1);
        foreach ((DeviceNumber number, BlockDevice candidate) in candidates)
        {
            device = candidate;
            Errno error = vfs.ReplaceRoot(FileSystemType.Minix, candidate, isReadOnly: false, number);
            if (error == Errno.Success)
            {
                return true;
            }

            // Not every disk holds one; the one that was asked for should.
            if (error != Errno.EINVAL || candidate.Name == name)
            {
                Log.Error($"root: {candidate.Name} cannot be mounted: {Reason(error)}");
            }
        }

        device = null;
        return false;
    }

    private static string Reason(Errno error) => error switch
    {
        Errno.EINVAL => "it holds no minix file system",
        Errno.EUCLEAN => "its file system is damaged",
        Errno.ENOENT or Errno.ENOTDIR => "its file system has no directory /dev",
        _ => error.Describe(),
    };

    /// <summary>What is in /tmp ends with the machine.</summary>
    private static void MountTemporary(VirtualFileSystem vfs)
    {
        Errno error = vfs.MakeDirectory(vfs.Root, "/tmp"u8, InodeMode.DefaultDirectory);
        if (error is Errno.Success or Errno.EEXIST)
        {
            error = vfs.Mount(vfs.Root, "/tmp"u8, FileSystemType.Memory, device: null, isReadOnly: false);
        }

        if (error == Errno.Success)
        {
            InodeChange change = new() { Permissions = InodeMode.AllForAll | InodeMode.Sticky, ChangeTime = KernelClock.Instance.UtcNow };
            error = vfs.Change(vfs.Root, "/tmp"u8, follows: true, change);
        }

        if (error != Errno.Success)
        {
            Log.Error($"root: /tmp: {error.Describe()}");
        }
    }
}
