using System.Buffers;

namespace KernelSockets.Vfs;

/// <summary>poll and ppoll: waits until one of several files is ready (poll(2)).</summary>
/// <remarks>
/// Attaches the waiter to all files while it looks at them the first time, so that a change in between wakes it; then looks again after
/// every wake-up. Called by a task with a waiter of its own.
/// </remarks>
public static class Poller
{
    /// <summary>Files in one call.</summary>
    public const int MaxEntries = FileTable.DefaultCapacity;

    /// <summary>Looks at the files, and waits for the first one that is ready.</summary>
    /// <param name="table">The descriptors.</param>
    /// <param name="job">The calling job.</param>
    /// <param name="entries">An array of <c>struct pollfd</c>, whose revents are filled in.</param>
    /// <param name="waiter">The calling task's.</param>
    /// <param name="deadline">When to give up: now or earlier not to wait at all.</param>
    /// <returns>How many files are ready, 0 at the deadline; <see cref="Errno.EINVAL"/> for too many, <see cref="Errno.EINTR"/>.</returns>
    public static IoResult Poll(FileTable table, int job, Span<byte> entries, PollWaiter waiter, Instant deadline)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(waiter);
        int count = entries.Length / PollEntry.Size;
        if (count > MaxEntries)
        {
            return Errno.EINVAL;
        }

        OpenFile?[] files = ArrayPool<OpenFile?>.Shared.Rent(count);
        files.AsSpan(0, count).Clear();
        try
        {
            Hold(table, job, entries, files.AsSpan(0, count));
            return Wait(entries, files, waiter, deadline);
        }
        finally
        {
            // An interrupt of the thread may leave the wait as an exception.
            waiter.DetachAll();
            for (int i = 0; i < count; i++)
            {
                files[i]?.Release();
            }

            ArrayPool<OpenFile?>.Shared.Return(files, clearArray: true);
        }
    }

    private static void Hold(FileTable table, int job, ReadOnlySpan<byte> entries, Span<OpenFile?> files)
    {
        for (int i = 0; i < files.Length; i++)
        {
            int fd = PollEntry.Read(entries, i).Fd;
            if (fd >= 0)
            {
                table.TryGet(job, fd, out files[i]);
            }
        }
    }

    private static IoResult Wait(Span<byte> entries, OpenFile?[] files, PollWaiter waiter, Instant deadline)
    {
        int ready = Look(entries, files, waiter);
        while (ready == 0)
        {
            Errno error = waiter.Wait(deadline);
            if (error == Errno.EINTR)
            {
                return error;
            }

            ready = Look(entries, files, listener: null);
            if (error == Errno.ETIME)
            {
                break;
            }
        }

        return IoResult.Ok(ready);
    }

    private static int Look(Span<byte> entries, OpenFile?[] files, PollListener? listener)
    {
        int ready = 0;
        for (int i = 0; i < entries.Length / PollEntry.Size; i++)
        {
            PollEntry entry = PollEntry.Read(entries, i);
            PollEvents events = PollEvents.None;
            if (entry.Fd >= 0)
            {
                events = files[i] is { } file ? file.Poll(entry.Events, ready == 0 ? listener : null) : PollEvents.Invalid;
            }

            PollEntry.WriteReturned(entries, i, events);
            ready += events == PollEvents.None ? 0 : 1;
        }

        return ready;
    }
}
