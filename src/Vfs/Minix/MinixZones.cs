using System.Buffers.Binary;

namespace KernelSockets.Vfs.Minix;

/// <summary>The content of files: which zone holds which block, direct or through indirect zones, and holes where none does.</summary>
/// <remarks>Under the super block's lock. The caller stores the inode afterwards.</remarks>
internal static class MinixZones
{
    /// <summary>Copies out.</summary>
    /// <returns>Bytes copied, 0 at the end; <see cref="Errno.EIO"/>, <see cref="Errno.EUCLEAN"/>.</returns>
    public static IoResult Read(MinixInode inode, long position, Span<byte> data)
    {
        MinixSuperBlock volume = inode.Volume;
        data = data[..(int)Math.Min(data.Length, Math.Max(inode.Size - position, 0))];
        int done = 0;
        while (done < data.Length)
        {
            (long block, int offset, int count) = Split(volume, position + done, data.Length - done);
            Errno error = Find(inode, block, creates: false, out uint zone, out _);
            Span<byte> target = data.Slice(done, count);
            if (error == Errno.Success && zone == 0)
            {
                target.Clear();
            }
            else if (error == Errno.Success)
            {
                error = volume.Cache.Read(zone, offset, target);
            }

            if (error != Errno.Success)
            {
                return done > 0 ? IoResult.Ok(done) : error;
            }

            done += count;
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
            (long block, int offset, int count) = Split(volume, position + done, data.Length - done);
            Errno error = Find(inode, block, creates: true, out uint zone, out bool isNew);
            if (error == Errno.Success && isNew && count < volume.Layout.BlockSize)
            {
                error = volume.Cache.Clear(zone);
            }

            if (error == Errno.Success)
            {
                error = volume.Cache.Write(zone, offset, data.Slice(done, count));
            }

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

        bool hasZones = inode.Mode.Type() is InodeMode.Regular or InodeMode.Directory or InodeMode.SymbolicLink;
        if (size > inode.Size || !hasZones)
        {
            inode.Size = size;
            return Errno.Success;
        }

        // Also at the same size: a write that ran out of space may have left indirect zones behind the end.
        Errno error = ClearTail(inode, size);
        if (error == Errno.Success)
        {
            long keep = (size + volume.Layout.BlockSize - 1) / volume.Layout.BlockSize;
            error = FreeFrom(inode, keep);
        }

        inode.Size = error == Errno.Success ? size : inode.Size;
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

    private static (long Block, int Offset, int Count) Split(MinixSuperBlock volume, long position, int length)
    {
        (long block, long offset) = Math.DivRem(position, volume.Layout.BlockSize);
        return (block, (int)offset, Math.Min(length, volume.Layout.BlockSize - (int)offset));
    }

    /// <summary>Finds the zone of a block.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="block">Number of the block in the file.</param>
    /// <param name="creates">True to make it, and the indirect zones on the way, when it is a hole.</param>
    /// <param name="zone">The zone; 0 for a hole.</param>
    /// <param name="isNew">True when it was made and holds garbage.</param>
    private static Errno Find(MinixInode inode, long block, bool creates, out uint zone, out bool isNew)
    {
        MinixSuperBlock volume = inode.Volume;
        isNew = false;
        if (block < MinixInode.DirectZones)
        {
            return Step(volume, ref inode.Zones[block], creates, isIndirect: false, out zone, out isNew);
        }

        zone = 0;
        block -= MinixInode.DirectZones;
        long perZone = volume.Layout.BlockSize / volume.Layout.Variant.ZoneNumberSize;
        long span = perZone;
        int level = 1;
        while (block >= span)
        {
            block -= span;
            span *= perZone;
            if (++level > volume.Layout.Variant.IndirectLevels)
            {
                return Errno.EFBIG;
            }
        }

        Errno error = Step(volume, ref inode.Zones[MinixInode.DirectZones + level - 1], creates, isIndirect: true, out zone, out _);
        while (level > 0 && zone != 0 && error == Errno.Success)
        {
            span /= perZone;
            level--;
            error = StepInto(volume, zone, (int)(block / span), creates, isIndirect: level > 0, out zone, out isNew);
            block %= span;
        }

        return error;
    }

    /// <summary>Follows a zone number in memory, and makes the zone when it is missing.</summary>
    private static Errno Step(MinixSuperBlock volume, ref uint number, bool creates, bool isIndirect, out uint zone, out bool isNew)
    {
        zone = number;
        isNew = false;
        if (zone != 0 || !creates)
        {
            return zone == 0 || volume.IsDataZone(zone) ? Errno.Success : Errno.EUCLEAN;
        }

        Errno error = volume.TakeZone(out zone);
        if (error != Errno.Success)
        {
            return error;
        }

        error = isIndirect ? volume.Cache.Clear(zone) : Errno.Success;
        if (error != Errno.Success)
        {
            volume.ReturnZone(zone);
            return error;
        }

        number = zone;
        isNew = true;
        return Errno.Success;
    }

    /// <summary>Follows a zone number in an indirect zone.</summary>
    private static Errno StepInto(MinixSuperBlock volume, uint indirect, int index, bool creates, bool isIndirect, out uint zone, out bool isNew)
    {
        isNew = false;
        Errno error = ReadNumber(volume, indirect, index, out zone);
        if (error != Errno.Success)
        {
            return error;
        }

        uint number = zone;
        error = Step(volume, ref number, creates, isIndirect, out zone, out isNew);
        return error == Errno.Success && isNew ? WriteNumber(volume, indirect, index, number) : error;
    }

    private static Errno ReadNumber(MinixSuperBlock volume, uint indirect, int index, out uint zone)
    {
        int size = volume.Layout.Variant.ZoneNumberSize;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        bytes.Clear();
        Errno error = volume.Cache.Read(indirect, index * size, bytes[..size]);
        zone = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return error;
    }

    private static Errno WriteNumber(MinixSuperBlock volume, uint indirect, int index, uint zone)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, zone);
        int size = volume.Layout.Variant.ZoneNumberSize;
        return volume.Cache.Write(indirect, index * size, bytes[..size]);
    }

