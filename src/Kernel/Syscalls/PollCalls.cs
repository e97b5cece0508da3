using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>poll and ppoll. Called in the calling task, interrupts on.</summary>
internal sealed class PollCalls
{
    private readonly VirtualFileSystem _vfs;

    public PollCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        switch (call.Number)
        {
            case Linux.Poll:
                result = Poll(call, UserTime.FromMilliseconds((int)call.C));
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

        Errno error = UserTime.TryReadTimespec(call.C, out Instant deadline);
        return error == Errno.Success ? Poll(call, deadline) : -(long)error;
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

        return Poller.Poll(_vfs.Files, call.Job, entries, TaskPollWaiter.Current, deadline).ToSystemCall();
    }
}
