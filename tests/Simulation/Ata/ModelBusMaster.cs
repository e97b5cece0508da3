using System.Buffers.Binary;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.Simulation.Ata;

/// <summary>The bus master of one channel, from "Programming Interface for Bus Master IDE Controller" 1.0.</summary>
public sealed class ModelBusMaster
{
    private const byte StartBit = 1;
    private const byte ToMemoryBit = 8;
    private const byte ActiveBit = 1;
    private const byte ErrorBit = 2;
    private const byte InterruptBit = 4;
    private const byte CapableBits = 0x60;
    private const ulong Boundary = 0x1_0000;

    private readonly ModelDmaAllocator _memory;
    private byte _command;
    private byte _status = CapableBits;
    private uint _table;

    internal ModelBusMaster(ModelDmaAllocator memory, Action started)
    {
        _memory = memory;
        Ports = new ModelPorts
        {
            Name = "bus master",
            OnRead8 = offset => offset switch
            {
                0 => _command,
                2 => _status,
                _ => throw new DriverErrorException($"read of bus master register {offset}"),
            },
            OnWrite8 = (offset, value) => Write(offset, value, started),
            OnWrite32 = WriteTable,
        };
    }

    /// <summary>Its registers.</summary>
    public PortSpace Ports { get; }

    /// <summary>True while Start is set.</summary>
    public bool IsStarted => (_command & StartBit) != 0;

    /// <summary>The drive has raised its interrupt.</summary>
    internal void Interrupt() => _status |= InterruptBit;

    /// <summary>Memory cannot be reached.</summary>
    internal void Fail() => _status = (byte)((_status & ~ActiveBit) | ErrorBit);

    /// <summary>Moves bytes between the drive and memory.</summary>
    /// <param name="data">The drive's.</param>
    /// <param name="isToMemory">Which way.</param>
    /// <param name="isWhole">False when the drive ends early: memory is left over then.</param>
    internal void Move(Span<byte> data, bool isToMemory, bool isWhole)
    {
        if (((_command & ToMemoryBit) != 0) != isToMemory)
        {
            throw new DriverErrorException("the bus master moves the other way than the drive");
        }

        ulong entry = _table;
        int done = 0;
        for (bool isLast = false; !isLast && done < data.Length; entry += 8)
        {
            if (entry / Boundary != _table / Boundary)
            {
                throw new DriverErrorException("the descriptor table crosses 64 KiB");
            }

            ReadOnlySpan<byte> descriptor = _memory.Resolve(entry, 8, isWrite: false);
            uint address = BinaryPrimitives.ReadUInt32LittleEndian(descriptor);
            uint control = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]);
            int count = (control & 0xFFFF) == 0 ? (int)Boundary : (int)(control & 0xFFFF);
            isLast = control >> 31 != 0;
            if ((address & 1) != 0 || (count & 1) != 0 || (control & 0x7FFF_0000) != 0 || address / Boundary != (address + (uint)count - 1) / Boundary)
            {
                throw new DriverErrorException($"bad descriptor 0x{address:x8} 0x{control:x8}");
            }

            int moved = Math.Min(count, data.Length - done);
            Span<byte> memory = _memory.Resolve(address, moved, isToMemory);
            (isToMemory ? data.Slice(done, moved) : memory).CopyTo(isToMemory ? memory : data.Slice(done, moved));
            done += moved;
            isWhole &= done < data.Length || (isLast && moved == count);
        }

        if (done < data.Length)
        {
            throw new DriverErrorException($"the descriptors hold {done} of the transfer's {data.Length} bytes");
        }

        _status = (byte)(isWhole ? _status & ~ActiveBit : _status);
    }

    private void Write(int offset, byte value, Action started)
    {
        switch (offset)
        {
            case 0:
                WriteCommand(value, started);
                break;
            case 2:
                _status = (byte)((value & CapableBits) | (_status & ActiveBit) | (_status & ~value & (ErrorBit | InterruptBit)));
                break;
            default:
                throw new DriverErrorException($"write to bus master register {offset}");
        }
    }

    private void WriteCommand(byte value, Action started)
    {
        bool isStarting = (value & StartBit) != 0 && !IsStarted;
        if ((value & ~(StartBit | ToMemoryBit)) != 0 || (IsStarted && ((value ^ _command) & ToMemoryBit) != 0))
        {
            throw new DriverErrorException($"bus master command 0x{value:x2} over 0x{_command:x2}");
        }

        _command = value;
        _status = (byte)(isStarting ? _status | ActiveBit : IsStarted ? _status : _status & ~ActiveBit);
        if (isStarting)
        {
            started();
        }
    }

    private void WriteTable(int offset, uint value)
    {
        if (offset != 4 || (value & 3) != 0 || IsStarted)
        {
            throw new DriverErrorException($"descriptor table 0x{value:x8} in bus master register {offset}");
        }

        _table = value;
    }
}
