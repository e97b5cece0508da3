namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Signals as Linux delivers them on x86-64 (signal(7), rt_sigaction(2)): the runtime suspends threads for a garbage collection with one, and turns
/// page faults and divide errors into exceptions with two others. A handler gets a full, writable ucontext. Interrupts off.
/// </summary>
internal static unsafe class Signals
{
    public const int Abort = 6;
    public const int FloatingPointError = 8;
    public const int SegmentationFault = 11;
    public const int IllegalInstruction = 4;
    public const int Trap = 5;
    public const int BusError = 7;

    /// <summary>si_code of a signal sent by tgkill.</summary>
    private const int CodeTgkill = -6;

    private const int SignalCount = TaskRecord.SignalCount;
    private const ulong RedZone = 128;

    /// <summary>Bytes of stack under a system call's frame that the nucleus may stand on while it delivers.</summary>
    private const ulong NucleusStackBytes = 2048;

    /// <summary>TF, DF and RF are off when a handler starts: what was interrupted may have been copying backwards.</summary>
    private const ulong HandlerFlagMask = 0x1_0500;

    private const ulong FlagSiginfo = 4;
    private const ulong FlagRestorer = 0x0400_0000;
    private const ulong FlagOnStack = 0x0800_0000;
    private const ulong FlagNoDefer = 0x4000_0000;
    private const ulong FlagResetHandler = 0x8000_0000;

    private static Actions s_actions;

    /// <summary>sizeof(struct kernel_sigaction): handler, flags, restorer, mask.</summary>
    public const int ActionBytes = 32;

    public static ulong* Action(int signal)
    {
        fixed (ulong* words = s_actions.Words)
        {
            return words + ((signal - 1) * 4);
        }
    }

    public static bool HasDeliverable(TaskRecord* task) => (task->PendingSignals & ~task->BlockedSignals) != 0;

    /// <summary>Sends a signal to a task. It strikes when the task next goes on.</summary>
    public static Errno Send(TaskRecord* task, int signal)
    {
        if (signal is < 0 or > SignalCount)
        {
            return Errno.EINVAL;
        }

        if (signal == 0)
        {
            return Errno.Success;
        }

        ulong handler = Action(signal)[0];
        if (handler == 1 || (handler == 0 && IsIgnoredByDefault(signal)))
        {
            return Errno.Success;
        }

        task->PendingSignals |= 1ul << (signal - 1);
        return Errno.Success;
    }

    /// <summary>Lets every deliverable signal strike: the frame goes on in the handler.</summary>
    /// <param name="task">Its <see cref="TaskRecord.ExtendedState"/> holds its vector registers.</param>
    /// <param name="frame">Where it was stopped.</param>
    /// <param name="isFromCall">True at the end of a system call: the frame, and the nucleus, are on the very stack that the handler will run on.</param>
    public static void Deliver(TaskRecord* task, TrapFrame* frame, bool isFromCall)
    {
        while (HasDeliverable(task))
        {
            int signal = System.Numerics.BitOperations.TrailingZeroCount(task->PendingSignals & ~task->BlockedSignals) + 1;
            task->PendingSignals &= ~(1ul << (signal - 1));
            SignalInfo info;
            info.Code = CodeTgkill;
            info.Error = 0;
            info.Trap = 0;
            info.Address = 0;
            Enter(task, frame, signal, &info, isFromCall);
        }
    }

    /// <summary>A fault of the running task becomes a signal.</summary>
    /// <returns>False when nobody handles it.</returns>
    public static bool TryRaiseFault(TaskRecord* task, TrapFrame* frame, int signal, SignalInfo* info)
    {
        if (Action(signal)[0] <= 1 || (task->BlockedSignals >> (signal - 1) & 1) != 0)
        {
            return false;
        }

        ExtendedState.Save(task->ExtendedState, frame);
        Enter(task, frame, signal, info, isFromCall: false);
        return true;
    }

    /// <summary>rt_sigreturn: goes on where the signal struck, with the registers as the handler left them in its ucontext.</summary>
    public static void Return(TaskRecord* task, TrapFrame* frame)
    {
        // The handler's return popped the restorer's address; the rest of the signal frame begins there.
        SignalFrame* signal = (SignalFrame*)(frame->Rsp - 8);
        ulong* registers = signal->Registers;
        frame->R8 = registers[0];
        frame->R9 = registers[1];
        frame->R10 = registers[2];
        frame->R11 = registers[3];
        frame->R12 = registers[4];
        frame->R13 = registers[5];
        frame->R14 = registers[6];
        frame->R15 = registers[7];
        frame->Rdi = registers[8];
        frame->Rsi = registers[9];
        frame->Rbp = registers[10];
        frame->Rbx = registers[11];
        frame->Rdx = registers[12];
        frame->Rax = registers[13];
        frame->Rcx = registers[14];
        frame->Rsp = registers[15];
        frame->Rip = registers[16];
        frame->Rflags = registers[17];
        task->BlockedSignals = signal->Mask;
        byte* state = (byte*)signal->ExtendedState;
        ExtendedState.Restore(state);
        Cpu.Copy(frame->Xmm, state + ExtendedState.XmmOffset, TrapFrame.XmmBytes);
    }

