using System.Buffers.Binary;

namespace KernelSockets.Vfs.Events;

/// <summary>The 64-bit counter behind eventfd(2).</summary>
/// <remarks>All state is under <see cref="_gate"/>; waiting leaves it.</remarks>
internal sealed class EventCounter
{
    private const int Size = sizeof(ulong);

    /// <summary>The greatest value; one more is kept for overflows, which do not happen here.</summary>
    private const ulong Maximum = ulong.MaxValue - 1;

    private readonly Lock _gate = new();
    private readonly WaitQueue _changed;
    private readonly PollSource _poll = new();
    private readonly bool _isSemaphore;
    private ulong _value;

    public EventCounter(IWaitQueueFactory queues, uint initial, bool isSemaphore)
    {
        _changed = queues.Create("eventfd");
        _value = initial;
        _isSemaphore = isSemaphore;
    }

    /// <summary>Takes the value, or 1 of it from a semaphore; waits for one.</summary>
    /// <returns>8 bytes; <see cref="Errno.EINVAL"/> for less room, <see cref="Errno.EAGAIN"/>, <see cref="Errno.EINTR"/>.</returns>
    public IoResult Read(Span<byte> data, bool isNonBlocking)
    {
        if (data.Length < Size)
        {
            return Errno.EINVAL;
        }

        lock (_gate)
        {
            while (_value == 0)
            {
                Errno error = isNonBlocking ? Errno.EAGAIN : _changed.Wait(_gate, Instant.Never);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            ulong taken = _isSemaphore ? 1 : _value;
            _value -= taken;
            BinaryPrimitives.WriteUInt64LittleEndian(data, taken);
            _changed.WakeAll();
            _poll.Notify(PollEvents.Writable);
            return IoResult.Ok(Size);
        }
    }

    /// <summary>Adds to the value; waits for room.</summary>
    /// <returns>8 bytes; <see cref="Errno.EINVAL"/> for fewer and for the value of all ones, <see cref="Errno.EAGAIN"/>, <see cref="Errno.EINTR"/>.</returns>
    public IoResult Write(ReadOnlySpan<byte> data, bool isNonBlocking)
    {
        ulong added = data.Length < Size ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(data);
        if (added == ulong.MaxValue)
        {
            return Errno.EINVAL;
        }

        lock (_gate)
        {
            while (Maximum - _value < added)
            {
                Errno error = isNonBlocking ? Errno.EAGAIN : _changed.Wait(_gate, Instant.Never);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            _value += added;
            _changed.WakeAll();
            _poll.Notify(PollEvents.Readable);
            return IoResult.Ok(Size);
        }
    }

    /// <summary>What would not block.</summary>
    public PollEvents Poll(PollListener? listener)
    {
        _poll.Attach(listener);
        lock (_gate)
        {
            return (_value > 0 ? PollEvents.In : PollEvents.None) | (_value < Maximum ? PollEvents.Out : PollEvents.None);
        }
    }
}
