using System.Buffers.Binary;
using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix.Check;

/// <summary>Goes through the zones of files, each of which belongs to one file only and is in use by the map.</summary>
internal sealed class ZoneCheck
{
    private readonly MinixSuperBlock _volume;
    private readonly CheckLog _log;
    private readonly bool[] _isSeen;
    private string _path = string.Empty;

    public ZoneCheck(MinixSuperBlock volume, CheckLog log)
    {
        _volume = volume;
        _log = log;
        _isSeen = new bool[volume.Layout.DataZoneCount];
    }

    /// <summary>Checks the zones of a file.</summary>
    /// <param name="inode">The file; its numbers may be changed.</param>
    /// <param name="path">Its path.</param>
    /// <param name="isChanged">True when the inode has to be stored.</param>
    /// <returns><see cref="Errno.EIO"/>.</returns>
    public Errno Check(MinixInode inode, string path, out bool isChanged)
    {
        isChanged = false;
        _path = path;
        Errno error = Errno.Success;
        int numbers = MinixInode.DirectZones + _volume.Layout.Variant.IndirectLevels;
        for (int i = 0; i < numbers && error == Errno.Success; i++)
        {
            uint before = inode.Zones[i];
            error = CheckZone(ref inode.Zones[i], Math.Max(i - MinixInode.DirectZones + 1, 0));
            isChanged |= inode.Zones[i] != before;
        }

        return error;
    }

    /// <summary>Compares the map with what was seen.</summary>
    public void CheckMap()
    {
        for (uint i = 0; i < _isSeen.Length; i++)
        {
            uint zone = _volume.Layout.FirstDataZone + i;
            if (_volume.ZoneMap.IsTaken(i + 1) == _isSeen[i])
            {
                continue;
            }

            if (_isSeen[i])
            {
                // Somebody did not want it mended when it was first found.
                _log.Fail($"Zone {zone}: not in use, counted=1");
            }
            else if (_log.Mends($"Zone {zone}: marked in use, no file uses it."))
            {
                // It is taken, so that returning it cannot fail.
                _ = _volume.ZoneMap.Return(i + 1);
            }
        }
    }

    private Errno CheckZone(ref uint number, int level)
    {
        if (number == 0)
        {
            return Errno.Success;
        }

        if (!_volume.IsDataZone(number))
        {
            string fault = number < _volume.Layout.FirstDataZone ? "< FIRSTZONE" : ">= ZONES";
            Remove(ref number, $"Zone nr {fault} in file `{_path}'.");
            return Errno.Success;
        }

        uint index = number - _volume.Layout.FirstDataZone;
        if (_isSeen[index])
        {
            Remove(ref number, $"Block has been used before. Now in file `{_path}'.");
            return Errno.Success;
        }

        _isSeen[index] = true;
        if (!_volume.ZoneMap.IsTaken(index + 1) && _log.Mends($"Block {number} in file `{_path}' is marked not in use."))
        {
            // It is free, so that taking it cannot fail.
            _ = _volume.ZoneMap.Take(index + 1, out _);
        }

        return level > 0 ? CheckIndirect(number, level) : Errno.Success;
    }

    private Errno CheckIndirect(uint zone, int level)
    {
        int size = _volume.Layout.Variant.ZoneNumberSize;
        byte[] block = new byte[_volume.Layout.BlockSize];
        Errno error = _volume.Cache.Read(zone, 0, block);
        bool isChanged = false;
        for (int at = 0; at < block.Length && error == Errno.Success; at += size)
        {
            uint number = size == sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(at));
            uint before = number;
            error = CheckZone(ref number, level - 1);
            if (number != before)
            {
                block.AsSpan(at, size).Clear();
                isChanged = true;
            }
        }

        return error == Errno.Success && isChanged ? _volume.Cache.Write(zone, 0, block, BlockKind.Indirect) : error;
    }

    private void Remove(ref uint number, string fault)
    {
        if (_log.Mends(fault))
        {
            number = 0;
        }
    }
}
