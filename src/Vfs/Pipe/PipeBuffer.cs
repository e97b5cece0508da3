namespace KernelSockets.Vfs.Pipe;

/// <summary>
/// The bytes on their way through a pipe, its ends, and who waits for them (pipe(7)). Shared by all open files of one pipe or FIFO.
/// </summary>
/// <remarks>All state is under <see cref="_gate"/>; waiting leaves it. Writers wait for room in one queue, readers for data in another.</remarks>
internal sealed class PipeBuffer
{
    /// <summary>Bytes a pipe holds (Linux's PIPE_DEF_BUFFERS pages).</summary>
    public const int Capacity = 65536;

    /// <summary>PIPE_BUF: writes up to it are not torn apart.</summary>
    public const int AtomicSize = 4096;

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[Capacity];
    private readonly WaitQueue _readable;
    private readonly WaitQueue _writable;
    private readonly WaitQueue _opened;
    private readonly PollSource _poll = new();
    private int _head;
    private int _count;
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
                return _count;
            }
        }
    }

    /// <summary>Counts the ends that a file opens. With <paramref name="waitsForPeer"/>, a FIFO, waits until the other end is open, too.</summary>
    /// <returns><see cref="Errno.ENXIO"/> for a writer that may not block and has no reader, <see cref="Errno.EINTR"/>.</returns>
    public Errno Open(OpenFile file, bool waitsForPeer)
    {
        lock (_gate)
        {
            if (waitsForPeer && file.IsNonBlocking && !file.CanRead && _readers == 0)
            {
                return Errno.ENXIO;
            }

            _readers += file.CanRead ? 1 : 0;
            _writers += file.CanWrite ? 1 : 0;
            _readerOpens += file.CanRead ? 1 : 0;
            _writerOpens += file.CanWrite ? 1 : 0;
            _opened.WakeAll();
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
    public IoResult Read(Span<byte> data, bool isNonBlocking)
    {
        if (data.IsEmpty)
        {
            return IoResult.Ok(0);
        }

        lock (_gate)
        {
            while (_count == 0)
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

            int count = Take(data);
            _writable.WakeAll();
            _poll.Notify(PollEvents.Writable);
            return IoResult.Ok(count);
        }
    }

    /// <summary>Puts bytes in: all or none at once up to <see cref="AtomicSize"/>, longer ones as room comes.</summary>
    /// <returns>
    /// Less than asked only when non-blocking or interrupted; <see cref="Errno.EPIPE"/> without a reader, <see cref="Errno.EAGAIN"/>, <see cref="Errno.EINTR"/>.
    /// </returns>
    public IoResult Write(ReadOnlySpan<byte> data, bool isNonBlocking)
    {
        if (data.IsEmpty)
        {
            return IoResult.Ok(0);
        }

        int needed = data.Length <= AtomicSize ? data.Length : 1;
        int done = 0;
        lock (_gate)
        {
            while (done < data.Length)
            {
                Errno error = WaitForRoom(needed, isNonBlocking);
                if (error != Errno.Success)
                {
                    return done > 0 ? IoResult.Ok(done) : error;
                }

                done += Put(data[done..]);
                _readable.WakeAll();
                _poll.Notify(PollEvents.Readable);
            }
        }

        return IoResult.Ok(done);
    }

    /// <summary>What a file on this pipe would not block for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="openedWriters">Writers that had ever opened the pipe when the file was opened: a FIFO without a writer yet has not hung up.</param>
    /// <param name="listener">Who will wait.</param>
    public PollEvents Poll(OpenFile file, long openedWriters, PollListener? listener)
    {
        _poll.Attach(listener);
        lock (_gate)
        {
            PollEvents events = PollEvents.None;
            if (file.CanRead)
            {
                events |= _count > 0 ? PollEvents.Readable : PollEvents.None;
                events |= _writers == 0 && _writerOpens != openedWriters ? PollEvents.HangUp : PollEvents.None;
            }

            if (file.CanWrite)
            {
                events |= Capacity - _count >= AtomicSize ? PollEvents.Writable : PollEvents.None;
                events |= _readers == 0 ? PollEvents.Error : PollEvents.None;
            }

            return events;
        }
    }

    /// <summary>Writers that have ever opened the pipe, unless one is there now.</summary>
    public long OpenedWriters
    {
        get
        {
            lock (_gate)
            {
                return _writers > 0 ? -1 : _writerOpens;
            }
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
            _count = 0;
        }

        _readable.WakeAll();
        _writable.WakeAll();
        _poll.Notify(PollEvents.HangUp | PollEvents.Error);
    }

    private Errno WaitForRoom(int needed, bool isNonBlocking)
    {
        while (true)
        {
            if (_readers == 0)
            {
                return Errno.EPIPE;
            }

            if (Capacity - _count >= needed)
            {
                return Errno.Success;
            }

            Errno error = isNonBlocking ? Errno.EAGAIN : _writable.Wait(_gate, Instant.Never);
            if (error != Errno.Success)
            {
                return error;
            }
        }
    }

    private int Take(Span<byte> data)
    {
        int count = Math.Min(data.Length, _count);
        int first = Math.Min(count, Capacity - _head);
        _ring.AsSpan(_head, first).CopyTo(data);
        _ring.AsSpan(0, count - first).CopyTo(data[first..]);
        _head = (_head + count) % Capacity;
        _count -= count;
        return count;
    }

    private int Put(ReadOnlySpan<byte> data)
    {
        int count = Math.Min(data.Length, Capacity - _count);
        int tail = (_head + _count) % Capacity;
        int first = Math.Min(count, Capacity - tail);
        data[..first].CopyTo(_ring.AsSpan(tail));
        data[first..count].CopyTo(_ring);
        _count += count;
        return count;
    }
}
