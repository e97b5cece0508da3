using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Pipe;

/// <summary>
/// The bytes on their way through a pipe, in pages as Linux keeps them (fs/pipe.c): a ring of slots, each with a page of which a part is still to be read.
/// A page is free again when all of it has been read, so a pipe can be full with less than its size in it; poll and small writes depend on that.
/// </summary>
/// <remarks>Under the lock of its <see cref="PipeBuffer"/>. Pages are made as they are needed, and kept for the pipe's later use.</remarks>
internal sealed class PipePages
{
    /// <summary>Bytes a page: also PIPE_BUF, up to which writes are not torn apart.</summary>
    public const int PageSize = 4096;

    /// <summary>PIPE_DEF_BUFFERS: pages of a new pipe.</summary>
    public const int DefaultCount = 16;

    private readonly Stack<byte[]> _spare = new();
    private Slot[] _slots = new Slot[DefaultCount];
    private int _head;
    private int _used;

    /// <summary>Pages it may have; a power of two.</summary>
    public int Count => _slots.Length;

    /// <summary>Pages with something to read in them.</summary>
    public int Used => _used;

    /// <summary>Bytes to read.</summary>
    public int Available { get; private set; }

    /// <summary>True when there is nothing to read.</summary>
    public bool IsEmpty => _used == 0;

    /// <summary>True when no page is free.</summary>
    public bool IsFull => _used == _slots.Length;

    /// <summary>Puts the odd end of what will be written, its length modulo the size of a page, into the page written last, if it fits there as a whole.</summary>
    /// <returns>Bytes put.</returns>
    public int Merge(in IoVector data)
    {
        int odd = data.Length % PageSize;
        if (odd == 0 || IsEmpty)
        {
            return 0;
        }

        ref Slot last = ref SlotAt(_used - 1);
        int end = last.Start + last.Length;
        if (end + odd > PageSize)
        {
            return 0;
        }

        data.CopyTo(0, last.Page.AsSpan(end, odd));
        last.Length += odd;
        Available += odd;
        return odd;
    }

    /// <summary>Puts as much as fits into a page of its own; there is one.</summary>
    /// <param name="data">What is written.</param>
    /// <param name="offset">How much of it has been put already.</param>
    /// <returns>Bytes put; <see cref="Errno.ENOMEM"/>.</returns>
    public IoResult Add(in IoVector data, int offset)
    {
        if (!TryGetPage(out byte[] page))
        {
            return Errno.ENOMEM;
        }

        int count = data.CopyTo(offset, page.AsSpan(0, Math.Min(PageSize, data.Length - offset)));
        SlotAt(_used) = new Slot { Page = page, Length = count };
        _used++;
        Available += count;
        return IoResult.Ok(count);
    }

    /// <summary>Takes what there is.</summary>
    /// <returns>Bytes taken: less than there is room for only when the pipe is empty then.</returns>
    public int Take(in IoVector data)
    {
        int done = 0;
        while (done < data.Length && _used > 0)
        {
            ref Slot first = ref SlotAt(0);
            int count = Math.Min(first.Length, data.Length - done);
            data.CopyFrom(done, first.Page.AsSpan(first.Start, count));
            done += count;
            first.Start += count;
            first.Length -= count;
            if (first.Length == 0)
            {
                _spare.Push(first.Page);
                first = default;
                _head = (_head + 1) % _slots.Length;
                _used--;
            }
        }

        Available -= done;
        return done;
    }

    /// <summary>Changes how many pages it may have.</summary>
    /// <param name="count">A power of two, at least <see cref="Used"/>.</param>
    public void Resize(int count)
    {
        Slot[] slots = new Slot[count];
        for (int i = 0; i < _used; i++)
        {
            slots[i] = SlotAt(i);
        }

        _slots = slots;
        _head = 0;
        while (_spare.Count > count)
        {
            _spare.Pop();
        }
    }

    /// <summary>Forgets everything, as a pipe that nobody has open.</summary>
    public void Clear()
    {
        _slots = new Slot[DefaultCount];
        _head = 0;
        _used = 0;
        Available = 0;
        _spare.Clear();
    }

    private bool TryGetPage(out byte[] page)
    {
        try
        {
            page = _spare.TryPop(out byte[]? spare) ? spare : new byte[PageSize];
            return true;
        }
        catch (OutOfMemoryException)
        {
            // Not left to the system call: readers still have to hear of what was put before.
            page = [];
            return false;
        }
    }

    private ref Slot SlotAt(int index) => ref _slots[(_head + index) % _slots.Length];

    private struct Slot
    {
        public byte[] Page;
        public int Start;
        public int Length;
    }
}