    /// <summary>What lies behind the new end in its block reads as zeros when the file grows again.</summary>
    private static Errno ClearTail(MinixInode inode, long size)
    {
        int blockSize = inode.Volume.Layout.BlockSize;
        int offset = (int)(size % blockSize);
        if (offset == 0)
        {
            return Errno.Success;
        }

        Errno error = Find(inode, size / blockSize, creates: false, out uint zone, out _);
        return error == Errno.Success && zone != 0 ? inode.Volume.Cache.Write(zone, offset, new byte[blockSize - offset]) : error;
    }

    /// <summary>Frees all zones from a block of the file on.</summary>
    private static Errno FreeFrom(MinixInode inode, long keep)
    {
        MinixSuperBlock volume = inode.Volume;
        for (long block = keep; block < MinixInode.DirectZones; block++)
        {
            Errno error = FreeBelow(volume, ref inode.Zones[block], level: 0, keep: 0);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        keep = Math.Max(keep - MinixInode.DirectZones, 0);
        long perZone = volume.Layout.BlockSize / volume.Layout.Variant.ZoneNumberSize;
        long span = perZone;
        for (int level = 1; level <= volume.Layout.Variant.IndirectLevels; level++)
        {
            Errno error = FreeBelow(volume, ref inode.Zones[MinixInode.DirectZones + level - 1], level, keep);
            if (error != Errno.Success)
            {
                return error;
            }

            keep = Math.Max(keep - span, 0);
            span *= perZone;
        }

        return Errno.Success;
    }

    /// <summary>Frees what lies below a zone number, but for the first blocks of it; with none to keep, the zone itself.</summary>
    private static Errno FreeBelow(MinixSuperBlock volume, ref uint number, int level, long keep)
    {
        uint zone = number;
        if (zone == 0)
        {
            return Errno.Success;
        }

        if (!volume.IsDataZone(zone))
        {
            return Errno.EUCLEAN;
        }

        long perZone = volume.Layout.BlockSize / volume.Layout.Variant.ZoneNumberSize;
        long below = 1;
        for (int i = 1; i < level; i++)
        {
            below *= perZone;
        }

        for (long index = level == 0 ? perZone : keep / below; index < perZone; index++)
        {
            Errno error = ReadNumber(volume, zone, (int)index, out uint child);
            uint before = child;
            if (error == Errno.Success)
            {
                error = FreeBelow(volume, ref child, level - 1, Math.Max(keep - (index * below), 0));
            }

            if (error == Errno.Success && child != before)
            {
                error = WriteNumber(volume, zone, (int)index, child);
            }

            if (error != Errno.Success)
            {
                return error;
            }
        }

        if (keep > 0)
        {
            return Errno.Success;
        }

        number = 0;
        return volume.ReturnZone(zone);
    }
}
