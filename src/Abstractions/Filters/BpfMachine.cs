using System.Buffers.Binary;

namespace KernelSockets.Filters;

/// <summary>One run of a verified filter over one packet: its registers and scratch memory.</summary>
internal ref struct BpfMachine
{
    private const uint NibbleMask = 0xF;
    private const int ShiftMask = 31; // a shift by X takes its low five bits, as on the processor

    private readonly ReadOnlySpan<byte> _packet;
    private readonly BpfPacketInformation _information;
    private readonly Span<uint> _memory;
    private uint _a;
    private uint _x;

    /// <param name="packet">The packet.</param>
    /// <param name="information">What else is known about it.</param>
    /// <param name="memory">Scratch memory, zero.</param>
    public BpfMachine(ReadOnlySpan<byte> packet, in BpfPacketInformation information, Span<uint> memory)
    {
        _packet = packet;
        _information = information;
        _memory = memory;
    }

    private readonly uint WireLength => (uint)Math.Max(_packet.Length, _information.WireLength);

    /// <summary>Runs.</summary>
    /// <returns>Bytes to keep.</returns>
    public uint Run(BpfInstruction[] program)
    {
        int next = 0;
        while (true)
        {
            ref readonly BpfInstruction instruction = ref program[next++];
            switch (instruction.Code)
            {
                case BpfOpcode.ReturnConstant:
                    return instruction.K;
                case BpfOpcode.ReturnAccumulator:
                    return _a;
                case BpfOpcode.Jump:
                    next += (int)instruction.K;
                    break;
                default:
                    if (BpfVerifier.IsConditional(instruction.Code))
                    {
                        next += Holds(instruction) ? instruction.JumpTrue : instruction.JumpFalse;
                    }
                    else if (!TryLoad(instruction) && !TryCompute(instruction))
                    {
                        return 0;
                    }

                    break;
            }
        }
    }

    private readonly bool Holds(in BpfInstruction instruction)
    {
        uint operand = (instruction.Code & BpfOpcode.SourceIndex) != 0 ? _x : instruction.K;
        return (instruction.Code & ~BpfOpcode.SourceIndex) switch
        {
            BpfOpcode.JumpIfEqual => _a == operand,
            BpfOpcode.JumpIfGreater => _a > operand,
            BpfOpcode.JumpIfGreaterOrEqual => _a >= operand,
            _ => (_a & operand) != 0,
        };
    }

    /// <summary>Loads, stores and moves between registers.</summary>
    /// <returns>False for other operations, and for a load beyond the packet.</returns>
    private bool TryLoad(in BpfInstruction instruction)
    {
        switch (instruction.Code)
        {
            case BpfOpcode.LoadWord:
                return TryLoadPacket(instruction.K, sizeof(uint));
            case BpfOpcode.LoadHalf:
                return TryLoadPacket(instruction.K, sizeof(ushort));
            case BpfOpcode.LoadByte:
                return TryLoadPacket(instruction.K, sizeof(byte));
            case BpfOpcode.LoadWordIndexed:
                return TryLoadPacket((ulong)_x + instruction.K, sizeof(uint));
            case BpfOpcode.LoadHalfIndexed:
                return TryLoadPacket((ulong)_x + instruction.K, sizeof(ushort));
            case BpfOpcode.LoadByteIndexed:
                return TryLoadPacket((ulong)_x + instruction.K, sizeof(byte));
            case BpfOpcode.LoadIndexHeaderLength:
                return TryLoadHeaderLength(instruction.K);
            default:
                return TryMove(instruction);
        }
    }

    private bool TryLoadPacket(ulong offset, int size)
    {
        if (offset <= uint.MaxValue && BpfAncillary.IsKnown((uint)offset))
        {
            _a = BpfAncillary.Load((uint)offset, _information);
            return true;
        }

        // As in 32-bit arithmetic an indexed offset wraps around.
        offset = (uint)offset;
        if (offset + (uint)size > (ulong)_packet.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = _packet[(int)offset..];
        _a = size switch
        {
            sizeof(uint) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            sizeof(ushort) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _ => bytes[0],
        };
        return true;
    }

    private bool TryLoadHeaderLength(uint offset)
    {
        if (offset >= (uint)_packet.Length)
        {
            return false;
        }

        _x = (_packet[(int)offset] & NibbleMask) * sizeof(uint);
        return true;
    }

    private bool TryMove(in BpfInstruction instruction)
    {
        switch (instruction.Code)
        {
            case BpfOpcode.LoadConstant:
                _a = instruction.K;
                return true;
            case BpfOpcode.LoadLength:
                _a = WireLength;
                return true;
            case BpfOpcode.LoadMemory:
                _a = _memory[(int)instruction.K];
                return true;
            case BpfOpcode.LoadIndexConstant:
                _x = instruction.K;
                return true;
            case BpfOpcode.LoadIndexLength:
                _x = WireLength;
                return true;
            case BpfOpcode.LoadIndexMemory:
                _x = _memory[(int)instruction.K];
                return true;
            case BpfOpcode.Store:
                _memory[(int)instruction.K] = _a;
                return true;
            case BpfOpcode.StoreIndex:
                _memory[(int)instruction.K] = _x;
                return true;
            case BpfOpcode.AccumulatorToIndex:
                _x = _a;
                return true;
            case BpfOpcode.IndexToAccumulator:
                _a = _x;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Arithmetic.</summary>
    /// <returns>False for other operations, and for a division by 0.</returns>
    private bool TryCompute(in BpfInstruction instruction)
    {
        uint operand = (instruction.Code & BpfOpcode.SourceIndex) != 0 ? _x : instruction.K;
        int operation = instruction.Code & ~BpfOpcode.SourceIndex;
        bool isDivision = operation is BpfOpcode.Divide or BpfOpcode.Modulo;
        if ((operation & BpfOpcode.Add) != BpfOpcode.Add || (isDivision && operand == 0))
        {
            return false;
        }

        _a = operation switch
        {
            BpfOpcode.Add => _a + operand,
            BpfOpcode.Subtract => _a - operand,
            BpfOpcode.Multiply => _a * operand,
            BpfOpcode.Divide => _a / operand,
            BpfOpcode.Or => _a | operand,
            BpfOpcode.And => _a & operand,
            BpfOpcode.ShiftLeft => _a << (int)(operand & ShiftMask),
            BpfOpcode.ShiftRight => _a >> (int)(operand & ShiftMask),
            BpfOpcode.Negate => 0 - _a,
            BpfOpcode.Modulo => _a % operand,
            _ => _a ^ operand,
        };
        return true;
    }
}
