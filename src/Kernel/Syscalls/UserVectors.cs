using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The buffers that an array of iovec points to (readv(2)), checked. One a thread, used again by each call.</summary>
internal sealed unsafe class UserVectors : IoVectorMemory
{
    /// <summary>Most buffers in one call (UIO_MAXIOV).</summary>
    public const ulong MaximumCount = 1024;

    private const int EntrySize = 16;
    private const int InitialCapacity = 16;

    [ThreadStatic]
    private static UserVectors? s_instance;

    private (ulong Address, int Length)[] _buffers = new (ulong, int)[InitialCapacity];
    private int _count;

    /// <summary>The calling thread's.</summary>
    public static UserVectors Current => s_instance ??= new UserVectors();

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    // SAFETY: TryRead has found every page of the range; its owner waits for the call.
    public override Span<byte> this[int index] => new((void*)_buffers[index].Address, _buffers[index].Length);

    /// <summary>Reads and checks an array of iovec.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="count">How many; at most <see cref="MaximumCount"/>.</param>
    /// <param name="isWritten">True when the call writes to the buffers.</param>
    /// <param name="data">All of them; longer ones than a call can move are cut, as Linux does.</param>
    /// <returns><see cref="Errno.EFAULT"/>, <see cref="Errno.EINVAL"/> for a negative length.</returns>
    public Errno TryRead(ulong address, ulong count, bool isWritten, out IoVector data)
    {
        data = default;
        _count = 0;
        if (!UserMemory.TryRead(address, count * EntrySize, out ReadOnlySpan<byte> entries))
        {
            return Errno.EFAULT;
        }

        if (_buffers.Length < (int)count)
        {
            _buffers = new (ulong, int)[count];
        }

        ulong total = 0;
        for (; !entries.IsEmpty; entries = entries[EntrySize..])
        {
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(entries);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(entries[sizeof(ulong)..]);
            if (length > long.MaxValue)
            {
                return Errno.EINVAL;
            }

            length = Math.Min(length, UserMemory.MaximumTransfer - total);
            if (!UserMemory.IsAccessible(start, length, isWritten))
            {
                return Errno.EFAULT;
            }

            total += length;
            _buffers[_count++] = (start, (int)length);
        }

        data = new IoVector(this, (int)total);
        return Errno.Success;
    }
}
