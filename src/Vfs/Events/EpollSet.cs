using System.Buffers.Binary;

namespace KernelSockets.Vfs.Events;

/// <summary>An epoll set (epoll(7)): files, and those of them that may be ready.</summary>
/// <remarks>
/// The ready list is a hint: a file's change puts its item there, and a wait looks at each before it tells. Fields are under <see cref="_gate"/>, a leaf but
/// for the gates of sets that contain this one. <see cref="_scanGate"/> lets one task at a time go through the list; files are asked with it held, but not <see cref="_gate"/>.
/// <code>
/// struct epoll_event (packed)   0 events, u32 | 4 data, u64         12 bytes
/// </code>
/// </remarks>
public sealed class EpollSet
{
    /// <summary>Bytes of struct epoll_event.</summary>
    public const int EventSize = 12;

    /// <summary>Files in one set.</summary>
    public const int MaxItems = FileTable.DefaultCapacity;

    /// <summary>Sets within sets (EP_MAX_NESTS).</summary>
    public const int MaxNesting = 4;

    private const int AddCommand = 1;
    private const int DeleteCommand = 2;
    private const int ModifyCommand = 3;
    private const int DataOffset = 4;

    private readonly Lock _gate = new();
    private readonly Lock _scanGate = new();
    private readonly Lock _nestingGate;
    private readonly EpollItemTable _items = new();
    private readonly EpollReadyList _ready = new();
    private readonly WaitQueue _changed;
    private readonly PollSource _poll = new();

