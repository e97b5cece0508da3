using KernelSockets.Kernel.Interrupts;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Devices;

/// <summary>
/// COM1 (16550, National Semiconductor PC16550D data sheet) by interrupts: one task receives, and tells writers when the transmitter's FIFO is empty again.
/// </summary>
internal sealed class SerialLine
{
    private const int InterruptNumber = 4;
    private const int FifoBytes = 16;

    private const ushort Data = SerialPort.Base;
    private const ushort InterruptEnable = SerialPort.Base + 1;
    private const ushort LineStatus = SerialPort.Base + 5;

    private const byte ReceiveEnable = 1;
    private const byte TransmitEnable = 2;
    private const byte DataReady = 1;
    private const byte TransmitterEmpty = 0x20;

    private readonly Lock _gate = new();
    private readonly KernelWaitQueue _writable = new("serial");
    private readonly KernelInterruptLine _line;

    private SerialLine(KernelInterruptLine line) => _line = line;

    /// <summary>Opens COM1.</summary>
    /// <returns>Null when there is no such port.</returns>
    public static SerialLine? TryOpen()
    {
        KernelInterruptLine line = new();
        return SerialPort.IsPresent && line.Attach(InterruptNumber, isPci: false) == Errno.Success ? new SerialLine(line) : null;
    }

    /// <summary>Sends bytes; waits for the transmitter where its FIFO is full.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            while (!bytes.IsEmpty)
            {
                while ((Cpu.In8(LineStatus) & TransmitterEmpty) == 0)
                {
                    Cpu.Out8(InterruptEnable, ReceiveEnable | TransmitEnable);
                    _writable.WaitUninterrupted(_gate);
                }

                int part = Math.Min(FifoBytes, bytes.Length);
                foreach (byte value in bytes[..part])
                {
                    Cpu.Out8(Data, value);
                }

                bytes = bytes[part..];
            }
        }
    }

    /// <summary>Receives for ever: the body of the serial task.</summary>
    /// <param name="input">Gets the bytes as they come.</param>
    public void Receive(ConsoleInput input)
    {
        byte[] buffer = new byte[256];
        lock (_gate)
        {
            Cpu.Out8(InterruptEnable, ReceiveEnable);
        }

        while (true)
        {
            int count = 0;
            bool hasMore;
            lock (_gate)
            {
                while (count < buffer.Length && (Cpu.In8(LineStatus) & DataReady) != 0)
                {
                    buffer[count++] = Cpu.In8(Data);
                }

                if ((Cpu.In8(LineStatus) & TransmitterEmpty) != 0)
                {
                    Cpu.Out8(InterruptEnable, ReceiveEnable);
                    _writable.WakeAll();
                }

                // The line is edge-triggered: a byte that came while the transmitter still held the line up has made no edge, and will make none.
                hasMore = (Cpu.In8(LineStatus) & DataReady) != 0;
            }

            if (count > 0)
            {
                input.Add(buffer.AsSpan(0, count));
            }
            else if (!hasMore)
            {
                _line.Wait(Instant.Never);
            }
        }
    }
}
