using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>select and pselect6. Called in the calling task, interrupts on.</summary>
internal sealed class SelectCalls
{
    private const int SignalSetSize = 8;
    private const int SignalArgumentSize = 16;
    private const long NanosecondsOfTimeval = 1000;

    private readonly VirtualFileSystem _vfs;

    public SelectCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        result = 0;
        if (call.Number is not (Linux.Select or Linux.Pselect6))
        {
            return false;
        }

        bool isTimeval = call.Number == Linux.Select;
        Instant deadline = Instant.Never;
        Errno error = isTimeval || call.F == 0 ? Errno.Success : CheckSignalSet(call.F);
        if (error == Errno.Success && call.E != 0)
        {
            error = isTimeval ? UserTime.TryReadTimeval(call.E, out deadline) : UserTime.TryReadTimespec(call.E, out deadline);
        }

        if (error != Errno.Success)
        {
            result = -(long)error;
            return true;
        }

        result = Select(call, deadline).ToSystemCall();
        if (call.E != 0)
        {
            UserTime.WriteRest(call.E, deadline, isTimeval ? NanosecondsOfTimeval : 1);
        }

        return true;
    }

    private IoResult Select(in CallArguments call, Instant deadline)
    {
        if ((int)call.A < 0)
        {
            return Errno.EINVAL;
        }

        int count = Math.Min((int)call.A, _vfs.Files.Capacity);
        if (!TryGetSet(call.B, count, out Span<byte> read) || !TryGetSet(call.C, count, out Span<byte> write) || !TryGetSet(call.D, count, out Span<byte> except))
        {
            return Errno.EFAULT;
        }

        return SelectSets.Select(_vfs.Files, call.Job, count, read, write, except, TaskPollWaiter.Current, deadline);
    }

    private static bool TryGetSet(ulong address, int count, out Span<byte> set)
    {
        set = default;
        return address == 0 || UserMemory.TryWrite(address, (ulong)SelectSets.SizeOf(count), out set);
    }

    /// <summary>pselect6's last argument: a pointer to a signal set and its size.</summary>
    private static Errno CheckSignalSet(ulong address)
    {
        if (!UserMemory.TryRead(address, SignalArgumentSize, out ReadOnlySpan<byte> argument))
        {
            return Errno.EFAULT;
        }

        bool isSet = BitConverter.ToUInt64(argument) != 0;
        return isSet && BitConverter.ToUInt64(argument[sizeof(ulong)..]) != SignalSetSize ? Errno.EINVAL : Errno.Success;
    }
}
