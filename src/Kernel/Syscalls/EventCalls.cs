using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Events;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>epoll_create, epoll_ctl, epoll_wait, eventfd and their relatives. Called in the calling task, interrupts on.</summary>
internal sealed class EventCalls
{
    private const int DeleteCommand = 2;
    private const int SignalSetSize = 8;

    /// <summary>Events told in one call; more wait for the next one.</summary>
    private const int MaximumTold = 4096;

    private readonly VirtualFileSystem _vfs;

    public EventCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        result = 0;
        switch (call.Number)
        {
            case Linux.EpollCreate:
                result = (int)call.A <= 0 ? -(long)Errno.EINVAL : CreateSet(call.Job, OpenFlags.ReadOnly);
                return true;
            case Linux.EpollCreate1:
                result = CreateSet(call.Job, (OpenFlags)(int)call.A);
                return true;
            case Linux.Eventfd or Linux.Eventfd2:
                result = CreateCounter(call);
                return true;
            case Linux.EpollCtl:
                result = -(long)Control(call);
                return true;
            case Linux.EpollWait or Linux.EpollPwait or Linux.EpollPwait2:
                result = Wait(call).ToSystemCall();
                return true;
            default:
                return false;
        }
    }

    private long CreateSet(int job, OpenFlags flags)
    {
        Errno error = _vfs.Events.TryCreateSet(flags, out OpenFile? file);
        return error == Errno.Success ? NewDescriptor.Install(_vfs.Files, job, file!, flags) : -(long)error;
    }

    private long CreateCounter(in CallArguments call)
    {
        int flags = call.Number == Linux.Eventfd2 ? (int)call.B : 0;
        Errno error = _vfs.Events.TryCreateCounter((uint)call.A, flags, out OpenFile? file);
        return error == Errno.Success ? NewDescriptor.Install(_vfs.Files, call.Job, file!, (OpenFlags)flags) : -(long)error;
    }

    private Errno Control(in CallArguments call)
    {
        ReadOnlySpan<byte> description = default;
        if ((int)call.B != DeleteCommand && !UserMemory.TryRead(call.D, EpollSet.EventSize, out description))
        {
            return Errno.EFAULT;
        }

        OpenFile? setFile = null;
        OpenFile? file = null;
        try
        {
            Errno error = _vfs.Files.TryGet(call.Job, (int)call.A, out setFile);
            error = error == Errno.Success ? _vfs.Files.TryGet(call.Job, (int)call.C, out file) : error;
            if (error != Errno.Success)
            {
                return error;
            }

            if (file!.Operations.HasPosition(file.Inode))
            {
                return Errno.EPERM;
            }

            return setFile!.State is EpollSet set ? set.Control((int)call.B, file, (int)call.C, description) : Errno.EINVAL;
        }
        finally
        {
            file?.Release();
            setFile?.Release();
        }
    }

    private IoResult Wait(in CallArguments call)
    {
        Errno error = TryReadDeadline(call, out Instant deadline);
        int count = (int)call.C;
        if (error == Errno.Success && count is <= 0 or > int.MaxValue / EpollSet.EventSize)
        {
            error = Errno.EINVAL;
        }

        OpenFile? file = null;
        error = error == Errno.Success ? _vfs.Files.TryGet(call.Job, (int)call.A, out file) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        try
        {
            // Linux finds a bad address when it has something to tell.
            UserMemory.TryWrite(call.B, (ulong)(Math.Min(count, MaximumTold) * EpollSet.EventSize), out Span<byte> events);
            return file!.State is EpollSet set ? set.Wait(events, deadline) : Errno.EINVAL;
        }
        finally
        {
            file!.Release();
        }
    }

    private static Errno TryReadDeadline(in CallArguments call, out Instant deadline)
    {
        int milliseconds = (int)call.D;
        deadline = milliseconds == 0 && call.Number != Linux.EpollPwait2 ? Instant.Zero : UserTime.FromMilliseconds(milliseconds);
        if (call.Number == Linux.EpollPwait2)
        {
            deadline = Instant.Never;
            Errno error = call.D == 0 ? Errno.Success : UserTime.TryReadTimespec(call.D, out deadline);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        // No signals come here; a mask needs only be well-formed.
        if (call.Number == Linux.EpollWait || call.E == 0)
        {
            return Errno.Success;
        }

        return call.F != SignalSetSize ? Errno.EINVAL : UserMemory.IsAccessible(call.E, SignalSetSize, isWritten: false) ? Errno.Success : Errno.EFAULT;
    }
}
