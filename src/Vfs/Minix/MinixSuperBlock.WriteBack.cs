namespace KernelSockets.Vfs.Minix;

/// <content>
/// Writing back. What has changed since the last time goes to the device in the stages of <see cref="WriteStage"/>; zones and inodes that were freed are not
/// used again before the end. So a power cut leaves nothing that a check cannot mend, and nothing that was written back before is lost.
/// </content>
internal sealed partial class MinixSuperBlock
{
    private readonly BlockDevice _device;
    private readonly Clock _clock;
    private readonly MinixWriteOrder _order;
    private Instant? _changedSince;
    private bool _isMarkedUnclean;
    private bool _hasMovedDirectory;
    private Errno _unreported;

    /// <summary>Called by every operation before it changes something.</summary>
    /// <returns><see cref="Errno.EIO"/>; nothing may be changed then.</returns>
    public Errno BeginChange()
    {
        Errno error = Cache.IsStuck ? Errno.EIO : Errno.Success;
        if (error == Errno.Success && !_isMarkedUnclean)
        {
            error = MarkState(isClean: false, hasErrors: null);
            _isMarkedUnclean = error == Errno.Success;
        }

        if (error == Errno.Success && Cache.IsCrowded)
        {
            error = WriteBack();
        }

        if (error == Errno.Success)
        {
            NoteChange();
        }

        return error;
    }

    /// <summary>
    /// Called before a directory goes to another parent. One such move between two writings is harmless; of two, the names of the one and the other before and
    /// after could lead in a circle.
    /// </summary>
    public Errno BeginDirectoryMove()
    {
        Errno error = _hasMovedDirectory ? WriteBack() : Errno.Success;
        _hasMovedDirectory = true;
        return error;
    }

    /// <summary>Writes everything back.</summary>
    /// <returns>The first error; what could not be written is tried again the next time.</returns>
    public Errno WriteBack()
    {
        Errno error = Errno.Success;
        for (WriteStage stage = WriteStage.Contents; stage <= WriteStage.Freed && error == Errno.Success; stage++)
        {
            error = WriteStageOut(stage);
        }

        if (error == Errno.Success)
        {
            _hasMovedDirectory = false;
            _changedSince = null;
        }
        else
        {
            _unreported = error;
        }

        return error;
    }

    /// <summary>sync: writes everything back, and tells also of an error that nobody has heard of yet.</summary>
    public Errno Synchronize()
    {
        Errno earlier = _unreported;
        Errno error = WriteBack();
        _unreported = Errno.Success;
        return error == Errno.Success ? earlier : error;
    }

    /// <summary>Writes everything back if the oldest change is that old.</summary>
    public Errno WriteBack(TimeSpan age) => _changedSince is { } since && _clock.Now - since >= age ? WriteBack() : Errno.Success;

    /// <summary>Writes everything back and marks the file system as clean, if it was when it was mounted and nothing without a name is in use.</summary>
    public Errno Settle()
    {
        Errno error = Synchronize();
        bool isWhole = !IsUnclean && LostInodes == 0 && _inodes.Values.All(static inode => inode.LinkCount > 0);
        if (error == Errno.Success && _isMarkedUnclean && isWhole)
        {
            error = MarkState(isClean: true, hasErrors: null);
            _isMarkedUnclean = error != Errno.Success;
        }

        return error;
    }

    /// <summary>Marks the file system as checked.</summary>
    /// <param name="hasErrors">Whether some errors are still there.</param>
    public Errno MarkChecked(bool hasErrors) => MarkState(isClean: true, hasErrors);

    private void NoteChange() => _changedSince ??= _clock.Now;

    private Errno WriteStageOut(WriteStage stage)
    {
        Errno maps = Errno.Success;
        if (stage is WriteStage.Contents or WriteStage.Freed)
        {
            if (stage == WriteStage.Freed)
            {
                InodeMap.Release();
                ZoneMap.Release();
            }

            maps = InodeMap.WriteChanged();
            Errno zones = ZoneMap.WriteChanged();
            maps = maps == Errno.Success ? zones : maps;
        }

        Errno blocks = Cache.WriteOut(_order, (int)stage);
        Errno error = maps == Errno.Success ? blocks : maps;
        return error == Errno.Success ? Cache.Flush() : error;
    }

    /// <summary>Writes the state of V1 and V2; the super block of V3 has none.</summary>
    private Errno MarkState(bool isClean, bool? hasErrors)
    {
        if (Layout.Variant.Version == 3)
        {
            return Errno.Success;
        }

        Span<byte> bytes = stackalloc byte[MinixLayout.Size];
        Errno error = _device.Read(MinixLayout.Position / BlockDevice.SectorSize, bytes);
        if (error == Errno.Success)
        {
            MinixLayout.SetState(bytes, isClean, hasErrors);
            error = _device.Write(MinixLayout.Position / BlockDevice.SectorSize, bytes);
        }

        return error == Errno.Success ? _device.Flush() : error;
    }
}
