namespace KernelSockets.Vfs.Minix.Check;

/// <summary>Goes through all names, from the root down, and counts them for each inode.</summary>
/// <remarks>A directory is entered once, under its first name, so that circles end. The way down is a list and not the stack of the caller.</remarks>
internal sealed class TreeCheck
{
    private readonly MinixSuperBlock _volume;
    private readonly CheckLog _log;
    private readonly ZoneCheck _zones;
    private readonly uint[] _counts;
    private readonly HashSet<uint> _entered = [MinixSuperBlock.RootNumber];
    private readonly List<Frame> _way = [];

    public TreeCheck(MinixSuperBlock volume, CheckLog log, ZoneCheck zones)
    {
        _volume = volume;
        _log = log;
        _zones = zones;
        _counts = new uint[volume.Layout.InodeCount + 1];
    }

    private MinixVariant Variant => _volume.Layout.Variant;

    /// <summary>Names found of an inode.</summary>
    public uint CountOf(uint number) => _counts[number];

    /// <summary>Walks.</summary>
    /// <returns><see cref="Errno.EIO"/>.</returns>
    public Errno Run()
    {
        Errno error = Load(MinixSuperBlock.RootNumber, out MinixInode root);
        error = error == Errno.Success ? CheckContent(root, "/") : error;
        _way.Add(new Frame(root, MinixSuperBlock.RootNumber, string.Empty));
        while (_way.Count > 0 && error == Errno.Success)
        {
            error = Advance(_way[^1]);
            if (error == Errno.Success && _volume.Cache.IsCrowded)
            {
                error = _volume.WriteBack();
            }
        }

        return error;
    }

    private string PathOf(string name)
    {
        string path = string.Concat(_way.Where(frame => frame.Name.Length > 0).Select(frame => "/" + frame.Name));
        return name.Length > 0 ? $"{path}/{name}" : path.Length > 0 ? path : "/";
    }

    private Errno Load(uint number, out MinixInode inode)
    {
        byte[] bytes = new byte[Variant.InodeSize];
        Errno error = _volume.Load(number, bytes);
        inode = new MinixInode(_volume, number);
        inode.Load(bytes);
        return error;
    }

    /// <summary>Checks the next entry of the directory that was entered last, and leaves it at its end.</summary>
    private Errno Advance(Frame frame)
    {
        MinixDirectoryReader reader = new(frame.Directory, frame.Next, stackalloc byte[_volume.Layout.BlockSize]);
        while (reader.TryNext())
        {
            frame.Next = reader.Position + Variant.EntrySize;
            Errno error = reader.Position < 2 * Variant.EntrySize
                ? CheckDots(frame, reader.Position, reader.Number, reader.Name)
                : reader.Number != 0 ? CheckEntry(frame, reader.Position, reader.Number, reader.Name) : Errno.Success;
            if (error != Errno.Success || _way[^1] != frame || _volume.Cache.IsCrowded)
            {
                return error;
            }
        }

        if (frame.Dots < 2)
        {
            bool isShort = frame.Directory.Size < 2 * Variant.EntrySize;
            _log.Fail($"{PathOf(string.Empty)}: bad directory: {(isShort ? $"size < {2 * Variant.EntrySize}" : "'.' isn't first")}");
        }

        if (reader.Error == Errno.EUCLEAN)
        {
            _log.Fail($"{PathOf(string.Empty)}: bad directory: not all of it can be read");
        }

        _way.RemoveAt(_way.Count - 1);
        return reader.Error == Errno.EUCLEAN ? Errno.Success : reader.Error;
    }

    /// <summary>Checks "." and "..", which are the first two entries.</summary>
    private Errno CheckDots(Frame frame, long position, uint number, ReadOnlySpan<byte> name)
    {
        frame.Dots++;
        bool isFirst = position == 0;
        uint expected = isFirst ? (uint)frame.Directory.Number : frame.Parent;
        ReadOnlySpan<byte> expectedName = isFirst ? "."u8 : ".."u8;
        string which = isFirst ? "'.' isn't first" : "'..' isn't second";
        if (number == expected && name.SequenceEqual(expectedName))
        {
            _counts[number]++;
            return Errno.Success;
        }

        string path = PathOf(string.Empty);
        if (number != 0 && !name.SequenceEqual(expectedName))
        {
            _log.Fail($"{path}: bad directory: {which}");
            return CheckEntry(frame, position, number, name);
        }

        string fault = number == 0 ? which : $"'{CheckLog.Text(expectedName)}' leads to inode {number} instead of {expected}";
        if (_log.Mends($"{path}: bad directory: {fault}"))
        {
            _counts[expected]++;
            return MinixDirectory.Replace(frame.Directory, position, expectedName, expected);
        }

        if (number > 0 && number <= _volume.Layout.InodeCount)
        {
            _counts[number]++;
        }

        return Errno.Success;
    }

    private Errno CheckEntry(Frame frame, long position, uint number, ReadOnlySpan<byte> name)
    {
        string text = CheckLog.Text(name);
        string path = PathOf(text);
        if (number > _volume.Layout.InodeCount)
        {
            return Remove(frame, position, $"The directory '{PathOf(string.Empty)}' contains a bad inode number for file '{text}'.");
        }

        if (name.IsEmpty || name.Contains((byte)'/'))
        {
            return Remove(frame, position, $"The directory '{PathOf(string.Empty)}' contains the bad name '{text}'.");
        }

        Errno error = Load(number, out MinixInode inode);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!MinixSuperBlock.IsKnownType(inode.Mode))
        {
            return Remove(frame, position, $"The file `{path}' has mode {Convert.ToString((int)inode.Mode, 8).PadLeft(5, '0')}");
        }

        if (inode.Mode.IsDirectory() && !_entered.Add(number))
        {
            return Remove(frame, position, $"The directory '{path}' has another name.");
        }

        return Enter(frame, inode, text, path);
    }

