using System.Text;

namespace KernelSockets.Vfs.Proc;

/// <summary>Contents of /proc/mounts (fstab(5)), /proc/filesystems (filesystems(5)) and /proc/partitions.</summary>
internal static class MountFiles
{
    /// <summary>A line for each mounted file system: device, place, type, options.</summary>
    public static void WriteMounts(ProcText text, VirtualFileSystem vfs)
    {
        Span<byte> path = stackalloc byte[PathWalk.MaxPathLength];
        foreach (SuperBlock mounted in vfs.Mounts())
        {
            IoResult place = vfs.GetPath(mounted.Root!, path);
            if (!place.IsSuccess)
            {
                // Its place is gone, or cannot be told: it has been unmounted meanwhile.
                continue;
            }

            string name = mounted.Operations.Name;
            BlockDevice? device = mounted.Operations.RequiresDevice ? vfs.BlockDevices.Find(mounted.Device) : null;
            text.Append(Escape(Encoding.UTF8.GetBytes(device is null ? name : $"/dev/{device.Name}")));
            text.Append(" "u8);
            text.Append(Escape(path[..place.Count]));
            text.Line($" {name} {(mounted.IsReadOnly ? "ro" : "rw")},relatime 0 0");
        }
    }

    /// <summary>A line for each type of file system.</summary>
    public static void WriteFileSystems(ProcText text, FileSystemTable table)
    {
        foreach (FileSystemOps operations in table.All())
        {
            text.Line($"{(operations.RequiresDevice ? "" : "nodev")}\t{operations.Name}");
        }
    }

    /// <summary>A line for each disk, partition and memory image, with its size in KiB.</summary>
    public static void WritePartitions(ProcText text, IReadOnlyList<(DeviceNumber Number, BlockDevice Device)> devices)
    {
        const int SectorsPerBlock = 1024 / BlockDevice.SectorSize;
        text.Line("major minor  #blocks  name\n");
        foreach ((DeviceNumber number, BlockDevice device) in devices)
        {
            text.Line($"{number.Major,4}  {number.Minor,7} {device.SectorCount / SectorsPerBlock,10} {device.Name}");
        }
    }

    /// <summary>What would be taken for the end of a field or a comment is written in octal (Linux's mangle).</summary>
    private static byte[] Escape(ReadOnlySpan<byte> field)
    {
        List<byte> escaped = new(field.Length);
        foreach (byte value in field)
        {
            if (value is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\\' or (byte)'#')
            {
                escaped.AddRange(Encoding.ASCII.GetBytes($"\\{Convert.ToString(value, 8).PadLeft(3, '0')}"));
            }
            else
            {
                escaped.Add(value);
            }
        }

        return [.. escaped];
    }
}
