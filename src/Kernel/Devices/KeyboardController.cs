using KernelSockets.Drivers.Console;
using KernelSockets.Kernel.Interrupts;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Devices;

/// <summary>The PC's keyboard controller (8042): takes scan codes, set 1 as it translates them, by interrupt 1.</summary>
internal sealed class KeyboardController
{
    private const int InterruptNumber = 1;
    private const ushort Data = 0x60;
    private const ushort Status = 0x64;
    private const ushort Command = 0x64;
    private const byte OutputFull = 1;
    private const byte InputFull = 2;
    private const byte FromMouse = 0x20;
    private const byte ReadConfiguration = 0x20;
    private const byte WriteConfiguration = 0x60;
    private const byte InterruptEnable = 1;
    private const byte KeyboardDisabled = 0x10;
    private const byte Translate = 0x40;
    private const byte NoController = 0xFF;
    private const int SpinLimit = 100_000;

    private readonly KernelInterruptLine _line;
    private readonly Ps2Keyboard _keyboard = new();

    private KeyboardController(KernelInterruptLine line) => _line = line;

    /// <summary>Opens the keyboard.</summary>
    /// <returns>Null when there is no controller, or it does not answer.</returns>
    public static KeyboardController? TryOpen()
    {
        if (Cpu.In8(Status) == NoController)
        {
            return null;
        }

        Drain();
        if (!TrySend(Command, ReadConfiguration) || !TryReceive(out byte configuration))
        {
            return null;
        }

        configuration = (byte)((configuration | InterruptEnable | Translate) & ~KeyboardDisabled);
        KernelInterruptLine line = new();
        return TrySend(Command, WriteConfiguration) && TrySend(Data, configuration)
            && line.Attach(InterruptNumber, isPci: false) == Errno.Success
            ? new KeyboardController(line)
            : null;
    }

    /// <summary>Receives for ever: the body of the keyboard task.</summary>
    /// <param name="input">Gets the bytes that a terminal would send.</param>
    public void Receive(ConsoleInput input)
    {
        byte[] bytes = new byte[Ps2Keyboard.MaxBytes];
        while (true)
        {
            byte status = Cpu.In8(Status);
            if ((status & OutputFull) == 0)
            {
                _line.Wait(Instant.Never);
                continue;
            }

            byte code = Cpu.In8(Data);
            if ((status & FromMouse) == 0)
            {
                int count = _keyboard.Decode(code, bytes);
                if (count > 0)
                {
                    input.Add(bytes.AsSpan(0, count));
                }
            }
        }
    }

    private static void Drain()
    {
        for (int i = 0; i < SpinLimit && (Cpu.In8(Status) & OutputFull) != 0; i++)
        {
            Cpu.In8(Data);
        }
    }

    private static bool TrySend(ushort port, byte value)
    {
        for (int i = 0; i < SpinLimit; i++)
        {
            if ((Cpu.In8(Status) & InputFull) == 0)
            {
                Cpu.Out8(port, value);
                return true;
            }
        }

        return false;
    }

    private static bool TryReceive(out byte value)
    {
        value = 0;
        for (int i = 0; i < SpinLimit; i++)
        {
            if ((Cpu.In8(Status) & OutputFull) != 0)
            {
                value = Cpu.In8(Data);
                return true;
            }
        }

        return false;
    }
}
