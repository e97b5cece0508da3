namespace KernelSockets.Filters;

/// <summary>
/// What a filter must be to be run (Linux's bpf_check_classic): known operations, jumps that stay inside and lead forward, an end that returns, no division
/// by a constant 0, no shift by 32 or more, and no read of scratch memory that some way there has not written.
/// </summary>
public static class BpfVerifier
{
    private const int WordBits = 32;

    /// <summary>Verifies a program.</summary>
    public static bool Accepts(ReadOnlySpan<BpfInstruction> program)
    {
        if (program.IsEmpty || program.Length > BpfProgram.MaximumLength)
        {
            return false;
        }

        for (int i = 0; i < program.Length; i++)
        {
            if (!IsGood(program[i], program.Length - i - 1))
            {
                return false;
            }
        }

        return program[^1].Code is BpfOpcode.ReturnConstant or BpfOpcode.ReturnAccumulator && ReadsWhatWasWritten(program);
    }

    /// <summary>True for a jump that depends on a condition.</summary>
    internal static bool IsConditional(ushort code) => (code & ~BpfOpcode.SourceIndex)
        is BpfOpcode.JumpIfEqual or BpfOpcode.JumpIfGreater or BpfOpcode.JumpIfGreaterOrEqual or BpfOpcode.JumpIfSet;

    private static bool IsGood(in BpfInstruction instruction, int following)
    {
        ushort code = instruction.Code;
        switch (code)
        {
            case BpfOpcode.LoadWord or BpfOpcode.LoadHalf or BpfOpcode.LoadByte:
                return !BpfAncillary.IsNegative(instruction.K) || BpfAncillary.IsKnown(instruction.K);
            case BpfOpcode.LoadIndexHeaderLength:
                return !BpfAncillary.IsNegative(instruction.K);
            case BpfOpcode.LoadMemory or BpfOpcode.LoadIndexMemory or BpfOpcode.Store or BpfOpcode.StoreIndex:
                return instruction.K < BpfProgram.MemoryWords;
            case BpfOpcode.Divide or BpfOpcode.Modulo:
                return instruction.K != 0;
            case BpfOpcode.ShiftLeft or BpfOpcode.ShiftRight:
                return instruction.K < WordBits;
            case BpfOpcode.Jump:
                return instruction.K < (uint)following;
            default:
                return IsConditional(code)
                    ? instruction.JumpTrue < following && instruction.JumpFalse < following
                    : IsPlain(code);
        }
    }

    /// <summary>True for the operations that need no check of their operands.</summary>
    private static bool IsPlain(ushort code) => code
        is BpfOpcode.LoadWordIndexed or BpfOpcode.LoadHalfIndexed or BpfOpcode.LoadByteIndexed or BpfOpcode.LoadLength or BpfOpcode.LoadConstant
        or BpfOpcode.LoadIndexConstant or BpfOpcode.LoadIndexLength or BpfOpcode.Negate or BpfOpcode.ReturnConstant or BpfOpcode.ReturnAccumulator
        or BpfOpcode.AccumulatorToIndex or BpfOpcode.IndexToAccumulator || IsPlainArithmetic(code);

    private static bool IsPlainArithmetic(ushort code)
    {
        bool isIndexed = (code & BpfOpcode.SourceIndex) != 0;
        ushort operation = (ushort)(code & ~BpfOpcode.SourceIndex);
        return operation is BpfOpcode.Add or BpfOpcode.Subtract or BpfOpcode.Multiply or BpfOpcode.Or or BpfOpcode.And or BpfOpcode.Xor
            || (isIndexed && operation is BpfOpcode.Divide or BpfOpcode.Modulo or BpfOpcode.ShiftLeft or BpfOpcode.ShiftRight);
    }

    /// <summary>One pass suffices, since jumps lead forward: what is written on all ways to an instruction is known when it is reached (check_load_and_stores).</summary>
    private static bool ReadsWhatWasWritten(ReadOnlySpan<BpfInstruction> program)
    {
        ushort[] written = new ushort[program.Length + 1]; // a bit for each word, on all ways there
        Array.Fill(written, ushort.MaxValue);
        written[0] = 0;
        for (int i = 0; i < program.Length; i++)
        {
            BpfInstruction instruction = program[i];
            ushort known = written[i];
            ushort word = (ushort)(instruction.K < BpfProgram.MemoryWords ? 1 << (int)instruction.K : 0);
            if (instruction.Code is BpfOpcode.LoadMemory or BpfOpcode.LoadIndexMemory && (known & word) == 0)
            {
                return false;
            }

            bool isStore = instruction.Code is BpfOpcode.Store or BpfOpcode.StoreIndex;
            Pass(written, i, instruction, isStore ? (ushort)(known | word) : known);
        }

        return true;
    }

    /// <summary>Tells the instructions that may follow what is written when they are reached from here.</summary>
    private static void Pass(ushort[] written, int index, in BpfInstruction instruction, ushort known)
    {
        if (instruction.Code == BpfOpcode.Jump)
        {
            written[index + 1 + (int)instruction.K] &= known;
        }
        else if (IsConditional(instruction.Code))
        {
            written[index + 1 + instruction.JumpTrue] &= known;
            written[index + 1 + instruction.JumpFalse] &= known;
        }
        else if (instruction.Code is not (BpfOpcode.ReturnConstant or BpfOpcode.ReturnAccumulator))
        {
            written[index + 1] &= known;
        }
    }
}
