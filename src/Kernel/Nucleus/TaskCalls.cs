namespace KernelSockets.Kernel.Nucleus;

/// <summary>The system calls about threads, futexes and signals, and the small ones that the runtime asks at its start. Interrupts off.</summary>
internal static unsafe class TaskCalls
{
    /// <summary>The one process.</summary>
    public const int ProcessId = 1;

    private const ulong CloneSetTls = 0x8_0000;
    private const ulong CloneParentSetTid = 0x10_0000;
    private const ulong CloneChildClearTid = 0x20_0000;
    private const ulong CloneChildSetTid = 0x100_0000;
    private const ulong CloneVm = 0x100;
    private const ulong CloneThread = 0x1_0000;
    private const ulong ArchSetFs = 0x1002;
    private const ulong ArchGetFs = 0x1003;
    private const ulong PrctlSetName = 15;
    private const ulong PrctlGetName = 16;
    private const int MembarrierQuery = 0;
    private const long MembarrierCommands = 0x18;
    private const ulong SysinfoBytes = 112;
    private const ulong Infinity = ulong.MaxValue;
    private const ulong SignalSetBytes = 8;

    /// <summary>Free frames that a new thread must leave to those that run.</summary>
    private const ulong FramesForThread = 64;

    /// <summary>Serves the call if it is one of these.</summary>
    public static bool TryServe(TrapFrame* frame, out long result)
    {
        switch (frame->Rax)
        {
            case Linux.Futex:
                result = ServeFutex(frame);
                return true;
            case SystemCalls.Park:
                result = -(long)Scheduler.Park((long)frame->Rdi);
                return true;
            case SystemCalls.WaitForInterrupt:
                result = -(long)InterruptEvents.Wait((int)frame->Rdi, (long)frame->Rsi);
                return true;
            case Linux.SchedYield:
                Scheduler.Yield();
                result = 0;
                return true;
            case Linux.Clone:
                result = Clone(frame);
                return true;
            case Linux.Exit:
                Scheduler.Exit();
                result = 0;
                return true;
            case Linux.RtSigaction or Linux.RtSigprocmask or Linux.Sigaltstack or Linux.Tgkill or Linux.Tkill:
                result = ServeSignals(frame);
                return true;
            default:
                return TryServeSmall(frame, out result);
        }
    }

    private static bool TryServeSmall(TrapFrame* frame, out long result)
    {
        TaskRecord* task = Scheduler.Current;
        result = 0;
        switch (frame->Rax)
        {
            case Linux.Gettid:
                result = task->Id;
                return true;
            case Linux.Getpid:
                result = ProcessId;
                return true;
            case Linux.SetTidAddress:
                task->ClearChildId = (uint*)frame->Rdi;
                result = task->Id;
                return true;
            case Linux.ArchPrctl:
                result = ServeArchPrctl(task, frame->Rdi, frame->Rsi);
                return true;
            case Linux.Prctl:
                result = ServePrctl(task, frame->Rdi, frame->Rsi);
                return true;
            case Linux.Getrandom:
                result = ServeGetrandom(frame->Rdi, frame->Rsi);
                return true;
            case Linux.Membarrier:
                // One processor: every access is seen in program order. Registering and issuing both succeed.
                result = (int)frame->Rdi == MembarrierQuery ? MembarrierCommands : 0;
                return true;
            case Linux.SchedGetaffinity:
                result = ServeGetaffinity(frame->Rsi, frame->Rdx);
                return true;
            case Linux.Sysinfo:
                result = ServeSysinfo(frame->Rdi);
                return true;
            case Linux.Prlimit64:
                result = ServeLimit(frame->Rdi, frame->Rsi, frame->Rdx, frame->R10);
                return true;
            case Linux.Getcpu:
                result = ServeGetcpu(frame->Rdi, frame->Rsi);
                return true;
            case Linux.SetRobustList or Linux.SchedSetaffinity or Linux.SchedGetparam:
                return true;
            case Linux.GetMempolicy or Linux.Rseq:
                result = -(long)Errno.ENOSYS;
                return true;
            default:
                return false;
        }
    }

    private static long Clone(TrapFrame* frame)
    {
        ulong flags = frame->Rdi;
        if ((flags & (CloneVm | CloneThread)) != (CloneVm | CloneThread))
        {
            return -(long)Errno.ENOSYS;
        }

        TaskRecord* child = FrameAllocator.Free < FramesForThread ? null : TaskTable.Allocate();
        if (child == null)
        {
            return -(long)Errno.EAGAIN;
        }

        TaskRecord* parent = Scheduler.Current;
        Cpu.Copy(&child->Frame, frame, (ulong)sizeof(TrapFrame));
        child->Frame.Rax = 0;
        child->Frame.Rsp = frame->Rsi;
        child->IsStoppedByTrap = true;
        child->Priority = Scheduler.NormalPriority;
        child->ThreadPointer = (flags & CloneSetTls) != 0 ? frame->R8 : parent->ThreadPointer;
        child->BlockedSignals = parent->BlockedSignals;
        child->ClearChildId = (flags & CloneChildClearTid) != 0 ? (uint*)frame->R10 : null;
        Cpu.Copy(child->Name, parent->Name, TaskRecord.NameBytes);
        if ((flags & CloneParentSetTid) != 0 && AddressSpace.TryMakePresent(frame->Rdx, sizeof(int), true))
        {
            *(int*)frame->Rdx = child->Id;
        }

        if ((flags & CloneChildSetTid) != 0 && AddressSpace.TryMakePresent(frame->R10, sizeof(int), true))
        {
            *(int*)frame->R10 = child->Id;
        }

        Scheduler.MakeReady(child);
        return child->Id;
    }

