using System.Numerics;
using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Pipe;

/// <summary>
/// A pipe: its bytes, its ends, and who waits for them (pipe(7), fifo(7)). Shared by all open files of one pipe or FIFO.
/// </summary>
/// <remarks>
/// All state is under <see cref="_gate"/>; waiting leaves it. Readers wait in one queue until there is something to read, writers in another until a page is free.
/// Each change wakes one, who has waited longest; on its way out a reader that leaves something wakes the next reader, and a writer that leaves a
/// page free the next writer. The end of the other side wakes all.
/// </remarks>
internal sealed class PipeBuffer
{
    /// <summary>Largest size that F_SETPIPE_SZ gives (Linux's /proc/sys/fs/pipe-max-size, which binds all but the privileged there).</summary>
    public const int MaximumSize = 1 << 20;

    private readonly Lock _gate = new();
    private readonly PipePages _pages = new();
    private readonly WaitQueue _readable;
    private readonly WaitQueue _writable;
    private readonly WaitQueue _opened;
    private readonly PollSource _readPoll = new();
    private readonly PollSource _writePoll = new();
    private int _readers;
    private int _writers;
    private long _readerOpens;
    private long _writerOpens;

    public PipeBuffer(IWaitQueueFactory queues)
    {
        _readable = queues.Create("pipe_read");
        _writable = queues.Create("pipe_write");
        _opened = queues.Create("fifo_open");
    }

    /// <summary>Bytes that can be read.</summary>
    public int Available
    {
        get
        {
            lock (_gate)
            {
                return _pages.Available;
            }
        }
    }

    /// <summary>F_GETPIPE_SZ: bytes that it holds when every page is full.</summary>
    public int Size
    {
        get
        {
            lock (_gate)
            {
                return _pages.Count * PipePages.PageSize;
            }
        }
    }

    /// <summary>Counts the ends that a file opens. With <paramref name="waitsForPeer"/>, a FIFO, waits until the other end is open, too.</summary>
    /// <param name="file">The file.</param>
    /// <param name="waitsForPeer">True for a FIFO.</param>
    /// <param name="openedWriters">For <see cref="Poll"/>: writers that had ever opened a FIFO when a reader opened it without waiting; -1 for all others.</param>
    /// <returns><see cref="Errno.ENXIO"/> for a writer that may not block and has no reader, <see cref="Errno.EINTR"/>.</returns>
    public Errno Open(OpenFile file, bool waitsForPeer, out long openedWriters)
    {
        lock (_gate)
        {
            openedWriters = -1;
            if (waitsForPeer && file.IsNonBlocking && !file.CanRead && _readers == 0)
            {
                return Errno.ENXIO;
            }

            if (waitsForPeer && file.IsNonBlocking && !file.CanWrite && _writers == 0)
            {
                openedWriters = _writerOpens;
            }

            _readers += file.CanRead ? 1 : 0;
            _writers += file.CanWrite ? 1 : 0;
            _readerOpens += file.CanRead ? 1 : 0;
            _writerOpens += file.CanWrite ? 1 : 0;
            _opened.WakeAll();
            bool isFirst = (file.CanRead && _readers == 1) || (file.CanWrite && _writers == 1);
            if (isFirst)
            {
                _readPoll.Notify(PollEvents.None);
            }

            Errno error = waitsForPeer && !file.IsNonBlocking ? WaitForPeer(file) : Errno.Success;
            if (error != Errno.Success)
            {
                CountDown(file);
            }

            return error;
        }
    }

    /// <summary>A file is closed: the other side sees the end of the stream or a broken pipe.</summary>
    public void Close(OpenFile file)
    {
        lock (_gate)
        {
            CountDown(file);
        }
    }

