namespace KernelSockets.UserApps.Files;

/// <summary>mount, umount and sync.</summary>
internal static class Mounting
{
    public const string MountHelp = """
        Usage: mount [-r] [-t TYPE] [-o OPTION,...] SOURCE DIRECTORY
               mount
        Mounts a file system, or shows what is mounted.
          -o OPTION,...  ro, rw, nosuid, noexec, defaults
          -r             as -o ro
          -t TYPE        minix, tmpfs, proc; without it, each that lies on a device is tried

        """;

    public const string UnmountHelp = """
        Usage: umount DIRECTORY|DEVICE...

        """;

    public const string SynchronizeHelp = """
        Usage: sync [FILE...]
        Writes what is in memory of the FILEs, or of all, to the disks.

        """;

    /// <summary>Exit status of a mount that failed (mount(8)).</summary>
    private const int FailedStatus = 32;

    private const ulong ReadOnlyFlag = 1; // MS_RDONLY
    private const ulong NoSetUserIdFlag = 2; // MS_NOSUID
    private const ulong NoExecutionFlag = 8; // MS_NOEXEC

    public static int Mount(string[] arguments)
    {
        string? type = null;
        ulong flags = 0;
        OptionReader reader = new("rwt:o:", arguments, ("types", 't'), ("options", 'o'), ("read-only", 'r'));
        while (reader.TryNext(out char option))
        {
            type = option == 't' ? reader.Value : type;
            flags |= option == 'r' ? ReadOnlyFlag : 0;
            if (option == 'o')
            {
                Apply(reader, ref flags);
            }
        }

        if (reader.Error is { } error)
        {
            _ = App.Misused("mount", error);
            return 1;
        }

        return (reader.Operands.Count, type) switch
        {
            (0, _) => Show(type),
            (2, _) => Mount(reader.Operands[0], reader.Operands[1], type, flags),
            _ => Misuse("mount", "bad usage"),
        };
    }

    public static int Unmount(string[] arguments)
    {
        OptionReader reader = new("", arguments);
        if (reader.TryNext(out _) || reader.Error is not null || reader.Operands.Count == 0)
        {
            return Misuse("umount", reader.Error ?? "bad usage");
        }

        int status = 0;
        foreach (string operand in reader.Operands)
        {
            Errno error = FileLibc.Outcome(FileLibc.Unmount(FileLibc.Terminated(PlaceOf(operand)), 0));
            if (error != Errno.Success)
            {
                string reason = error switch
                {
                    Errno.EINVAL => "not mounted",
                    Errno.EBUSY => "target is busy",
                    Errno.ENOENT => "no mount point specified",
                    _ => error.Describe(),
                };
                Console.Error.WriteLine($"umount: {operand}: {reason}.");
                status = FailedStatus;
            }
        }

        return status;
    }

    public static int Synchronize(string[] arguments)
    {
        OptionReader reader = new("", arguments);
        if (reader.TryNext(out _) || reader.Error is not null)
        {
            return Misuse("sync", reader.Error!);
        }

        if (reader.Operands.Count == 0)
        {
            FileLibc.Synchronize();
        }

        int status = 0;
        foreach (string path in reader.Operands)
        {
            const int nonBlocking = 0x800;
            int fd = FileLibc.Open(FileLibc.Terminated(path), nonBlocking, 0);
            Errno error = fd < 0 ? FileLibc.LastError : FileLibc.Outcome(FileLibc.Synchronize(fd));
            if (error != Errno.Success)
            {
                Console.Error.WriteLine($"sync: error {(fd < 0 ? "opening" : "syncing")} '{path}': {error.Describe()}");
                status = 1;
            }

            _ = fd < 0 ? 0 : FileLibc.Close(fd);
        }

        return status;
    }

    private static int Misuse(string command, string message)
    {
        _ = App.Misused(command, message);
        return 1;
    }

    private static void Apply(OptionReader reader, ref ulong flags)
    {
        foreach (string option in reader.Value.Split(','))
        {
            switch (option)
            {
                case "ro":
                    flags |= ReadOnlyFlag;
                    break;
                case "rw":
                    flags &= ~ReadOnlyFlag;
                    break;
                case "nosuid":
                    flags |= NoSetUserIdFlag;
                    break;
                case "noexec":
                    flags |= NoExecutionFlag;
                    break;
                case "defaults" or "":
                    break;
                default:
                    reader.Reject($"unsupported option '{option}'");
                    break;
            }
        }
    }

    private static int Show(string? type)
    {
        try
        {
            foreach (MountLine mount in MountList.Read().Where(mount => type is null || mount.Type == type))
            {
                Console.Out.WriteLine($"{mount.Source} on {mount.Directory} type {mount.Type} ({mount.Options})");
            }

            return 0;
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            return FileReport.Report("mount", "failed to read mtab", exception);
        }
    }

    private static int Mount(string source, string directory, string? type, ulong flags)
    {
        Errno error = Errno.ENODEV;
        foreach (string each in type is null ? TypesOnDevices() : [type])
        {
            error = FileLibc.Outcome(FileLibc.Mount(FileLibc.Terminated(source), FileLibc.Terminated(directory), FileLibc.Terminated(each), flags, null));
            if (error is not (Errno.EINVAL or Errno.ENODEV))
            {
                break; // there is such a file system, or it would be no better with another one
            }
        }

        if (error == Errno.Success)
        {
            return 0;
        }

        string reason = error switch
        {
            Errno.ENODEV => $"unknown filesystem type '{type}'",
            Errno.EINVAL => $"wrong fs type, bad option, bad superblock on {source}",
            Errno.EBUSY => $"{source} already mounted or mount point busy",
            Errno.ENOTBLK => $"{source} is not a block device",
            Errno.ENOENT => FileKind.IsThere(directory) ? $"special device {source} does not exist" : "mount point does not exist",
            Errno.ENOTDIR => "mount point is not a directory",
            Errno.ENXIO => $"{source} is not a valid block device",
            _ => error.Describe(),
        };
        Console.Error.WriteLine($"mount: {directory}: {reason}.");
        return FailedStatus;
    }

    /// <summary>File systems that lie on devices, from /proc/filesystems.</summary>
    private static List<string> TypesOnDevices()
    {
        try
        {
            return [.. File.ReadLines("/proc/filesystems").Where(static line => line.StartsWith('\t')).Select(static line => line.Trim())];
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            return ["minix"];
        }
    }

    /// <summary>Where a device is mounted; any other path is a place itself.</summary>
    private static string PlaceOf(string operand)
    {
        bool isDevice = FileStatus.TryRead(operand, follows: true, out FileStatus? status) == Errno.Success && status!.Type == FileModeText.BlockDevice;
        try
        {
            return isDevice ? MountList.Read().FindLast(mount => mount.Source == operand)?.Directory ?? operand : operand;
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            return operand;
        }
    }
}
