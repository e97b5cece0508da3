namespace KernelSockets.Kernel.Nucleus;

/// <summary>The system calls about time and sleep. Interrupts off.</summary>
internal static unsafe class ClockCalls
{
    private const ulong ClockRealtime = 0;
    private const ulong ClockProcessCpu = 2;
    private const ulong ClockThreadCpu = 3;
    private const ulong ClockRealtimeCoarse = 5;
    private const ulong ClockBoottime = 7;
    private const ulong AbsoluteTime = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const ulong TimespecBytes = 16;

    /// <summary>Serves the call if it is one of these.</summary>
    public static bool TryServe(TrapFrame* frame, out long result)
    {
        switch (frame->Rax)
        {
            case Linux.ClockGettime:
                result = GetTime(frame->Rdi, frame->Rsi);
                return true;
            case Linux.ClockGetres:
                result = GetResolution(frame->Rdi, frame->Rsi);
                return true;
            case Linux.Nanosleep:
                result = Sleep(false, false, frame->Rdi, frame->Rsi);
                return true;
            case Linux.ClockNanosleep:
                result = Sleep((frame->Rsi & AbsoluteTime) != 0, frame->Rdi == ClockRealtime, frame->Rdx, frame->R10);
                return true;
            default:
                result = 0;
                return false;
        }
    }

    /// <summary>Reads a timespec and turns it into a deadline on the monotonic clock.</summary>
    /// <param name="address">Of the timespec; 0 for none.</param>
    /// <param name="isAbsolute">True when it is a point in time, not a span.</param>
    /// <param name="isRealtime">True when that point is on the wall clock.</param>
    /// <param name="deadline">The deadline; never for no timespec.</param>
    public static Errno ReadDeadline(ulong address, bool isAbsolute, bool isRealtime, out long deadline)
    {
        deadline = TimerQueue.Never;
        if (address == 0)
        {
            return Errno.Success;
        }

        if (!AddressSpace.TryMakePresent(address, TimespecBytes, false))
        {
            return Errno.EFAULT;
        }

        long seconds = ((long*)address)[0];
        long nanoseconds = ((long*)address)[1];
        if (seconds < 0 || nanoseconds is < 0 or >= NanosecondsPerSecond)
        {
            return Errno.EINVAL;
        }

        long now = Tsc.Nanoseconds();
        if (seconds >= (long.MaxValue - now) / NanosecondsPerSecond - 1)
        {
            return Errno.Success;
        }

        long time = (seconds * NanosecondsPerSecond) + nanoseconds;
        deadline = !isAbsolute ? now + time : isRealtime ? time - (RealTimeClock.Now() - now) : time;
        return Errno.Success;
    }

    private static long GetTime(ulong clock, ulong address)
    {
        if (!AddressSpace.TryMakePresent(address, TimespecBytes, true))
        {
            return -(long)Errno.EFAULT;
        }

        long time;
        switch (clock)
        {
            case ClockRealtime or ClockRealtimeCoarse:
                time = RealTimeClock.Now();
                break;
            case ClockProcessCpu:
                time = Tsc.Nanoseconds() - Scheduler.IdleTime;
                break;
            case ClockThreadCpu:
                Scheduler.AccountCurrent();
                time = Scheduler.Current->CpuTime;
                break;
            case <= ClockBoottime:
                time = Tsc.Nanoseconds();
                break;
            default:
                return -(long)Errno.EINVAL;
        }

        ((long*)address)[0] = time / NanosecondsPerSecond;
        ((long*)address)[1] = time % NanosecondsPerSecond;
        return 0;
    }

    private static long GetResolution(ulong clock, ulong address)
    {
        if (clock > ClockBoottime)
        {
            return -(long)Errno.EINVAL;
        }

        if (address != 0)
        {
            if (!AddressSpace.TryMakePresent(address, TimespecBytes, true))
            {
                return -(long)Errno.EFAULT;
            }

            ((long*)address)[0] = 0;
            ((long*)address)[1] = 1;
        }

        return 0;
    }

    private static long Sleep(bool isAbsolute, bool isRealtime, ulong request, ulong remaining)
    {
        Errno error = request == 0 ? Errno.EFAULT : ReadDeadline(request, isAbsolute, isRealtime, out _);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        ReadDeadline(request, isAbsolute, isRealtime, out long deadline);
        if (deadline <= Tsc.Nanoseconds())
        {
            return 0;
        }

        Scheduler.Current->State = RunState.Asleep;
        Errno reason = Scheduler.Block(deadline);
        if (reason == Errno.ETIME)
        {
            return 0;
        }

        if (remaining != 0 && !isAbsolute && AddressSpace.TryMakePresent(remaining, TimespecBytes, true))
        {
            long left = deadline - Tsc.Nanoseconds();
            left = left < 0 ? 0 : left;
            ((long*)remaining)[0] = left / NanosecondsPerSecond;
            ((long*)remaining)[1] = left % NanosecondsPerSecond;
        }

        return -(long)reason;
    }
}