    internal EpollSet(IWaitQueueFactory queues, Lock nestingGate)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _changed = queues.Create("epoll");
        _nestingGate = nestingGate;
    }

    /// <summary>Files in the set.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>Taken while an item begins or ends to hear of its file's changes.</summary>
    internal Lock AttachGate { get; } = new();

    /// <summary>epoll_ctl.</summary>
    /// <param name="command">EPOLL_CTL_ADD and so on.</param>
    /// <param name="file">The file; the caller holds it.</param>
    /// <param name="fd">Its descriptor.</param>
    /// <param name="description">struct epoll_event; ignored for EPOLL_CTL_DEL.</param>
    /// <returns>
    /// <see cref="Errno.EPERM"/> for files that are always ready, <see cref="Errno.EINVAL"/> for the set itself and unknown commands, <see cref="Errno.EEXIST"/>,
    /// <see cref="Errno.ENOENT"/>, <see cref="Errno.ELOOP"/>, <see cref="Errno.ENOSPC"/>.
    /// </returns>
    public Errno Control(int command, OpenFile file, int fd, ReadOnlySpan<byte> description)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.IsPathOnly)
        {
            return Errno.EBADF;
        }

        if (file.Operations.HasPosition(file.Inode))
        {
            return Errno.EPERM;
        }

        if (file.State == this)
        {
            return Errno.EINVAL;
        }

        EpollEvents events = EpollEvents.None;
        ulong data = 0;
        if (command != DeleteCommand)
        {
            events = (EpollEvents)BinaryPrimitives.ReadUInt32LittleEndian(description);
            data = BinaryPrimitives.ReadUInt64LittleEndian(description[DataOffset..]);
            bool isExclusive = events.HasFlag(EpollEvents.Exclusive);
            if (isExclusive && (command == ModifyCommand || (events & ~EpollEvents.ExclusiveMask) != 0 || file.State is EpollSet))
            {
                return Errno.EINVAL;
            }
        }

        return command switch
        {
            AddCommand => AddNested(file, fd, events, data),
            ModifyCommand => Modify(file, fd, events, data),
            DeleteCommand => Delete(file, fd),
            _ => Errno.EINVAL,
        };
    }

    /// <summary>epoll_wait.</summary>
    /// <param name="events">Room for an array of struct epoll_event; empty when the caller's memory is bad.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>How many were told; <see cref="Errno.EINTR"/>, <see cref="Errno.EFAULT"/> when there is something to tell and no memory.</returns>
    public IoResult Wait(Span<byte> events, Instant deadline)
    {
        while (true)
        {
            Errno error = WaitForReady(deadline);
            if (error == Errno.EINTR)
            {
                return error;
            }

            if (events.IsEmpty && HasReady())
            {
                return Errno.EFAULT;
            }

            int count = Collect(events);
            if (count > 0 || error == Errno.ETIME)
            {
                return IoResult.Ok(count);
            }
        }
    }

    /// <summary>Ready when one of its files is: sets can be in sets, and in poll.</summary>
    internal PollEvents Poll(PollListener? listener)
    {
        _poll.Attach(listener);
        return HasReady() ? PollEvents.Readable : PollEvents.None;
    }

    /// <summary>A file has changed. Called with the file's locks held.</summary>
    internal void MarkReady(EpollItem item, PollEvents events)
    {
        lock (_gate)
        {
            PollEvents wanted = (PollEvents)(item.Events & EpollEvents.PollMask);
            bool isWanted = wanted != PollEvents.None && (events == PollEvents.None || (events & (wanted | PollEvents.Always)) != 0);
            if (isWanted && !item.IsRemoved && !item.IsReady)
            {
                _ready.AddLast(item);
                _changed.WakeOne();
                _poll.Notify(PollEvents.Readable);
            }
        }
    }

    /// <summary>Takes an item out: it was deleted, or its file is closed.</summary>
    internal bool Remove(EpollItem item)
    {
        lock (_gate)
        {
            if (item.IsRemoved)
            {
                return false;
            }

            item.IsRemoved = true;
            _items.Remove(item);
            if (item.IsReady)
            {
                _ready.Remove(item);
            }
        }

        item.Detach();
        return true;
    }

    /// <summary>The set is closed.</summary>
    internal void Close()
    {
        EpollItem[] items;
        lock (_gate)
        {
            items = [.. _items.Items];
        }

        foreach (EpollItem item in items)
        {
            Remove(item);
        }
    }

    private Errno AddNested(OpenFile file, int fd, EpollEvents events, ulong data)
    {
        if (file.State is not EpollSet inner)
        {
            return Add(file, fd, events, data);
        }

        lock (_nestingGate)
        {
            return inner.Reaches(this, MaxNesting) ? Errno.ELOOP : Add(file, fd, events, data);
        }
    }

    /// <summary>True when a set is within this one, or when this one is nested too deep.</summary>
    private bool Reaches(EpollSet sought, int depth)
    {
        if (depth == 0)
        {
            return true;
        }

        EpollSet[] inner;
        lock (_gate)
        {
            inner = [.. _items.Items.Select(static i => i.File.State).OfType<EpollSet>()];
        }

        return Array.Exists(inner, set => set == sought || set.Reaches(sought, depth - 1));
    }

    private Errno Add(OpenFile file, int fd, EpollEvents events, ulong data)
    {
        // Errors and hang-ups are told whether asked for or not.
        EpollItem item = new(this, file, fd) { Events = events | (EpollEvents)(PollEvents.Error | PollEvents.HangUp), Data = data };
        lock (_gate)
        {
            if (_items.Find(file, fd) is not null)
            {
                return Errno.EEXIST;
            }

            if (_items.Count >= MaxItems)
            {
                return Errno.ENOSPC;
            }

            _items.Add(item);
        }

        file.Observe(item);
        Watch(item);
        return Errno.Success;
    }

    private Errno Modify(OpenFile file, int fd, EpollEvents events, ulong data)
    {
        EpollItem? item;
        lock (_gate)
        {
            item = _items.Find(file, fd);
            if (item is null)
            {
                return Errno.ENOENT;
            }

            if (item.Events.HasFlag(EpollEvents.Exclusive))
            {
                return Errno.EINVAL;
            }

            item.Events = events | (EpollEvents)(PollEvents.Error | PollEvents.HangUp);
            item.Data = data;
        }

        Watch(item);
        return Errno.Success;
    }

    /// <summary>Looks at a file whose item is new or changed, and hears of its changes from then on.</summary>
    private void Watch(EpollItem item)
    {
        PollEvents now = item.Look(item.Events, attaches: true);
        if (now != PollEvents.None)
        {
            MarkReady(item, now);
        }
    }

    private Errno Delete(OpenFile file, int fd)
    {
        EpollItem? item;
        lock (_gate)
        {
            item = _items.Find(file, fd);
        }

        return item is not null && Remove(item) ? Errno.Success : Errno.ENOENT;
    }

    private Errno WaitForReady(Instant deadline)
    {
        lock (_gate)
        {
            while (_ready.Count == 0)
            {
                Errno error = deadline <= Instant.Zero ? Errno.ETIME : _changed.Wait(_gate, deadline);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            return Errno.Success;
        }
    }

    private EpollItem? TakeReady()
    {
        lock (_gate)
        {
            EpollItem? first = _ready.First;
            if (first is not null)
            {
                _ready.Remove(first);
            }

            return first;
        }
    }

    /// <summary>Looks at each ready item once, and tells those that are.</summary>
    private int Collect(Span<byte> events)
    {
        int told = 0;
        lock (_scanGate)
        {
            int candidates;
            lock (_gate)
            {
                candidates = _ready.Count;
            }

            for (; candidates > 0 && (told + 1) * EventSize <= events.Length && TakeReady() is { } item; candidates--)
            {
                told += Tell(item, events[(told * EventSize)..]) ? 1 : 0;
            }
        }

        return told;
    }

    private bool Tell(EpollItem item, Span<byte> destination)
    {
        EpollEvents wanted = item.Events;
        PollEvents now = item.Look(wanted, attaches: false);
        if (now == PollEvents.None)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)now);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[DataOffset..], item.Data);
        lock (_gate)
        {
            if (wanted.HasFlag(EpollEvents.OneShot))
            {
                item.Events &= EpollEvents.ModeMask;
            }
            else if (!wanted.HasFlag(EpollEvents.EdgeTriggered) && !item.IsRemoved && !item.IsReady)
            {
                // As long as it lasts, the next wait tells it again.
                _ready.AddLast(item);
                _changed.WakeOne();
            }
        }

        return true;
    }

    private bool HasReady()
    {
        lock (_scanGate)
        {
            while (TakeReady() is { } item)
            {
                if (item.Look(item.Events, attaches: false) == PollEvents.None)
                {
                    continue;
                }

                lock (_gate)
                {
                    if (!item.IsRemoved && !item.IsReady)
                    {
                        _ready.AddFirst(item);
                    }
                }

                return true;
            }
        }

        return false;
    }
}
