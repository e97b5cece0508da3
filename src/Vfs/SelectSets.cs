using System.Buffers;

namespace KernelSockets.Vfs;

/// <summary>select and pselect6: the sets of descriptors as a poll (select(2)).</summary>
public static class SelectSets
{
    private const int WordBits = 64;
    private const PollEvents ReadEvents = PollEvents.In | PollEvents.ReadNormal | PollEvents.ReadBand;
    private const PollEvents ReadReady = ReadEvents | PollEvents.HangUp | PollEvents.Error;
    private const PollEvents WriteEvents = PollEvents.Out | PollEvents.WriteNormal | PollEvents.WriteBand;
    private const PollEvents WriteReady = WriteEvents | PollEvents.Error;
    private const PollEvents ExceptEvents = PollEvents.Priority;

    /// <summary>Bytes of a set (fd_set) for so many descriptors.</summary>
    public static int SizeOf(int count) => (count + WordBits - 1) / WordBits * sizeof(ulong);

    /// <summary>Waits until one of the files is ready, and leaves only those in the sets that are.</summary>
    /// <param name="table">The descriptors.</param>
    /// <param name="job">The calling job.</param>
    /// <param name="count">One more than the highest descriptor looked at.</param>
    /// <param name="read">Set of those to be read, <see cref="SizeOf"/> bytes or empty.</param>
    /// <param name="write">Set of those to be written.</param>
    /// <param name="except">Set of those that may have something exceptional.</param>
    /// <param name="waiter">The calling task's.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>Bits set in all three; <see cref="Errno.EBADF"/> for a descriptor that is not open, <see cref="Errno.EINTR"/>.</returns>
    public static IoResult Select(
        FileTable table, int job, int count, Span<byte> read, Span<byte> write, Span<byte> except, PollWaiter waiter, Instant deadline)
    {
        ArgumentNullException.ThrowIfNull(table);
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(count, 1) * PollEntry.Size);
        try
        {
            int entries = 0;
            for (int fd = 0; fd < count; fd++)
            {
                PollEvents wanted = (Has(read, fd) ? ReadEvents : 0) | (Has(write, fd) ? WriteEvents : 0) | (Has(except, fd) ? ExceptEvents : 0);
                if (wanted == PollEvents.None)
                {
                    continue;
                }

                if (table.DescriptorFlag(job, fd, change: null, out _) != Errno.Success)
                {
                    return Errno.EBADF;
                }

                new PollEntry(fd, wanted).Write(rented, entries++);
            }

            Span<byte> polled = rented.AsSpan(0, entries * PollEntry.Size);
            IoResult result = Poller.Poll(table, job, polled, waiter, deadline);
            return result.IsSuccess ? IoResult.Ok(Keep(polled, read, write, except)) : result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static int Keep(ReadOnlySpan<byte> polled, Span<byte> read, Span<byte> write, Span<byte> except)
    {
        int bits = 0;
        for (int i = 0; i < polled.Length / PollEntry.Size; i++)
        {
            int fd = PollEntry.Read(polled, i).Fd;
            PollEvents events = PollEntry.ReadReturned(polled, i);
            bits += Keep(read, fd, (events & ReadReady) != 0);
            bits += Keep(write, fd, (events & WriteReady) != 0);
            bits += Keep(except, fd, (events & ExceptEvents) != 0);
        }

        return bits;
    }

    private static int Keep(Span<byte> set, int fd, bool isReady)
    {
        if (!Has(set, fd))
        {
            return 0;
        }

        if (!isReady)
        {
            set[fd / 8] &= (byte)~(1 << (fd % 8));
        }

        return isReady ? 1 : 0;
    }

    private static bool Has(ReadOnlySpan<byte> set, int fd) => !set.IsEmpty && (set[fd / 8] & (1 << (fd % 8))) != 0;
}
