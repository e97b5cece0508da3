using System.Runtime;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>What each vector does. Called from Boot/traps.s on an interrupt stack with interrupts off.</summary>
internal static unsafe class Traps
{
    private const int DivideError = 0;
    private const int NonMaskable = 2;
    private const int Breakpoint = 3;
    private const int InvalidOpcode = 6;
    private const int DoubleFault = 8;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;
    private const int FloatingPointX87 = 16;
    private const int FloatingPointSimd = 19;
    private const int FirstInterrupt = 32;

    private const ulong FaultOnPresent = 1;
    private const ulong FaultOnWrite = 2;
    private const ulong FaultOnFetch = 16;

    /// <summary>A fault this near under the stack pointer is a stack that has overflowed.</summary>
    private const ulong OverflowReach = 128 * 1024;
    private const ulong InterruptFlag = Cpu.InterruptFlag;

    private const int SegmentNotMapped = 1;
    private const int SegmentNoAccess = 2;
    private const int SignalFromKernel = 0x80;
    private const int IntegerDivide = 1;
    private const int FloatingDivide = 3;
    private const int IllegalOperand = 2;

    /// <summary>Handles a trap and says where to go on.</summary>
    [RuntimeExport("nucleus_trap")]
    private static TrapFrame* Handle(TrapFrame* frame)
    {
        if (frame->Vector >= FirstInterrupt)
        {
            HandleInterrupt((int)frame->Vector);
        }
        else
        {
            HandleException(frame);
        }

        // Where interrupts were off, the nucleus itself was interrupted by a page fault, and goes on undisturbed.
        if ((frame->Rflags & InterruptFlag) == 0 || Scheduler.IsStarting)
        {
            return frame;
        }

        if (Scheduler.IsRescheduleNeeded)
        {
            return Scheduler.RescheduleFromTrap(frame);
        }

        TaskRecord* current = Scheduler.Current;
        if (Signals.HasDeliverable(current))
        {
            ExtendedState.Save(current->ExtendedState, frame);
            Signals.Deliver(current, frame, isFromCall: false);
        }

        return frame;
    }

    private static void HandleInterrupt(int vector)
    {
        Entropy.Add(Cpu.ReadTsc());
        switch (vector)
        {
            case LocalApic.TimerVector:
                InterruptEvents.CountTimer();
                Scheduler.OnTimer();
                break;
            case LocalApic.RescheduleVector:
                InterruptEvents.CountReschedule();
                break;
            case LocalApic.SelfTestVector:
                InterruptEvents.CountSelfTest();
                break;
            case >= IoApic.FirstVector and < IoApic.FirstVector + IoApic.LineCount:
                InterruptEvents.OnInterrupt(vector - IoApic.FirstVector);
                break;
            case LocalApic.SpuriousVector:
                return;
            default:
                KernelLog.Begin(LogLevel.Warning);
                KernelLog.Text("interrupt at vector "u8);
                KernelLog.Decimal((ulong)vector);
                KernelLog.Text(" that nobody serves"u8);
                KernelLog.End();
                break;
        }

        LocalApic.Acknowledge();
    }

    private static void HandleException(TrapFrame* frame)
    {
        switch ((int)frame->Vector)
        {
            case PageFault:
                HandlePageFault(frame, Cpu.ReadCr2());
                break;
            case DivideError:
                Raise(frame, Signals.FloatingPointError, IntegerDivide, frame->Rip);
                break;
            case FloatingPointX87:
            case FloatingPointSimd:
                Raise(frame, Signals.FloatingPointError, FloatingDivide, frame->Rip);
                break;
            case Breakpoint:
                Raise(frame, Signals.Trap, SignalFromKernel, 0);
                break;
            case InvalidOpcode:
                Raise(frame, Signals.IllegalInstruction, IllegalOperand, frame->Rip);
                break;
            case GeneralProtection:
                Raise(frame, Signals.SegmentationFault, SignalFromKernel, 0);
                break;
            case DoubleFault:
                Panic.StopAt("double fault"u8, Cpu.ReadCr2(), frame);
                break;
            case NonMaskable:
                Panic.StopAt("non-maskable interrupt: hardware failure"u8, 0, frame);
                break;
            default:
                Panic.StopAt("an exception that nobody handles"u8, frame->Vector, frame);
                break;
        }
    }

    private static void HandlePageFault(TrapFrame* frame, ulong address)
    {
        bool isWrite = (frame->Error & FaultOnWrite) != 0;
        bool isFetch = (frame->Error & FaultOnFetch) != 0;
        if ((frame->Error & FaultOnPresent) == 0)
        {
            switch (AddressSpace.PageIn(address, isWrite, isFetch))
            {
                case PageInResult.Done:
                    return;
                case PageInResult.NoMemory:
                    Panic.StopAt("out of memory: no frame for a page that was promised"u8, address, frame);
                    break;
            }
        }

        if (address < frame->Rsp + FrameAllocator.FrameSize && address + OverflowReach > frame->Rsp
            && address >= AddressSpace.Lowest && address < AddressSpace.Highest)
        {
            Panic.StopAt("stack overflow"u8, address, frame);
        }

        int code = AddressSpace.TryFind(address, out _) ? SegmentNoAccess : SegmentNotMapped;
        Raise(frame, Signals.SegmentationFault, code, address);
    }

    /// <summary>Turns an exception into a signal for the running task, or a panic when it is the nucleus's own.</summary>
    private static void Raise(TrapFrame* frame, int signal, int code, ulong address)
    {
        SignalInfo info;
        info.Code = code;
        info.Error = frame->Error;
        info.Trap = frame->Vector;
        info.Address = address;
        if ((frame->Rflags & InterruptFlag) == 0 || Scheduler.IsStarting
            || !Signals.TryRaiseFault(Scheduler.Current, frame, signal, &info))
        {
            Panic.StopAt(Name(frame->Vector), address, frame);
        }
    }

    private static ReadOnlySpan<byte> Name(ulong vector) => (int)vector switch
    {
        DivideError => "divide error"u8,
        Breakpoint => "breakpoint"u8,
        InvalidOpcode => "invalid opcode"u8,
        GeneralProtection => "general protection fault"u8,
        PageFault => "page fault"u8,
        _ => "floating-point exception"u8,
    };
}
