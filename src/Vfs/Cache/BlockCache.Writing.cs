namespace KernelSockets.Vfs.Cache;

/// <content>Writing back: in ascending order, neighbours by one request.</content>
internal sealed partial class BlockCache
{
    private readonly byte[] _outgoing = new byte[MaxTransfer];
    private readonly int[] _runSlots = new int[MaxTransfer / BlockDevice.SectorSize];
    private readonly long[] _sortedNumbers;
    private readonly int[] _sortedSlots;
    private int _orderedCount;
    private int _refusedCount;
    private bool _mustFlush;

    /// <summary>Writes the changed blocks of a stage, as the order composes them.</summary>
    /// <returns>The first error; blocks that could not be written stay changed.</returns>
    public Errno WriteOut(IWriteOrder order, int stage)
    {
        int count = SortChanged();
        Errno first = Errno.Success;
        int run = 0;
        for (int i = 0; i < count; i++)
        {
            int slot = _sortedSlots[i];
            bool continues = run > 0 && run < MaxTransferBlocks && _sortedNumbers[i] == _index.NumberOf(_runSlots[run - 1]) + 1;
            if (!continues)
            {
                Keep(ref first, WriteRun(run));
                run = 0;
            }

            Span<byte> image = Outgoing(run);
            bool isFresh = (_states[slot] & BlockState.Fresh) != 0;
            ReadOnlySpan<byte> onDevice = _onDevice[slot];
            if (order.TryCompose(stage, _kinds[slot], isFresh, onDevice, Bytes(slot), image) && (isFresh || !image.SequenceEqual(onDevice)))
            {
                _runSlots[run++] = slot;
            }
        }

        Keep(ref first, WriteRun(run));
        return first;
    }

    /// <summary>Writes blocks that the cache does not hold, such as maps.</summary>
    /// <param name="block">The first one.</param>
    /// <param name="data">Whole blocks.</param>
    public Errno WriteThrough(long block, ReadOnlySpan<byte> data)
    {
        Errno error = Errno.Success;
        for (int done = 0; done < data.Length && error == Errno.Success; done += MaxTransfer)
        {
            error = Send(block + (done / BlockSize), data.Slice(done, Math.Min(MaxTransfer, data.Length - done)));
        }

        return error;
    }

    /// <summary>Reads blocks past the cache.</summary>
    /// <param name="block">The first one.</param>
    /// <param name="data">Whole blocks.</param>
    public Errno ReadThrough(long block, Span<byte> data)
    {
        Errno error = Errno.Success;
        for (int done = 0; done < data.Length && error == Errno.Success; done += MaxTransfer)
        {
            error = _device.Read((block + (done / BlockSize)) * SectorsPerBlock, data.Slice(done, Math.Min(MaxTransfer, data.Length - done)));
        }

        return error;
    }

    /// <summary>Has the device make durable what was written, if anything was since the last time.</summary>
    public Errno Flush()
    {
        if (!_mustFlush)
        {
            return Errno.Success;
        }

        Errno error = _device.Flush();
        _mustFlush = error != Errno.Success;
        return error;
    }

    private static void Keep(ref Errno first, Errno error) => first = first == Errno.Success ? error : first;

    private Span<byte> Outgoing(int place) => _outgoing.AsSpan(place * BlockSize, BlockSize);

    private Errno Send(long block, ReadOnlySpan<byte> data)
    {
        _mustFlush = true;
        return _device.Write(block * SectorsPerBlock, data);
    }

    private int SortChanged()
    {
        int count = 0;
        for (int slot = 0; slot < _usedSlots; slot++)
        {
            if ((_states[slot] & BlockState.Changed) != 0)
            {
                _sortedNumbers[count] = _index.NumberOf(slot);
                _sortedSlots[count++] = slot;
            }
        }

        Array.Sort(_sortedNumbers, _sortedSlots, 0, count);
        return count;
    }

    /// <summary>Writes a changed block of content with the changed ones beside it.</summary>
    private void WriteAround(int slot)
    {
        long first = _index.NumberOf(slot);
        int before = 0;
        while (before < MaxTransferBlocks - 1 && IsWritableContent(_index.Find(first - 1)))
        {
            first--;
            before++;
        }

        int count = 0;
        for (int member = _index.Find(first); count < MaxTransferBlocks && IsWritableContent(member); member = _index.Find(first + count))
        {
            Bytes(member).CopyTo(Outgoing(count));
            _runSlots[count++] = member;
        }

        // An error marks the blocks, which the next sync tries again and reports.
        _ = WriteRun(count);
    }

    private bool IsWritableContent(int slot) =>
        slot != BlockIndex.None && _kinds[slot] == BlockKind.Data && (_states[slot] & (BlockState.Changed | BlockState.Refused)) == BlockState.Changed;

    /// <summary>Writes the run that has been put together; one by one when the device refuses it as a whole.</summary>
    private Errno WriteRun(int count)
    {
        if (count == 0)
        {
            return Errno.Success;
        }

        Errno error = Send(_index.NumberOf(_runSlots[0]), _outgoing.AsSpan(0, count * BlockSize));
        Errno first = Errno.Success;
        for (int i = 0; i < count; i++)
        {
            Errno own = error == Errno.Success || count == 1 ? error : Send(_index.NumberOf(_runSlots[i]), Outgoing(i));
            Settle(_runSlots[i], Outgoing(i), own);
            Keep(ref first, own);
        }

        return first;
    }

    /// <summary>Notes what the device holds now.</summary>
    private void Settle(int slot, ReadOnlySpan<byte> image, Errno error)
    {
        BlockState state = _states[slot];
        if (error != Errno.Success)
        {
            _refusedCount += (state & BlockState.Refused) != 0 ? 0 : 1;
            _states[slot] = state | BlockState.Refused;
            return;
        }

        _refusedCount -= (state & BlockState.Refused) != 0 ? 1 : 0;
        _states[slot] = BlockState.Changed;
        if (image.SequenceEqual(Bytes(slot)))
        {
            MarkClean(slot);
        }
        else
        {
            image.CopyTo(_onDevice[slot]);
        }
    }
}