    private static void Enter(TaskRecord* task, TrapFrame* frame, int signal, SignalInfo* info, bool isFromCall)
    {
        ulong* action = Action(signal);
        if (action[0] == 1)
        {
            return;
        }

        if (action[0] == 0)
        {
            if (!IsIgnoredByDefault(signal))
            {
                Panic.StopAt("a signal that nobody handles"u8, (ulong)signal, frame);
            }

            return;
        }

        bool usesAlternate = (action[1] & FlagOnStack) != 0 && task->AlternateStack != 0
            && (frame->Rsp < task->AlternateStack || frame->Rsp > task->AlternateStack + task->AlternateStackBytes);
        ulong top = usesAlternate ? task->AlternateStack + task->AlternateStackBytes : frame->Rsp - RedZone;
        SignalFrame* signalFrame = Place(top, out ulong state);
        ulong unused = (ulong)frame - NucleusStackBytes;
        if (isFromCall && top > unused && (ulong)signalFrame < (ulong)(frame + 1))
        {
            top = unused;
            signalFrame = Place(top, out state);
        }

        if (!AddressSpace.TryMakePresent((ulong)signalFrame, top - (ulong)signalFrame, true))
        {
            Panic.StopAt("no room for a signal frame: stack overflow"u8, (ulong)signalFrame, frame);
        }

        Fill(signalFrame, task, frame, signal, info);
        Cpu.Copy((void*)state, task->ExtendedState, ExtendedState.Bytes);
        signalFrame->ExtendedState = state;
        signalFrame->Restorer = (action[1] & FlagRestorer) != 0 ? action[2] : Symbols.SignalRestorer();
        task->BlockedSignals |= action[3] | ((action[1] & FlagNoDefer) != 0 ? 0 : 1ul << (signal - 1));
        frame->Rdi = (ulong)signal;
        frame->Rsi = (ulong)&signalFrame->Number;
        frame->Rdx = (ulong)&signalFrame->ContextFlags;
        frame->Rax = 0;
        frame->Rip = action[0];
        frame->Rflags &= ~HandlerFlagMask;
        frame->Rsp = (ulong)signalFrame;
        if ((action[1] & FlagResetHandler) != 0)
        {
            action[0] = 0;
        }
    }

    /// <summary>Where a signal frame comes to lie under an address: the vector registers on a 64-byte boundary, the handler's stack as after a call.</summary>
    private static SignalFrame* Place(ulong top, out ulong state)
    {
        state = (top - ExtendedState.Bytes) & ~63ul;
        return (SignalFrame*)(((state - (ulong)sizeof(SignalFrame)) & ~15ul) - 8);
    }

    private static void Fill(SignalFrame* signalFrame, TaskRecord* task, TrapFrame* frame, int signal, SignalInfo* info)
    {
        Cpu.Zero(signalFrame, (ulong)sizeof(SignalFrame));
        ulong* registers = signalFrame->Registers;
        registers[0] = frame->R8;
        registers[1] = frame->R9;
        registers[2] = frame->R10;
        registers[3] = frame->R11;
        registers[4] = frame->R12;
        registers[5] = frame->R13;
        registers[6] = frame->R14;
        registers[7] = frame->R15;
        registers[8] = frame->Rdi;
        registers[9] = frame->Rsi;
        registers[10] = frame->Rbp;
        registers[11] = frame->Rbx;
        registers[12] = frame->Rdx;
        registers[13] = frame->Rax;
        registers[14] = frame->Rcx;
        registers[15] = frame->Rsp;
        registers[16] = frame->Rip;
        registers[17] = frame->Rflags;
        registers[18] = frame->Cs;
        registers[19] = info->Error;
        registers[20] = info->Trap;
        registers[21] = task->BlockedSignals;
        registers[22] = info->Address;
        signalFrame->Mask = task->BlockedSignals;
        signalFrame->Number = signal;
        signalFrame->Code = info->Code;
        if (info->Code == CodeTgkill)
        {
            // si_pid: there is one process, and the runtime checks that the signal came from it.
            signalFrame->AddressOrSender = TaskCalls.ProcessId;
        }
        else
        {
            signalFrame->AddressOrSender = info->Address;
        }
    }

    private static bool IsIgnoredByDefault(int signal)
    {
        const int ChildStatus = 17;
        const int Urgent = 23;
        const int WindowChange = 28;
        const int Continue = 18;
        return signal is ChildStatus or Urgent or WindowChange or Continue;
    }

    private struct Actions
    {
        public fixed ulong Words[SignalCount * 4];
    }
}

/// <summary>Why a signal was raised, as siginfo and sigcontext tell it.</summary>
internal struct SignalInfo
{
    public int Code;
    public ulong Error;
    public ulong Trap;
    public ulong Address;
}

/// <summary>What lies on the stack when a handler starts: return address, ucontext_t with libc's size, siginfo_t.</summary>
internal unsafe struct SignalFrame
{
    public ulong Restorer;
    public ulong ContextFlags;
    public ulong ContextLink;
    public fixed ulong ContextStack[3];
    public fixed ulong Registers[23];
    public ulong ExtendedState;
    public fixed ulong Reserved[8];
    public ulong Mask;
    public fixed ulong MaskRest[15];
    public fixed ulong FloatingPoint[64];
    public int Number;
    public int Error;
    public int Code;
    public int Padding;
    public ulong AddressOrSender;
    public fixed ulong InfoRest[13];
}