    private Errno Enter(Frame frame, MinixInode inode, string name, string path)
    {
        uint number = (uint)inode.Number;
        if (_log.Has(CheckOptions.ListFiles))
        {
            string details = _log.Has(CheckOptions.Verbose) ? $"{number,6} {Convert.ToString((int)inode.Mode, 8).PadLeft(7, '0')} {inode.LinkCount,3} " : string.Empty;
            _log.Tell($"{details}{path}{(inode.Mode.IsDirectory() ? ":" : string.Empty)}");
        }

        if (_counts[number]++ > 0 && !inode.Mode.IsDirectory())
        {
            return Errno.Success;
        }

        if (!_volume.InodeMap.IsTaken(number) && _log.Mends($"Inode {number} marked unused, but used for file '{path}'"))
        {
            // It is free, so that taking it cannot fail.
            _ = _volume.InodeMap.Take(number, out _);
        }

        Errno error = CheckContent(inode, path);
        if (error == Errno.Success && inode.Mode.IsDirectory())
        {
            _way.Add(new Frame(inode, (uint)frame.Directory.Number, name));
        }

        return error;
    }

    private Errno CheckContent(MinixInode inode, string path)
    {
        if (!inode.HasZones)
        {
            return Errno.Success;
        }

        Errno error = _zones.Check(inode, path, out bool isChanged);
        if (error == Errno.Success)
        {
            isChanged |= CheckSize(inode, path);
        }

        return error == Errno.Success && isChanged ? _volume.Store(inode) : error;
    }

    /// <summary>Checks a size, of a directory also whether it ends with an entry and where its zones do.</summary>
    /// <returns>True when it has been changed.</returns>
    private bool CheckSize(MinixInode inode, string path)
    {
        long size = Math.Min(inode.Size, _volume.Layout.MaxFileSize);
        string fault = $"The file `{path}' has size {inode.Size}, more than a file can have.";
        if (inode.Mode.IsDirectory())
        {
            fault = $"The directory '{path}' has size {inode.Size}, where none of its entries ends.";
            size = Math.Min((size + Variant.EntrySize - 1) / Variant.EntrySize * Variant.EntrySize, EndOf(inode));
        }

        if (size == inode.Size || !_log.Mends(fault))
        {
            return false;
        }

        inode.Size = size;
        return true;
    }

    /// <summary>The end of the last block of a directory that there is, or its size when that cannot be told.</summary>
    private long EndOf(MinixInode directory)
    {
        int blockSize = _volume.Layout.BlockSize;
        long size = Math.Min(directory.Size, _volume.Layout.MaxFileSize);
        long end = 0;
        long block = 0;
        while (block * blockSize < size)
        {
            if (MinixZoneMap.Find(directory, block, out ZoneRun run) != Errno.Success)
            {
                return (size + Variant.EntrySize - 1) / Variant.EntrySize * Variant.EntrySize;
            }

            block += run.Count;
            end = run.Zone == 0 ? end : block * blockSize;
        }

        // At least what tells a directory without anything.
        return Math.Max(end, 2 * Variant.EntrySize);
    }

    private Errno Remove(Frame frame, long position, string fault) =>
        _log.Mends(fault) ? MinixDirectory.Replace(frame.Directory, position, [], 0) : Errno.Success;

    /// <summary>A directory on the way down.</summary>
    private sealed class Frame(MinixInode directory, uint parent, string name)
    {
        public MinixInode Directory { get; } = directory;

        public uint Parent { get; } = parent;

        public string Name { get; } = name;

        /// <summary>Byte where the next entry begins.</summary>
        public long Next { get; set; }

        /// <summary>How many of the first two entries there are.</summary>
        public int Dots { get; set; }
    }
}
