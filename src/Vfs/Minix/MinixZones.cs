namespace KernelSockets.Vfs.Minix;

/// <summary>The content of files: reading, writing, cutting, with holes where no zone holds a block.</summary>
/// <remarks>Under the super block's lock. The caller stores the inode afterwards.</remarks>
internal static class MinixZones
{
    /// <summary>Copies out.</summary>
    /// <returns>Bytes copied, 0 at the end; <see cref="Errno.EIO"/>, <see cref="Errno.EUCLEAN"/>.</returns>
    public static IoResult Read(MinixInode inode, long position, Span<byte> data)
    {
        MinixSuperBlock volume = inode.Volume;
        int blockSize = volume.Layout.BlockSize;
        data = data[..(int)Math.Min(data.Length, Math.Max(inode.Size - position, 0))];
        int done = 0;
        while (done < data.Length)
        {
            (long block, long offset) = Math.DivRem(position + done, blockSize);

            // A file that is read in order is read ahead; else only what is wanted is looked for.
            int most = block == inode.NextRead ? int.MaxValue : (int)((offset + data.Length - done + blockSize - 1) / blockSize);
            Errno error = MinixZoneMap.Find(inode, block, out ZoneRun run, most);
            int count = (int)Math.Min(data.Length - done, (run.Count * blockSize) - offset);
            if (error == Errno.Success && run.Zone == 0)
            {
                data.Slice(done, count).Clear();
            }
            else if (error == Errno.Success)
            {
                error = volume.Cache.ReadRun(run.Zone, (int)offset, data.Slice(done, count), Ahead(inode, run, offset + count));
            }

            if (error != Errno.Success)
            {
                return done > 0 ? IoResult.Ok(done) : error;
            }

            done += count;
            inode.NextRead = (position + done) / blockSize;
        }

        return IoResult.Ok(done);
    }

    /// <summary>Copies in, and lengthens the file.</summary>
    /// <returns>Bytes copied; when none: <see cref="Errno.ENOSPC"/>, <see cref="Errno.EFBIG"/>, <see cref="Errno.EIO"/>, <see cref="Errno.EUCLEAN"/>.</returns>
    public static IoResult Write(MinixInode inode, long position, ReadOnlySpan<byte> data)
    {
        MinixSuperBlock volume = inode.Volume;
        long room = volume.Layout.MaxFileSize - position;
        if (room <= 0 && !data.IsEmpty)
        {
            return Errno.EFBIG;
        }

        data = data[..(int)Math.Min(data.Length, Math.Max(room, 0))];
        int done = 0;
        while (done < data.Length)
        {
            (long block, long offset) = Math.DivRem(position + done, volume.Layout.BlockSize);
            int count = (int)Math.Min(data.Length - done, volume.Layout.BlockSize - offset);
            Errno error = WriteBlock(inode, block, (int)offset, data.Slice(done, count));
            if (error != Errno.Success)
            {
                return done > 0 ? IoResult.Ok(done) : error;
            }

            done += count;
            inode.Size = Math.Max(inode.Size, position + done);
        }

        return IoResult.Ok(done);
    }

    /// <summary>Cuts or lengthens; frees the zones behind the end.</summary>
    /// <returns><see cref="Errno.EFBIG"/>, <see cref="Errno.EIO"/>, <see cref="Errno.EUCLEAN"/>.</returns>
    public static Errno Truncate(MinixInode inode, long size)
    {
        MinixSuperBlock volume = inode.Volume;
        if (size > volume.Layout.MaxFileSize)
        {
            return Errno.EFBIG;
        }

        if (size > inode.Size || !inode.HasZones)
        {
            inode.Size = size;
            return Errno.Success;
        }

        // Also at the same size: a write that ran out of space may have left indirect zones behind the end.
        Errno error = ClearTail(inode, size);
        if (error is Errno.Success or Errno.EUCLEAN)
        {
            long keep = (size + volume.Layout.BlockSize - 1) / volume.Layout.BlockSize;
            Errno freed = MinixZoneMap.FreeFrom(inode, keep);
            inode.Size = size;
            error = error == Errno.Success ? freed : error;
        }

        return error;
    }

    /// <summary>Zones that a file of a size uses when it has no holes, indirect ones among them; what stat tells, as Linux's.</summary>
    public static long Count(MinixLayout layout, long size)
    {
        long perZone = layout.BlockSize / layout.Variant.ZoneNumberSize;
        long blocks = (size + layout.BlockSize - 1) / layout.BlockSize;
        long total = blocks;
        long rest = blocks - MinixInode.DirectZones;
        long span = 1;
        for (int level = 1; level <= layout.Variant.IndirectLevels && rest > 0; level++)
        {
            // A tree of this level: its own zone, and those of each level below it.
            span *= perZone;
            long leaves = Math.Min(rest, span);
            for (long below = span; below > 1; below /= perZone)
            {
                total += (leaves + below - 1) / below;
            }

            rest -= leaves;
        }

        return total;
    }

    /// <summary>Blocks from the beginning of a run on that may be read together: those wanted, and all of the run while the file is read in order.</summary>
    private static int Ahead(MinixInode inode, ZoneRun run, long bytes)
    {
        int blockSize = inode.Volume.Layout.BlockSize;
        long wanted = (bytes + blockSize - 1) / blockSize;
        if (run.Block != inode.NextRead)
        {
            return (int)wanted;
        }

        long toEnd = ((inode.Size + blockSize - 1) / blockSize) - run.Block;
        return (int)Math.Max(wanted, Math.Min(run.Count, toEnd));
    }

    private static Errno WriteBlock(MinixInode inode, long block, int offset, ReadOnlySpan<byte> data)
    {
        MinixSuperBlock volume = inode.Volume;
        Errno error = MinixZoneMap.FindOrMake(inode, block, out uint zone, out bool isNew);
        if (error != Errno.Success)
        {
            return error;
        }

        bool needsRest = isNew && (data.Length < volume.Layout.BlockSize || inode.Mode.IsDirectory());
        error = needsRest ? volume.Cache.Begin(zone, inode.ContentKind) : Errno.Success;
        error = error == Errno.Success ? volume.Cache.Write(zone, offset, data, inode.ContentKind) : error;
        if (error != Errno.Success && isNew)
        {
            // The zone would show what it held before. The first error is the one to tell.
            _ = MinixZoneMap.Unmake(inode, block);
        }

        return error;
    }

    /// <summary>What lies behind the new end in its block reads as zeros when the file grows again.</summary>
    private static Errno ClearTail(MinixInode inode, long size)
    {
        (long block, long offset) = Math.DivRem(size, inode.Volume.Layout.BlockSize);
        if (offset == 0)
        {
            return Errno.Success;
        }

        Errno error = MinixZoneMap.Find(inode, block, out ZoneRun run);
        return error == Errno.Success && run.Zone != 0 ? inode.Volume.Cache.ClearFrom(run.Zone, (int)offset, inode.ContentKind) : error;
    }
}
