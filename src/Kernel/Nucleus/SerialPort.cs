namespace KernelSockets.Kernel.Nucleus;

/// <summary>The 16550 UART at COM1, 115200 8N1, written to by polling. For the log and for panics; any context.</summary>
internal static class SerialPort
{
    public const ushort Base = 0x3F8;

    private const ushort Data = Base;
    private const ushort InterruptEnable = Base + 1;
    private const ushort FifoControl = Base + 2;
    private const ushort LineControl = Base + 3;
    private const ushort ModemControl = Base + 4;
    private const ushort LineStatus = Base + 5;
    private const ushort Scratch = Base + 7;

    private const byte TransmitterEmpty = 0x20;
    private const byte DivisorLatch = 0x80;
    private const byte EightNone1 = 0x03;
    private const byte FifoEnableClear14 = 0xC7;
    private const byte DtrRtsOut2 = 0x0B;
    private const int SpinLimit = 100_000;

    private static bool s_isPresent;

    public static bool IsPresent => s_isPresent;

    public static void Initialize()
    {
        Cpu.Out8(Scratch, 0x5A);
        s_isPresent = Cpu.In8(Scratch) == 0x5A;
        if (!s_isPresent)
        {
            return;
        }

        Cpu.Out8(InterruptEnable, 0);
        Cpu.Out8(LineControl, DivisorLatch);
        Cpu.Out8(Data, 1);
        Cpu.Out8(InterruptEnable, 0);
        Cpu.Out8(LineControl, EightNone1);
        Cpu.Out8(FifoControl, FifoEnableClear14);
        Cpu.Out8(ModemControl, DtrRtsOut2);
    }

    /// <summary>Writes one byte; a line feed becomes carriage return and line feed. Gives up on a transmitter that never empties.</summary>
    public static void Write(byte value)
    {
        if (!s_isPresent)
        {
            return;
        }

        if (value == (byte)'\n')
        {
            WriteRaw((byte)'\r');
        }

        WriteRaw(value);
    }

    private static void WriteRaw(byte value)
    {
        for (int i = 0; i < SpinLimit && (Cpu.In8(LineStatus) & TransmitterEmpty) == 0; i++)
        {
            Cpu.Pause();
        }

        Cpu.Out8(Data, value);
    }
}
