namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Stack traces for panics. Follows the chain of frame pointers while it is sound; where code keeps none, takes every value on the stack that
/// follows a call instruction in the image's code, marked with a question mark as a guess. Any context.
/// </summary>
internal static unsafe class Backtrace
{
    private const int MaximumFrames = 48;
    private const ulong MaximumFrameBytes = 0x10_0000;
    private const ulong ScanBytes = 2048;

    /// <summary>Prints the trace from a stopped task's registers.</summary>
    public static void Print(ulong instruction, ulong stack, ulong framePointer)
    {
        KernelLog.Text("stack trace:\n"u8);
        PrintFrame(instruction, true);
        ulong slot = (stack + 7) & ~7ul;
        ulong silence = slot + ScanBytes;
        ulong last = 0;
        ulong repeats = 0;
        for (int printed = 0; printed < MaximumFrames && slot < silence && IsReadable(slot); slot += 8)
        {
            ulong value = *(ulong*)slot;
            bool isCertain = slot == framePointer || IsFramePointer(value, slot);
            ulong caller = isCertain ? *(ulong*)(slot + 8) : value;
            if (!IsReturnAddress(caller))
            {
                continue;
            }

            if (caller == last)
            {
                repeats++;
            }
            else
            {
                PrintRepeats(repeats);
                PrintFrame(caller, isCertain);
                printed++;
                repeats = 0;
                last = caller;
            }

            if (isCertain)
            {
                // A saved frame pointer, with the return address above it: the chain from here on is sound.
                framePointer = value;
                slot = IsFramePointer(value, slot) ? value - 8 : slot + 8;
            }

            silence = slot + ScanBytes;
        }

        PrintRepeats(repeats);
    }

    private static void PrintRepeats(ulong repeats)
    {
        if (repeats != 0)
        {
            KernelLog.Text("  the same again, "u8);
            KernelLog.Decimal(repeats);
            KernelLog.Text(" times\n"u8);
        }
    }

    /// <summary>A plausible saved frame pointer: it points further up the stack, at another one with a return address into code over it.</summary>
    private static bool IsFramePointer(ulong value, ulong slot) =>
        (value & 7) == 0 && value > slot && value - slot < MaximumFrameBytes
        && IsReadable(value) && IsReadable(value + 8) && IsReturnAddress(*(ulong*)(value + 8));

    private static bool IsReadable(ulong address) =>
        PageTables.IsActive
        && ((PageTables.Entry(address) & PageTables.Present) != 0
            || (address >= PageTables.DirectMap && address < PageTables.DirectMap + FrameAllocator.HighestAddress));

    /// <summary>True when a call instruction ends right before the address: E8 rel32, or FF /2 with 2 to 7 bytes.</summary>
    private static bool IsReturnAddress(ulong address)
    {
        if (!KernelImage.IsText(address) || !KernelImage.IsText(address - 7))
        {
            return false;
        }

        byte* code = (byte*)address;
        if (code[-5] == 0xE8)
        {
            return true;
        }

        for (int length = 2; length <= 7; length++)
        {
            if (code[-length] == 0xFF && (code[-length + 1] & 0x38) == 0x10)
            {
                return true;
            }
        }

        return false;
    }

    private static void PrintFrame(ulong address, bool isCertain)
    {
        KernelLog.Text(isCertain ? "  "u8 : "? "u8);
        KernelLog.Hex(address);
        KernelLog.Text(" "u8);
        SymbolTable.Print(address);
        KernelLog.Text("\n"u8);
    }
}
