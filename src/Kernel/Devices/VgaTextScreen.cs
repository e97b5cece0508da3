using KernelSockets.Drivers.Console;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Devices;

/// <summary>VGA's text memory at 0xB8000, 80 × 25, and the cursor of its CRT controller (IBM VGA technical reference; registers 0A, 0B, 0E, 0F).</summary>
internal sealed unsafe class VgaTextScreen : TextFrameBuffer
{
    private const ulong Memory = 0xB8000;
    private const ushort CrtIndex = 0x3D4;
    private const ushort CrtData = 0x3D5;
    private const byte CursorStart = 0x0A;
    private const byte CursorEnd = 0x0B;
    private const byte CursorHigh = 0x0E;
    private const byte CursorLow = 0x0F;
    private const byte CursorOff = 0x20;
    private const byte FirstScanLine = 14;
    private const byte LastScanLine = 15;

    private const ushort InputStatus = 0x3DA;
    private const ushort AttributeAddress = 0x3C0;
    private const ushort AttributeRead = 0x3C1;
    private const byte ModeControl = 0x10;
    private const byte VideoEnable = 0x20;
    private const byte BlinkEnable = 0x08;
    private const int ProbePattern = 0x5A;

    private VgaTextScreen() => DisableBlinking();

    /// <inheritdoc/>
    public override int Columns => 80;

    /// <inheritdoc/>
    public override int Rows => 25;

    /// <summary>Opens the screen, if there is a colour VGA in text mode.</summary>
    public static VgaTextScreen? TryOpen()
    {
        // The CRT controller's cursor register keeps what is written only where there is one.
        Cpu.Out8(CrtIndex, CursorLow);
        byte old = Cpu.In8(CrtData);
        Cpu.Out8(CrtData, ProbePattern);
        bool isPresent = Cpu.In8(CrtData) == ProbePattern;
        Cpu.Out8(CrtData, old);
        return isPresent ? new VgaTextScreen() : null;
    }

    /// <inheritdoc/>
    public override void Write(int index, ushort cell)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)(Columns * Rows));

        // SAFETY: VGA text memory is in the direct map, and the index lies in the screen.
        Volatile.Write(ref ((ushort*)(PageTables.DirectMap + Memory))[index], cell);
    }

    /// <inheritdoc/>
    public override void SetCursor(int row, int column, bool visible)
    {
        int place = (row * Columns) + column;
        SetRegister(CursorStart, visible ? FirstScanLine : CursorOff);
        SetRegister(CursorEnd, LastScanLine);
        SetRegister(CursorHigh, (byte)(place >> 8));
        SetRegister(CursorLow, (byte)place);
    }

    private static void SetRegister(byte register, byte value)
    {
        Cpu.Out8(CrtIndex, register);
        Cpu.Out8(CrtData, value);
    }

    /// <summary>Bit 15 of a cell means a bright background, not blinking.</summary>
    private static void DisableBlinking()
    {
        Cpu.In8(InputStatus);
        Cpu.Out8(AttributeAddress, ModeControl | VideoEnable);
        byte mode = Cpu.In8(AttributeRead);
        Cpu.Out8(AttributeAddress, (byte)(mode & ~BlinkEnable));
        Cpu.In8(InputStatus);
        Cpu.Out8(AttributeAddress, VideoEnable);
    }
}
