using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>poll and ppoll. Called in the calling task, interrupts on.</summary>
internal sealed class PollCalls
{
    private const int TimespecBytes = 16;

    [ThreadStatic]
    private static PollWaiter? s_waiter;

    private readonly VirtualFileSystem _vfs;
    private readonly KernelWaitQueueFactory _queues = new();

    public PollCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        switch (call.Number)
        {
            case Linux.Poll:
                int milliseconds = (int)call.C;
                result = Poll(call, milliseconds < 0 ? Instant.Never : KernelClock.Instance.Now + TimeSpan.FromMilliseconds(milliseconds));
                return true;
            case Linux.Ppoll:
                result = PollUntil(call);
                return true;
            default:
                result = 0;
                return false;
        }
    }

    private long PollUntil(in CallArguments call)
    {
        if (call.C == 0)
        {
            return Poll(call, Instant.Never);
        }

        if (!UserMemory.TryRead(call.C, TimespecBytes, out ReadOnlySpan<byte> memory))
        {
            return -(long)Errno.EFAULT;
        }

        long seconds = BitConverter.ToInt64(memory);
        long nanoseconds = BitConverter.ToInt64(memory[8..]);
        if (seconds < 0 || nanoseconds is < 0 or >= 1_000_000_000)
        {
            return -(long)Errno.EINVAL;
        }

        Instant deadline = seconds > int.MaxValue
            ? Instant.Never
            : new Instant(KernelClock.Instance.Now.Nanoseconds + (seconds * 1_000_000_000) + nanoseconds);
        return Poll(call, deadline);
    }

    private long Poll(in CallArguments call, Instant deadline)
    {
        if (call.B > Poller.MaxEntries)
        {
            return -(long)Errno.EINVAL;
        }

        if (!UserMemory.TryWrite(call.A, call.B * PollEntry.Size, out Span<byte> entries))
        {
            return -(long)Errno.EFAULT;
        }

        s_waiter ??= new PollWaiter(_queues);
        return Poller.Poll(_vfs.Files, call.Job, entries, s_waiter, deadline).ToSystemCall();
    }
}
