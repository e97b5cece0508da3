using System.Buffers.Binary;
using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>Which zone holds which block of a file: seven named by the inode, the others through up to three levels of indirect zones.</summary>
/// <remarks>Under the super block's lock. The caller stores the inode afterwards.</remarks>
internal static class MinixZoneMap
{
    /// <summary>Finds the zone of a block, and as many of the following as lie behind it.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="block">Number of the block in the file.</param>
    /// <param name="run">The blocks from this one on; zone 0 for holes.</param>
    /// <param name="most">Blocks that are worth looking for.</param>
    /// <returns><see cref="Errno.EUCLEAN"/> for a number that is no zone's, <see cref="Errno.EFBIG"/> behind the last possible block, <see cref="Errno.EIO"/>.</returns>
    public static Errno Find(MinixInode inode, long block, out ZoneRun run, int most = int.MaxValue)
    {
        if (inode.Run.Holds(block))
        {
            run = inode.Run.From(block);
            return Errno.Success;
        }

        Errno error = block < MinixInode.DirectZones ? FindDirect(inode, block, out run) : FindIndirect(inode, block, most, out run);
        if (error == Errno.Success && run.Zone != 0)
        {
            inode.Run = run;
        }

        return error;
    }

    /// <summary>Finds the zone of a block, or makes it, with the indirect zones on the way, when it is a hole.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="block">Number of the block in the file.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="isNew">True when it was made and holds garbage.</param>
    /// <returns>As <see cref="Find"/>, or <see cref="Errno.ENOSPC"/>.</returns>
    public static Errno FindOrMake(MinixInode inode, long block, out uint zone, out bool isNew)
    {
        isNew = false;
        if (inode.Run.Holds(block))
        {
            zone = inode.Run.From(block).Zone;
            return Errno.Success;
        }

        zone = 0;
        Errno error = Errno.Success;
        if (block * inode.Volume.Layout.BlockSize < inode.Size)
        {
            error = Find(inode, block, out ZoneRun found);
            zone = found.Zone;
            if (error != Errno.Success || zone != 0)
            {
                return error;
            }
        }

        ZoneRun run = inode.Run;
        uint previous = run.Count > 0 ? run.Zone + (uint)run.Count - 1 : 0;
        error = Make(inode, block, previous, out zone, out isNew);
        if (error == Errno.Success)
        {
            bool continues = run.Count > 0 && block == run.Block + run.Count && zone == run.Zone + run.Count;
            inode.Run = continues ? run with { Count = run.Count + 1 } : new ZoneRun(block, zone, 1);
        }

        return error;
    }

    /// <summary>Makes a block a hole again.</summary>
    public static Errno Unmake(MinixInode inode, long block)
    {
        MinixSuperBlock volume = inode.Volume;
        inode.Run = default;
        if (block < MinixInode.DirectZones)
        {
            return FreeBelow(volume, ref inode.Zones[block], level: 0, keep: 0);
        }

        if (!TryLocate(inode, block, out int level, out long inTree, out long span))
        {
            return Errno.EFBIG;
        }

        uint zone = inode.Zones[MinixInode.DirectZones + level - 1];
        Errno error = Errno.Success;
        for (; level > 1 && zone != 0 && error == Errno.Success; level--)
        {
            span /= PerZone(inode);
            (long index, inTree) = Math.DivRem(inTree, span);
            error = ReadNumber(volume, zone, (int)index, out zone);
        }

        uint indirect = zone;
        error = error == Errno.Success && zone != 0 ? ReadNumber(volume, indirect, (int)inTree, out zone) : error;
        if (error != Errno.Success || zone == 0)
        {
            return error;
        }

        error = FreeBelow(volume, ref zone, level: 0, keep: 0);
        Errno written = WriteNumber(volume, indirect, (int)inTree, 0);
        return error == Errno.Success ? written : error;
    }

