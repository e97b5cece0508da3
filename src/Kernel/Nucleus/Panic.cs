namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The end: says why, shows registers and a stack trace on every console, and stops the machine with a failure status (or waits, with
/// <c>panic=wait</c>). Any context; uses nothing that may be broken.
/// </summary>
internal static unsafe class Panic
{
    /// <summary>Exit status told to QEMU's isa-debug-exit device.</summary>
    private const byte FailureStatus = 1;

    private static bool s_isPanicking;
    private static bool s_isWaiting;

    /// <summary>True to halt after a panic instead of ending the machine.</summary>
    public static bool IsWaiting
    {
        get => s_isWaiting;
        set => s_isWaiting = value;
    }

    /// <summary>Stops with a reason and a number that explains it.</summary>
    public static void Stop(ReadOnlySpan<byte> reason, ulong detail) => StopAt(reason, detail, null);

    /// <summary>Stops because of what happened at a frame.</summary>
    public static void StopAt(ReadOnlySpan<byte> reason, ulong detail, TrapFrame* frame)
    {
        Begin();
        KernelLog.Text("panic: "u8);
        KernelLog.Text(reason);
        KernelLog.Text(" (0x"u8);
        KernelLog.Hex(detail);
        KernelLog.Text(")\n"u8);
        if (!Scheduler.IsStarting)
        {
            TaskRecord* task = Scheduler.Current;
            KernelLog.Text("task "u8);
            KernelLog.Decimal((ulong)task->Id);
            KernelLog.Text(" "u8);
            KernelLog.Text(task->Name, TaskRecord.NameBytes);
            KernelLog.Text("\n"u8);
        }

        if (frame != null)
        {
            PrintRegisters(frame);
            Backtrace.Print(frame->Rip, frame->Rsp, frame->Rbp);
        }

        End();
    }

    /// <summary>Stops with two lines of text: for panics that tell the user what to do.</summary>
    public static void Explain(ReadOnlySpan<byte> reason, ReadOnlySpan<byte> beforeNumber, ulong number, ReadOnlySpan<byte> afterNumber)
    {
        Begin();
        KernelLog.Text("panic: "u8);
        KernelLog.Text(reason);
        KernelLog.Text("\n"u8);
        KernelLog.Text(beforeNumber);
        KernelLog.Decimal(number);
        KernelLog.Text(afterNumber);
        KernelLog.Text("\n"u8);
        End();
    }

    private static void Begin()
    {
        Cpu.DisableInterrupts();
        if (s_isPanicking)
        {
            // A panic within a panic: nothing more can be said.
            SerialPort.Write((byte)'!');
            Machine.PowerOff(FailureStatus);
            Cpu.HaltForever();
        }

        s_isPanicking = true;
        if (!VgaText.IsEnabled)
        {
            VgaText.IsEnabled = true;
            VgaText.Clear();
        }

        KernelLog.EchoAlways();
        KernelLog.Text("\n"u8);
    }

    private static void End()
    {
        if (s_isWaiting)
        {
            KernelLog.Text("halted, as panic=wait says\n"u8);
            Cpu.HaltForever();
        }

        Machine.PowerOff(FailureStatus);
        KernelLog.Text("halted\n"u8);
        Cpu.HaltForever();
    }

    private static void PrintRegisters(TrapFrame* frame)
    {
        Register("rax "u8, frame->Rax);
        Register(" rbx "u8, frame->Rbx);
        Register(" rcx "u8, frame->Rcx);
        Register("\nrdx "u8, frame->Rdx);
        Register(" rsi "u8, frame->Rsi);
        Register(" rdi "u8, frame->Rdi);
        Register("\nr8  "u8, frame->R8);
        Register(" r9  "u8, frame->R9);
        Register(" r10 "u8, frame->R10);
        Register("\nr11 "u8, frame->R11);
        Register(" r12 "u8, frame->R12);
        Register(" r13 "u8, frame->R13);
        Register("\nr14 "u8, frame->R14);
        Register(" r15 "u8, frame->R15);
        Register(" rbp "u8, frame->Rbp);
        Register("\nrip "u8, frame->Rip);
        Register(" rsp "u8, frame->Rsp);
        Register(" efl "u8, frame->Rflags);
        Register("\nvec "u8, frame->Vector);
        Register(" err "u8, frame->Error);
        Register(" cr2 "u8, Cpu.ReadCr2());
        KernelLog.Text("\n"u8);
    }

    private static void Register(ReadOnlySpan<byte> name, ulong value)
    {
        KernelLog.Text(name);
        KernelLog.Hex(value);
    }
}