    /// <summary>Takes what there is; waits for the first byte.</summary>
    /// <returns>0 when the pipe is empty and no writer is left; <see cref="Errno.EAGAIN"/>, <see cref="Errno.EINTR"/>.</returns>
    public IoResult Read(in IoVector data, bool isNonBlocking)
    {
        if (data.Length == 0)
        {
            return IoResult.Ok(0);
        }

        lock (_gate)
        {
            while (_pages.IsEmpty)
            {
                if (_writers == 0)
                {
                    return IoResult.Ok(0);
                }

                Errno error = isNonBlocking ? Errno.EAGAIN : _readable.Wait(_gate, Instant.Never);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            bool wasFull = _pages.IsFull;
            int count = _pages.Take(data);
            PassOn(hasRoomNow: wasFull && !_pages.IsFull);
            return IoResult.Ok(count);
        }
    }

    /// <summary>Puts bytes in: all or none at once up to a page, longer ones as room comes.</summary>
    /// <returns>
    /// Less than asked only when non-blocking, interrupted or left by the last reader; <see cref="Errno.EPIPE"/> without a reader, <see cref="Errno.EAGAIN"/>,
    /// <see cref="Errno.EINTR"/>, <see cref="Errno.ENOMEM"/>.
    /// </returns>
    public IoResult Write(in IoVector data, bool isNonBlocking)
    {
        if (data.Length == 0)
        {
            return IoResult.Ok(0);
        }

        lock (_gate)
        {
            int done = _readers > 0 ? _pages.Merge(data) : 0;
            Errno error = Errno.Success;
            while (done < data.Length && error == Errno.Success)
            {
                if (_readers == 0)
                {
                    error = Errno.EPIPE;
                }
                else if (!_pages.IsFull)
                {
                    IoResult added = _pages.Add(data, done);
                    done += added.Count;
                    error = added.Error;
                }
                else
                {
                    _readable.WakeOne();
                    _readPoll.Notify(PollEvents.Readable);
                    error = isNonBlocking ? Errno.EAGAIN : _writable.Wait(_gate, Instant.Never);
                }
            }

            // Linux tells of every write, also of one that failed, and edge-triggered epoll sees it.
            _readPoll.Notify(PollEvents.Readable);
            PassOn(hasRoomNow: false);
            return done > 0 ? IoResult.Ok(done) : error;
        }
    }

    /// <summary>F_SETPIPE_SZ.</summary>
    /// <param name="size">Bytes; rounded up to pages, and their number to a power of two.</param>
    /// <returns>
    /// The new size; <see cref="Errno.EINVAL"/> for more than 2 GiB, <see cref="Errno.EPERM"/> for more than <see cref="MaximumSize"/>,
    /// <see cref="Errno.EBUSY"/> when more pages are in use.
    /// </returns>
    public IoResult SetSize(uint size)
    {
        const uint Most = 1U << 31;
        if (size > Most)
        {
            return Errno.EINVAL;
        }

        uint rounded = BitOperations.RoundUpToPowerOf2(Math.Max(size, PipePages.PageSize));
        if (rounded > MaximumSize)
        {
            return Errno.EPERM;
        }

        int count = (int)rounded / PipePages.PageSize;
        lock (_gate)
        {
            if (count < _pages.Used)
            {
                return Errno.EBUSY;
            }

            _pages.Resize(count);
            PassOn(hasRoomNow: false);
            _writePoll.Notify(PollEvents.None);
            return IoResult.Ok((int)rounded);
        }
    }

    /// <summary>What a file on this pipe would not block for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="openedWriters">As <see cref="Open"/> has told: a FIFO without a writer yet has not hung up.</param>
    /// <param name="listener">Who will wait.</param>
    public PollEvents Poll(OpenFile file, long openedWriters, PollListener? listener)
    {
        if (file.CanRead)
        {
            _readPoll.Attach(listener);
        }

        if (file.CanWrite)
        {
            _writePoll.Attach(listener);
        }

        lock (_gate)
        {
            PollEvents events = PollEvents.None;
            if (file.CanRead)
            {
                events |= _pages.IsEmpty ? PollEvents.None : PollEvents.Readable;
                events |= _writers == 0 && _writerOpens != openedWriters ? PollEvents.HangUp : PollEvents.None;
            }

            if (file.CanWrite)
            {
                events |= _pages.IsFull ? PollEvents.None : PollEvents.Writable;
                events |= _readers == 0 ? PollEvents.Error : PollEvents.None;
            }

            return events;
        }
    }

    private Errno WaitForPeer(OpenFile file)
    {
        // Counts of opens, not of ends: a peer may open and close again before this task runs.
        long readerOpens = _readerOpens;
        long writerOpens = _writerOpens;
        while (true)
        {
            bool isMissing = (file.CanRead && !file.CanWrite && _writers == 0 && _writerOpens == writerOpens)
                || (file.CanWrite && !file.CanRead && _readers == 0 && _readerOpens == readerOpens);
            if (!isMissing)
            {
                return Errno.Success;
            }

            Errno error = _opened.Wait(_gate, Instant.Never);
            if (error != Errno.Success)
            {
                return error;
            }
        }
    }

    private void CountDown(OpenFile file)
    {
        _readers -= file.CanRead ? 1 : 0;
        _writers -= file.CanWrite ? 1 : 0;
        if (_readers == 0 && _writers == 0)
        {
            _pages.Clear();
        }

        _readable.WakeAll();
        _writable.WakeAll();
        if ((_readers == 0) != (_writers == 0))
        {
            _readPoll.Notify(PollEvents.None);
            _writePoll.Notify(PollEvents.None);
        }
    }

    /// <summary>Whoever leaves the pipe wakes the next one who can go on: it may have been woken in that one's place.</summary>
    /// <param name="hasRoomNow">True when the pipe was full and is not any more, for those who poll.</param>
    private void PassOn(bool hasRoomNow)
    {
        if (!_pages.IsEmpty)
        {
            _readable.WakeOne();
        }

        if (!_pages.IsFull)
        {
            _writable.WakeOne();
        }

        if (hasRoomNow)
        {
            _writePoll.Notify(PollEvents.Writable);
        }
    }
}