    /// <summary>Frees all zones from a block of the file on, also behind damaged ones.</summary>
    /// <returns>The first error.</returns>
    public static Errno FreeFrom(MinixInode inode, long keep)
    {
        inode.Run = default;
        Errno first = Errno.Success;
        for (long block = keep; block < MinixInode.DirectZones; block++)
        {
            Errno error = FreeBelow(inode.Volume, ref inode.Zones[block], level: 0, keep: 0);
            first = first == Errno.Success ? error : first;
        }

        keep = Math.Max(keep - MinixInode.DirectZones, 0);
        long span = PerZone(inode);
        for (int level = 1; level <= inode.Volume.Layout.Variant.IndirectLevels; level++)
        {
            Errno error = FreeBelow(inode.Volume, ref inode.Zones[MinixInode.DirectZones + level - 1], level, keep);
            first = first == Errno.Success ? error : first;
            keep = Math.Max(keep - span, 0);
            span *= PerZone(inode);
        }

        return first;
    }

    private static long PerZone(MinixInode inode) => inode.Volume.Layout.BlockSize / inode.Volume.Layout.Variant.ZoneNumberSize;

    private static Errno FindDirect(MinixInode inode, long block, out ZoneRun run)
    {
        uint zone = inode.Zones[block];
        int count = 1;
        while (block + count < MinixInode.DirectZones && inode.Zones[block + count] == Next(inode.Volume, zone, count))
        {
            count++;
        }

        run = new ZoneRun(block, zone, count);
        return zone == 0 || inode.Volume.IsDataZone(zone) ? Errno.Success : Errno.EUCLEAN;
    }

    /// <summary>What continues a run: the next zone if there is one, or another hole; else a number that no zone has.</summary>
    private static uint Next(MinixSuperBlock volume, uint zone, int count) =>
        zone == 0 ? 0 : volume.IsDataZone(zone + (uint)count) ? zone + (uint)count : uint.MaxValue;

    private static Errno FindIndirect(MinixInode inode, long block, int most, out ZoneRun run)
    {
        run = default;
        if (!TryLocate(inode, block, out int level, out long inTree, out long span))
        {
            return Errno.EFBIG;
        }

        uint zone = inode.Zones[MinixInode.DirectZones + level - 1];
        for (; level > 0; level--)
        {
            if (zone == 0)
            {
                // Nothing of this tree is there.
                run = new ZoneRun(block, 0, span - inTree);
                return Errno.Success;
            }

            if (!inode.Volume.IsDataZone(zone))
            {
                return Errno.EUCLEAN;
            }

            span /= PerZone(inode);
            (long index, inTree) = Math.DivRem(inTree, span);
            int count = 1;
            Errno error = level == 1 ? ReadRun(inode.Volume, zone, (int)index, most, out zone, out count) : ReadNumber(inode.Volume, zone, (int)index, out zone);
            if (error != Errno.Success)
            {
                return error;
            }

            run = new ZoneRun(block, zone, count);
        }

        return zone == 0 || inode.Volume.IsDataZone(zone) ? Errno.Success : Errno.EUCLEAN;
    }

    /// <summary>Finds the tree that a block is in.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="block">Number of the block in the file.</param>
    /// <param name="level">How deep the tree is.</param>
    /// <param name="inTree">Number of the block in the tree.</param>
    /// <param name="span">Blocks in the tree.</param>
    private static bool TryLocate(MinixInode inode, long block, out int level, out long inTree, out long span)
    {
        inTree = block - MinixInode.DirectZones;
        span = PerZone(inode);
        level = 1;
        while (inTree >= span && level <= inode.Volume.Layout.Variant.IndirectLevels)
        {
            inTree -= span;
            span *= PerZone(inode);
            level++;
        }

        return level <= inode.Volume.Layout.Variant.IndirectLevels;
    }

    private static Errno Make(MinixInode inode, long block, uint previous, out uint zone, out bool isNew)
    {
        MinixSuperBlock volume = inode.Volume;
        if (block < MinixInode.DirectZones)
        {
            return Step(volume, ref inode.Zones[block], previous, isIndirect: false, out zone, out isNew);
        }

        zone = 0;
        isNew = false;
        if (!TryLocate(inode, block, out int level, out long inTree, out long span))
        {
            return Errno.EFBIG;
        }

        Errno error = Step(volume, ref inode.Zones[MinixInode.DirectZones + level - 1], previous, isIndirect: true, out zone, out _);
        while (level > 0 && error == Errno.Success)
        {
            span /= PerZone(inode);
            level--;
            error = StepInto(volume, zone, (int)(inTree / span), previous, isIndirect: level > 0, out zone, out isNew);
            inTree %= span;
        }

        return error;
    }

