using System.Runtime;
using System.Runtime.CompilerServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Where the `syscall` instruction arrives (Linux x86-64 numbers). What the runtime itself needs is served here, raw; everything else goes to the managed
/// kernel, with interrupts on. Called from Boot/traps.s on the caller's own stack with interrupts off.
/// </summary>
internal static unsafe class SystemCalls
{
    private static delegate* unmanaged<TrapFrame*, long> s_managedHandler;
    private static bool s_isModeKnown;
    private static bool s_isTraced;

    /// <summary>Numbers from here on are the kernel's own, for its managed part.</summary>
    public const ulong FirstOwn = 0x1000;
    public const ulong Park = FirstOwn;
    public const ulong WaitForInterrupt = FirstOwn + 1;

    /// <summary>Logs every call with its arguments and result (option <c>trace=syscalls</c>).</summary>
    public static bool IsTraced
    {
        get => s_isTraced;
        set => s_isTraced = value;
    }

    /// <summary>Hands all further system calls to managed code. The handler gets the frame and returns a result or negated errno.</summary>
    public static void SetManagedHandler(delegate* unmanaged<TrapFrame*, long> handler) => s_managedHandler = handler;

    /// <summary>Lets <see cref="IsRuntimeCritical"/> trust the thread's mode, once it was checked that it is read from the right place.</summary>
    public static void TrustMode() => s_isModeKnown = true;

    /// <summary>
    /// True when the running thread is in the middle of managed or garbage collector code and must not be entered by more managed code.
    /// </summary>
    public static bool IsRuntimeCritical() => s_isModeKnown && IsAttached() != 0 && TransitionFrame() == 0;

    /// <summary>The runtime's record of where the running thread left managed code; 0 while it is in it.</summary>
    [RuntimeImport(Image.Library, "thread_transition_frame")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong TransitionFrame();

    [RuntimeImport(Image.Library, "thread_is_attached")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte IsAttached();

    /// <summary>
    /// A plain jump to the handler. A call through the function pointer would be compiled as one that leaves managed code, which this is not in.
    /// </summary>
    [RuntimeImport(Image.Library, "call_managed")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern long CallManaged(TrapFrame* frame, ulong handler);

    /// <summary>Serves a call. The result is in the frame's rax.</summary>
    /// <returns>1 when the frame was replaced: every register comes from it.</returns>
    [RuntimeExport("nucleus_syscall")]
    private static byte Handle(TrapFrame* frame)
    {
        Scheduler.BuryDead();
        byte isReplaced = 0;
        ulong number = frame->Rax;
        if (frame->Rax == Linux.RtSigreturn)
        {
            Signals.Return(Scheduler.Current, frame);
            isReplaced = 1;
        }
        else if (!MemoryCalls.TryServe(frame, out long result) && !TaskCalls.TryServe(frame, out result)
            && !ClockCalls.TryServe(frame, out result))
        {
            frame->Rax = (ulong)Forward(frame);
        }
        else
        {
            frame->Rax = (ulong)result;
        }

        if (s_isTraced)
        {
            Trace(number, frame);
        }

        IdleWatch.Look();
        if (Scheduler.IsRescheduleNeeded)
        {
            Scheduler.RescheduleFromCall();
        }

        TaskRecord* task = Scheduler.Current;
        if (Signals.HasDeliverable(task))
        {
            ExtendedState.Save(task->ExtendedState, frame);
            Signals.Deliver(task, frame, isFromCall: true);
            isReplaced = 1;
        }

        return isReplaced;
    }

    private static void Trace(ulong number, TrapFrame* frame)
    {
        KernelLog.Begin(LogLevel.Debug);
        KernelLog.Text("trace: task "u8);
        KernelLog.Decimal((ulong)Scheduler.Current->Id);
        KernelLog.Text(" call "u8);
        KernelLog.Decimal(number);
        KernelLog.Text("("u8);
        KernelLog.Hex(frame->Rdi, 1 + (System.Numerics.BitOperations.Log2(frame->Rdi) / 4));
        KernelLog.Text(", "u8);
        KernelLog.Hex(frame->Rsi, 1 + (System.Numerics.BitOperations.Log2(frame->Rsi) / 4));
        KernelLog.Text(", "u8);
        KernelLog.Hex(frame->Rdx, 1 + (System.Numerics.BitOperations.Log2(frame->Rdx) / 4));
        KernelLog.Text(", "u8);
        KernelLog.Hex(frame->R10, 1 + (System.Numerics.BitOperations.Log2(frame->R10) / 4));
        KernelLog.Text(") = "u8);
        KernelLog.Hex(frame->Rax, 1 + (System.Numerics.BitOperations.Log2(frame->Rax) / 4));
        KernelLog.End();
    }

    private static long Forward(TrapFrame* frame)
    {
        if (s_managedHandler == null || IsRuntimeCritical())
        {
            return ServeWithoutKernel(frame);
        }

        Cpu.EnableInterrupts();
        long result = CallManaged(frame, (ulong)s_managedHandler);
        Cpu.DisableInterrupts();
        return result;
    }

    /// <summary>
    /// Before the kernel is up, and inside a collection: the runtime's own messages go to the log, and the files of /proc and /sys that it looks for do not exist.
    /// </summary>
    private static long ServeWithoutKernel(TrapFrame* frame)
    {
        switch (frame->Rax)
        {
            case Linux.Write when frame->Rdi is 1 or 2 && AddressSpace.TryMakePresent(frame->Rsi, frame->Rdx, false):
                LogText((byte*)frame->Rsi, frame->Rdx);
                return (long)frame->Rdx;
            case Linux.Writev when frame->Rdi is 1 or 2 && AddressSpace.TryMakePresent(frame->Rsi, frame->Rdx * 16, false):
                return LogVector((ulong*)frame->Rsi, frame->Rdx);
            case Linux.Open or Linux.Openat or Linux.Stat or Linux.Lstat or Linux.Newfstatat or Linux.Readlink or Linux.Access or Linux.Statfs:
                return -(long)Errno.ENOENT;
            case Linux.Read or Linux.Close or Linux.Fstat or Linux.Write or Linux.Writev or Linux.Fcntl:
                return -(long)Errno.EBADF;
            case Linux.ExitGroup:
                Panic.Stop("the runtime has ended"u8, frame->Rdi);
                return 0;
            case Linux.Ioctl:
                return -(long)Errno.ENOTTY;
            default:
                return -(long)Errno.ENOSYS;
        }
    }

    private static long LogVector(ulong* vector, ulong count)
    {
        long total = 0;
        for (ulong i = 0; i < count; i++)
        {
            if (!AddressSpace.TryMakePresent(vector[2 * i], vector[(2 * i) + 1], false))
            {
                return -(long)Errno.EFAULT;
            }

            LogText((byte*)vector[2 * i], vector[(2 * i) + 1]);
            total += (long)vector[(2 * i) + 1];
        }

        return total;
    }

    private static void LogText(byte* text, ulong length)
    {
        KernelLog.BeginEcho();
        for (ulong i = 0; i < length; i++)
        {
            KernelLog.Put(text[i]);
        }

        KernelLog.EndEcho();
    }
}
