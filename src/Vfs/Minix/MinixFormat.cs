using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>mkfs: makes an empty minix file system. The same device size, options and time give the same bytes.</summary>
internal static class MinixFormat
{
    /// <summary>Writes super block, maps, inode table and root directory.</summary>
    /// <param name="operations">The file system.</param>
    /// <param name="device">Where.</param>
    /// <param name="options"><c>version=1|2|3</c>, <c>names=14|30|60</c> and <c>inodes=N</c>, parted by commas; each may be missing.</param>
    /// <param name="now">Time of the root directory.</param>
    /// <returns><see cref="Errno.EINVAL"/> for bad options, <see cref="Errno.ENOSPC"/> for a device that is too small or, for V1, too large, <see cref="Errno.EIO"/>.</returns>
    public static Errno Make(MinixFileSystem operations, BlockDevice device, string options, DateTimeOffset now)
    {
        if (!TryParse(options, out MinixVariant? variant, out uint inodes))
        {
            return Errno.EINVAL;
        }

        if (MinixLayout.Plan(variant!, device.SectorCount * BlockDevice.SectorSize, inodes) is not { } layout)
        {
            return Errno.ENOSPC;
        }

        MinixSuperBlock volume = new(operations, DeviceNumber.None, device, layout);
        Errno error = WriteTables(volume);
        error = error == Errno.Success ? WriteRoot(volume, now) : error;
        error = error == Errno.Success ? volume.WriteBack() : error;
        return error == Errno.Success ? WriteSuperBlock(volume) : error;
    }

    /// <summary>Boot block, maps and inode table: what an earlier file system left there would mean something.</summary>
    private static Errno WriteTables(MinixSuperBlock volume)
    {
        MinixLayout layout = volume.Layout;
        byte[] zeros = new byte[BlockCache.MaxTransfer];
        Errno error = Errno.Success;
        for (uint block = 0; block < layout.FirstDataZone && error == Errno.Success; block += (uint)(zeros.Length / layout.BlockSize))
        {
            int bytes = (int)Math.Min(zeros.Length, (layout.FirstDataZone - block) * (long)layout.BlockSize);
            error = volume.Cache.WriteThrough(block, zeros.AsSpan(0, bytes));
        }

        volume.InodeMap.Clear();
        volume.ZoneMap.Clear();
        return error;
    }

    /// <summary>Last, so that a device on which this ends half-way holds no file system.</summary>
    private static Errno WriteSuperBlock(MinixSuperBlock volume)
    {
        byte[] super = new byte[MinixLayout.Size];
        volume.Layout.Write(super);
        Errno error = volume.Cache.WriteThrough(MinixLayout.Position / volume.Layout.BlockSize, super);
        return error == Errno.Success ? volume.Cache.Flush() : error;
    }

    private static bool TryParse(string options, out MinixVariant? variant, out uint inodes)
    {
        int version = 3;
        int names = 0;
        inodes = 0;
        variant = null;
        foreach (string option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = option.Split('=');
            bool isKnown = parts.Length == 2 && parts[0] switch
            {
                "version" => int.TryParse(parts[1], out version),
                "names" => int.TryParse(parts[1], out names),
                "inodes" => uint.TryParse(parts[1], out inodes),
                _ => false,
            };
            if (!isKnown)
            {
                return false;
            }
        }

        variant = MinixVariant.Find(version, names != 0 ? names : version == 3 ? MinixVariant.V3.NameLength : MinixVariant.V1Long.NameLength);
        return variant is not null;
    }

    private static Errno WriteRoot(MinixSuperBlock volume, DateTimeOffset now)
    {
        Errno error = volume.TryCreate(InodeMode.Directory | InodeMode.DefaultDirectory, now, out MinixInode? root);
        if (error != Errno.Success)
        {
            return error;
        }

        root!.LinkCount = 2;
        error = MinixDirectory.Add(root, "."u8, MinixSuperBlock.RootNumber);
        if (error == Errno.Success)
        {
            error = MinixDirectory.Add(root, ".."u8, MinixSuperBlock.RootNumber);
        }

        return error == Errno.Success ? volume.Store(root) : error;
    }
}