    /// <summary>Follows a zone number in memory, and makes the zone when it is missing.</summary>
    private static Errno Step(MinixSuperBlock volume, ref uint number, uint previous, bool isIndirect, out uint zone, out bool isNew)
    {
        zone = number;
        isNew = false;
        if (zone != 0)
        {
            return volume.IsDataZone(zone) ? Errno.Success : Errno.EUCLEAN;
        }

        Errno error = volume.TakeZone(previous, out zone);
        if (error != Errno.Success)
        {
            return error;
        }

        error = isIndirect ? volume.Cache.Begin(zone, BlockKind.Indirect) : Errno.Success;
        if (error != Errno.Success)
        {
            Errno returned = volume.ReturnZone(zone);
            return error == Errno.Success ? returned : error;
        }

        number = zone;
        isNew = true;
        return Errno.Success;
    }

    /// <summary>Follows a zone number in an indirect zone.</summary>
    private static Errno StepInto(MinixSuperBlock volume, uint indirect, int index, uint previous, bool isIndirect, out uint zone, out bool isNew)
    {
        isNew = false;
        Errno error = ReadNumber(volume, indirect, index, out zone);
        if (error != Errno.Success)
        {
            return error;
        }

        uint number = zone;
        error = Step(volume, ref number, previous, isIndirect, out zone, out isNew);
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

    /// <summary>Reads a zone number of an indirect zone, and counts those behind it that go on with it.</summary>
    private static Errno ReadRun(MinixSuperBlock volume, uint indirect, int index, int most, out uint zone, out int count)
    {
        int size = volume.Layout.Variant.ZoneNumberSize;
        most = Math.Min(most, (volume.Layout.BlockSize / size) - index);
        Span<byte> bytes = stackalloc byte[most * size];
        Errno error = volume.Cache.Read(indirect, index * size, bytes);
        zone = error == Errno.Success ? NumberAt(bytes, 0, size) : 0;
        count = 1;
        while (error == Errno.Success && count < most && NumberAt(bytes, count, size) == Next(volume, zone, count))
        {
            count++;
        }

        return error;
    }

    private static uint NumberAt(ReadOnlySpan<byte> bytes, int index, int size) => size == sizeof(ushort)
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(index * size)..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * size)..]);

    private static Errno WriteNumber(MinixSuperBlock volume, uint indirect, int index, uint zone)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, zone);
        int size = volume.Layout.Variant.ZoneNumberSize;
        return volume.Cache.Write(indirect, index * size, bytes[..size], BlockKind.Indirect);
    }

    /// <summary>Frees what lies below a zone number, but for the first blocks of it; with none to keep, the zone itself.</summary>
    private static Errno FreeBelow(MinixSuperBlock volume, ref uint number, int level, long keep)
    {
        uint zone = number;
        if (zone == 0)
        {
            return Errno.Success;
        }

        if (keep == 0)
        {
            // The zone itself first, so that a damaged tree that leads to itself ends here.
            number = 0;
            Errno error = volume.ReturnZone(zone);
            if (error == Errno.Success)
            {
                error = level > 0 ? FreeChildren(volume, zone, level, keep) : Errno.Success;
                volume.Cache.Forget(zone);
            }

            return error;
        }

        return level == 0 ? Errno.Success : !volume.IsDataZone(zone) ? Errno.EUCLEAN : FreeChildren(volume, zone, level, keep);
    }

    private static Errno FreeChildren(MinixSuperBlock volume, uint zone, int level, long keep)
    {
        long perZone = volume.Layout.BlockSize / volume.Layout.Variant.ZoneNumberSize;
        long below = 1;
        for (int i = 1; i < level; i++)
        {
            below *= perZone;
        }

        Errno first = Errno.Success;
        for (long index = keep / below; index < perZone; index++)
        {
            Errno error = ReadNumber(volume, zone, (int)index, out uint child);
            if (error != Errno.Success)
            {
                return error;
            }

            uint before = child;
            error = FreeBelow(volume, ref child, level - 1, Math.Max(keep - (index * below), 0));
            if (child != before && keep > 0)
            {
                Errno written = WriteNumber(volume, zone, (int)index, child);
                error = error == Errno.Success ? written : error;
            }

            first = first == Errno.Success ? error : first;
        }

        return first;
    }
}
