namespace KernelSockets.Vfs.Minix.Check;

/// <summary>Checks a minix file system that is not mounted, and mends it if wanted. It finds and says what fsck.minix of util-linux does.</summary>
/// <remarks>
/// Besides, it removes names of inodes that are nothing and further names of directories, and mends "." and "..". What it mends is written in the same order as
/// everything else, so that a power cut leaves it to be mended again.
/// </remarks>
internal sealed class MinixChecker
{
    private readonly MinixSuperBlock _volume;
    private readonly CheckLog _log;
    private readonly ZoneCheck _zones;
    private readonly TreeCheck _tree;
    private readonly int _state;

    private MinixChecker(MinixSuperBlock volume, CheckLog log, int state)
    {
        _state = state;
        _volume = volume;
        _log = log;
        _zones = new ZoneCheck(volume, log);
        _tree = new TreeCheck(volume, log, _zones);
    }

    /// <summary>Checks.</summary>
    /// <param name="operations">The file system.</param>
    /// <param name="device">The device.</param>
    /// <param name="options">What to do.</param>
    /// <param name="report">Gets every line.</param>
    /// <param name="outcome">What was found.</param>
    /// <returns><see cref="Errno.EINVAL"/> for no minix file system, <see cref="Errno.EUCLEAN"/> for a super block or a root that cannot be used, <see cref="Errno.EIO"/>.</returns>
    public static Errno Run(MinixFileSystem operations, BlockDevice device, CheckOptions options, Action<string> report, out CheckOutcome outcome)
    {
        outcome = default;
        byte[] bytes = new byte[MinixLayout.Size];
        Errno error = MinixFileSystem.ReadLayout(device, bytes, out MinixLayout? layout);
        if (error != Errno.Success)
        {
            return error;
        }

        CheckLog log = new(options, report);
        bool isClean = layout!.Variant.Version != 3 && MinixLayout.IsClean(layout.Variant, bytes);
        if (isClean && !log.Has(CheckOptions.Force))
        {
            if (log.Has(CheckOptions.Repair))
            {
                log.Tell($"{device.Name} is clean, no check.");
            }

            return Errno.Success;
        }

        if (log.Has(CheckOptions.Force) && !log.Has(CheckOptions.Quiet))
        {
            log.Tell($"Forcing filesystem check on {device.Name}.");
        }
        else if (log.Has(CheckOptions.Repair) && !log.Has(CheckOptions.Quiet))
        {
            log.Tell($"Filesystem on {device.Name} is dirty, needs checking.");
        }

        MinixSuperBlock volume = new(operations, DeviceNumber.None, device, layout);
        error = volume.LoadMaps();
        error = error == Errno.Success ? new MinixChecker(volume, log, MinixLayout.StateOf(bytes)).Run() : error;
        outcome = log.Outcome;
        return error;
    }

    private Errno Run()
    {
        if (_log.Has(CheckOptions.ShowSuperBlock))
        {
            TellSuperBlock();
        }

        byte[] bytes = new byte[_volume.Layout.Variant.InodeSize];
        Errno error = _volume.Load(MinixSuperBlock.RootNumber, bytes);
        MinixInode root = new(_volume, MinixSuperBlock.RootNumber);
        root.Load(bytes);
        if (error != Errno.Success || !root.Mode.IsDirectory())
        {
            _log.Fail("root inode isn't a directory");
            return error == Errno.Success ? Errno.EUCLEAN : error;
        }

        error = _tree.Run();
        error = error == Errno.Success ? CheckInodes() : error;
        if (error != Errno.Success)
        {
            return error;
        }

        _zones.CheckMap();
        if (_log.Has(CheckOptions.Verbose))
        {
            TellUse();
        }

        return _log.Has(CheckOptions.Repair) ? Finish() : Errno.Success;
    }

    /// <summary>Compares the map and the inodes with the names that were found.</summary>
    private Errno CheckInodes()
    {
        byte[] bytes = new byte[_volume.Layout.Variant.InodeSize];
        Errno error = Errno.Success;
        for (uint number = 1; number <= _volume.Layout.InodeCount && error == Errno.Success; number++)
        {
            uint count = _tree.CountOf(number);
            bool isTaken = _volume.InodeMap.IsTaken(number);
            if (count == 0)
            {
                if (isTaken && _log.Mends($"Inode {number} not used, marked used in the bitmap."))
                {
                    error = _volume.InodeMap.Return(number);
                }

                continue;
            }

            if (!isTaken && _log.Mends($"Inode {number} used, marked unused in the bitmap."))
            {
                // It is free, so that taking it cannot fail.
                _ = _volume.InodeMap.Take(number, out _);
            }

            error = _volume.Load(number, bytes);
            error = error == Errno.Success ? CheckLinks(number, bytes, count) : error;
        }

        return error;
    }

    private Errno CheckLinks(uint number, ReadOnlySpan<byte> bytes, uint count)
    {
        MinixInode inode = new(_volume, number);
        inode.Load(bytes);
        string fault = $"Inode {number} (mode = {Convert.ToString((int)inode.Mode, 8).PadLeft(7, '0')}), i_nlinks={inode.LinkCount}, counted={count}.";
        if (inode.LinkCount == count)
        {
            return Errno.Success;
        }

        if (count > _volume.Layout.Variant.MaxLinks)
        {
            _log.Fail(fault);
            return Errno.Success;
        }

        if (!_log.Mends(fault))
        {
            return Errno.Success;
        }

        inode.LinkCount = count;
        Errno error = _volume.Store(inode);
        return error == Errno.Success && _volume.Cache.IsCrowded ? _volume.WriteBack() : error;
    }

    private Errno Finish()
    {
        Errno error = _volume.WriteBack();
        error = error == Errno.Success ? _volume.MarkChecked(hasErrors: _log.Outcome.HasUncorrected) : error;
        if (_log.Outcome.IsChanged)
        {
            _log.Tell("----------------------------");
            _log.Tell("FILE SYSTEM HAS BEEN CHANGED");
            _log.Tell("----------------------------");
        }

        return error;
    }

    private void TellSuperBlock()
    {
        MinixLayout layout = _volume.Layout;
        long first = layout.InodeTableStart + ((layout.InodeCount + layout.InodesPerBlock - 1) / layout.InodesPerBlock);
        _log.Tell($"{layout.InodeCount} inodes");
        _log.Tell($"{layout.ZoneCount} blocks");
        _log.Tell($"Firstdatazone={layout.FirstDataZone} ({first})");
        _log.Tell($"Zonesize={layout.BlockSize}");
        _log.Tell($"Maxsize={layout.MaxFileSize}");
        if (layout.Variant.Version < 3)
        {
            _log.Tell($"Filesystem state={_state}");
        }

        _log.Tell($"namelen={layout.Variant.NameLength}");
        _log.Tell(string.Empty);
    }

    private void TellUse()
    {
        uint inodes = _volume.Layout.InodeCount;
        uint zones = _volume.Layout.ZoneCount;
        uint usedInodes = inodes - _volume.InodeMap.FreeCount;
        uint usedZones = zones - _volume.ZoneMap.FreeCount;
        _log.Tell(string.Empty);
        _log.Tell($"{usedInodes,6} inodes used ({100L * usedInodes / inodes}%)");
        _log.Tell($"{usedZones,6} zones used ({100L * usedZones / zones}%)");
    }
}