    private static long ServeFutex(TrapFrame* frame)
    {
        const ulong CommandMask = 0x7F;
        const ulong ClockRealtime = 0x100;
        const ulong Wait = 0;
        const ulong Wake = 1;
        const ulong Requeue = 3;
        const ulong CompareRequeue = 4;
        const ulong WaitBitset = 9;
        const ulong WakeBitset = 10;
        ulong address = frame->Rdi;
        uint value = (uint)frame->Rdx;
        if ((address & 3) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        if (!AddressSpace.TryMakePresent(address, sizeof(uint), false))
        {
            return -(long)Errno.EFAULT;
        }

        ulong command = frame->Rsi & CommandMask;
        switch (command)
        {
            case Wait or WaitBitset:
                Errno error = ClockCalls.ReadDeadline(
                    frame->R10, command == WaitBitset, (frame->Rsi & ClockRealtime) != 0, out long deadline);
                uint bits = command == WaitBitset ? (uint)frame->R9 : uint.MaxValue;
                return error != Errno.Success ? -(long)error : bits == 0 ? -(long)Errno.EINVAL : -(long)Futex.Wait(address, value, bits, deadline);
            case Wake:
                return Futex.Wake(address, (int)value, uint.MaxValue);
            case WakeBitset:
                return Futex.Wake(address, (int)value, (uint)frame->R9);
            case Requeue:
            case CompareRequeue when *(uint*)address == (uint)frame->R9:
                int woken = Futex.Wake(address, (int)value, uint.MaxValue);
                return woken + Futex.Requeue(address, frame->R8, (int)frame->R10);
            case CompareRequeue:
                return -(long)Errno.EAGAIN;
            default:
                return -(long)Errno.ENOSYS;
        }
    }

    private static long ServeSignals(TrapFrame* frame)
    {
        TaskRecord* task = Scheduler.Current;
        switch (frame->Rax)
        {
            case Linux.RtSigaction:
                return SetAction((int)frame->Rdi, frame->Rsi, frame->Rdx, frame->R10);
            case Linux.RtSigprocmask:
                return SetMask(task, (int)frame->Rdi, frame->Rsi, frame->Rdx, frame->R10);
            case Linux.Sigaltstack:
                return SetAlternateStack(task, frame->Rdi, frame->Rsi);
            default:
                bool hasGroup = frame->Rax == Linux.Tgkill;
                TaskRecord* target = TaskTable.Find((int)(hasGroup ? frame->Rsi : frame->Rdi));
                return -(long)(target == null ? Errno.ESRCH : Signals.Send(target, (int)(hasGroup ? frame->Rdx : frame->Rsi)));
        }
    }

    private static long SetAction(int signal, ulong action, ulong old, ulong setBytes)
    {
        const int Kill = 9;
        const int Stop = 19;
        if (signal is < 1 or > TaskRecord.SignalCount || setBytes != SignalSetBytes || (action != 0 && signal is Kill or Stop))
        {
            return -(long)Errno.EINVAL;
        }

        if ((old != 0 && !AddressSpace.TryMakePresent(old, Signals.ActionBytes, true))
            || (action != 0 && !AddressSpace.TryMakePresent(action, Signals.ActionBytes, false)))
        {
            return -(long)Errno.EFAULT;
        }

        if (old != 0)
        {
            Cpu.Copy((void*)old, Signals.Action(signal), Signals.ActionBytes);
        }

        if (action != 0)
        {
            Cpu.Copy(Signals.Action(signal), (void*)action, Signals.ActionBytes);
        }

        return 0;
    }

    private static long SetMask(TaskRecord* task, int how, ulong set, ulong old, ulong setBytes)
    {
        const int Block = 0;
        const int Unblock = 1;
        const int Replace = 2;
        if (setBytes != SignalSetBytes)
        {
            return -(long)Errno.EINVAL;
        }

        if ((old != 0 && !AddressSpace.TryMakePresent(old, SignalSetBytes, true))
            || (set != 0 && !AddressSpace.TryMakePresent(set, SignalSetBytes, false)))
        {
            return -(long)Errno.EFAULT;
        }

        ulong mask = task->BlockedSignals;
        if (old != 0)
        {
            *(ulong*)old = mask;
        }

        if (set == 0)
        {
            return 0;
        }

        ulong change = *(ulong*)set;
        switch (how)
        {
            case Block:
                task->BlockedSignals = mask | change;
                return 0;
            case Unblock:
                task->BlockedSignals = mask & ~change;
                return 0;
            case Replace:
                task->BlockedSignals = change;
                return 0;
            default:
                return -(long)Errno.EINVAL;
        }
    }

    private static long SetAlternateStack(TaskRecord* task, ulong stack, ulong old)
    {
        const uint Disable = 2;
        const ulong StackBytes = 24;
        if ((old != 0 && !AddressSpace.TryMakePresent(old, StackBytes, true))
            || (stack != 0 && !AddressSpace.TryMakePresent(stack, StackBytes, false)))
        {
            return -(long)Errno.EFAULT;
        }

        if (old != 0)
        {
            ((ulong*)old)[0] = task->AlternateStack;
            ((ulong*)old)[1] = task->AlternateStack == 0 ? Disable : 0;
            ((ulong*)old)[2] = task->AlternateStackBytes;
        }

        if (stack != 0)
        {
            bool isDisabled = (*(uint*)(stack + 8) & Disable) != 0;
            task->AlternateStack = isDisabled ? 0 : ((ulong*)stack)[0];
            task->AlternateStackBytes = isDisabled ? 0 : ((ulong*)stack)[2];
        }

        return 0;
    }

    private static long ServeArchPrctl(TaskRecord* task, ulong code, ulong address)
    {
        const uint FsBaseMsr = 0xC000_0100;
        switch (code)
        {
            case ArchSetFs:
                task->ThreadPointer = address;
                Cpu.WriteMsr(FsBaseMsr, address);
                return 0;
            case ArchGetFs when AddressSpace.TryMakePresent(address, sizeof(ulong), true):
                *(ulong*)address = task->ThreadPointer;
                return 0;
            case ArchGetFs:
                return -(long)Errno.EFAULT;
            default:
                return -(long)Errno.EINVAL;
        }
    }

    private static long ServePrctl(TaskRecord* task, ulong option, ulong address)
    {
        if (option is not (PrctlSetName or PrctlGetName))
        {
            return -(long)Errno.EINVAL;
        }

        if (!AddressSpace.TryMakePresent(address, TaskRecord.NameBytes, option == PrctlGetName))
        {
            return -(long)Errno.EFAULT;
        }

        if (option == PrctlSetName)
        {
            Cpu.Copy(task->Name, (void*)address, TaskRecord.NameBytes - 1);
        }
        else
        {
            Cpu.Copy((void*)address, task->Name, TaskRecord.NameBytes);
        }

        return 0;
    }

    private static long ServeGetrandom(ulong address, ulong length)
    {
        if (!AddressSpace.TryMakePresent(address, length, true))
        {
            return -(long)Errno.EFAULT;
        }

        Entropy.Fill((byte*)address, length);
        return (long)length;
    }

    private static long ServeGetaffinity(ulong length, ulong address)
    {
        if (length < sizeof(ulong))
        {
            return -(long)Errno.EINVAL;
        }

        if (!AddressSpace.TryMakePresent(address, sizeof(ulong), true))
        {
            return -(long)Errno.EFAULT;
        }

        *(ulong*)address = 1;
        return sizeof(ulong);
    }

    private static long ServeSysinfo(ulong address)
    {
        if (!AddressSpace.TryMakePresent(address, SysinfoBytes, true))
        {
            return -(long)Errno.EFAULT;
        }

        ulong* words = (ulong*)address;
        Cpu.Zero(words, SysinfoBytes);
        words[0] = (ulong)Tsc.Nanoseconds() / 1_000_000_000;
        words[4] = FrameAllocator.Total * FrameAllocator.FrameSize;
        words[5] = FrameAllocator.Free * FrameAllocator.FrameSize;
        *(ushort*)(address + 80) = (ushort)TaskTable.Count;
        *(uint*)(address + 104) = 1;
        return 0;
    }

    private static long ServeLimit(ulong process, ulong resource, ulong set, ulong old)
    {
        const ulong OpenFiles = 7;
        const ulong Stack = 3;
        const ulong ResourceCount = 16;
        if (process is not (0 or ProcessId))
        {
            return -(long)Errno.ESRCH;
        }

        if (resource >= ResourceCount)
        {
            return -(long)Errno.EINVAL;
        }

        if (set != 0)
        {
            return -(long)Errno.EPERM;
        }

        if (old != 0)
        {
            if (!AddressSpace.TryMakePresent(old, 16, true))
            {
                return -(long)Errno.EFAULT;
            }

            ulong limit = resource == OpenFiles ? (ulong)Vfs.FileTable.DefaultCapacity : resource == Stack ? NucleusMain.FirstStackBytes : Infinity;
            ((ulong*)old)[0] = limit;
            ((ulong*)old)[1] = limit;
        }

        return 0;
    }

    private static long ServeGetcpu(ulong cpu, ulong node)
    {
        if ((cpu != 0 && !AddressSpace.TryMakePresent(cpu, sizeof(uint), true))
            || (node != 0 && !AddressSpace.TryMakePresent(node, sizeof(uint), true)))
        {
            return -(long)Errno.EFAULT;
        }

        if (cpu != 0)
        {
            *(uint*)cpu = 0;
        }

        if (node != 0)
        {
            *(uint*)node = 0;
        }

        return 0;
    }
}
