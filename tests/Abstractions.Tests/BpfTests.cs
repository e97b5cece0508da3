using KernelSockets.Filters;
using static KernelSockets.Filters.BpfOpcode;

namespace KernelSockets.Abstractions.Tests;

public sealed class BpfTests
{
    private static readonly byte[] s_packet = [0x45, 0x02, 0x03, 0x04, 0xF5, 0x06, 0x07, 0x08];

    /// <summary>Every load, store, move and computation: the program leaves its result in A, which it returns.</summary>
    [Theory]
    [InlineData(0x45020304u, LoadWord, 0u)]
    [InlineData(0x0708u, LoadHalf, 6u)]
    [InlineData(0x08u, LoadByte, 7u)]
    [InlineData(0u, LoadWord, 5u)] // beyond the end
    [InlineData(0u, LoadHalf, 7u)]
    [InlineData(0u, LoadByte, 8u)]
    [InlineData(0u, LoadByte, 0x7FFF_FFFFu)]
    [InlineData(8u, LoadLength, 0u)]
    [InlineData(77u, LoadConstant, 77u)]
    public void Run_Load(uint expected, ushort code, uint k) => Assert.Equal(expected, Run([new(code, 0, 0, k)]));

    [Theory]
    [InlineData(0x0304F506u, LoadWordIndexed, 0u)]
    [InlineData(0xF506u, LoadHalfIndexed, 2u)]
    [InlineData(0x08u, LoadByteIndexed, 5u)]
    [InlineData(0u, LoadByteIndexed, 6u)]
    [InlineData(0x45u, LoadByteIndexed, 0xFFFF_FFFEu)] // wraps around to offset 0
    public void Run_IndexedLoad_WithXOf2(uint expected, ushort code, uint k) =>
        Assert.Equal(expected, Run([new(LoadIndexConstant, 0, 0, 2), new(code, 0, 0, k)]));

    [Theory]
    [InlineData(22u, Add)]
    [InlineData(18u, Subtract)]
    [InlineData(40u, Multiply)]
    [InlineData(10u, Divide)]
    [InlineData(22u, Or)]
    [InlineData(0u, And)]
    [InlineData(80u, ShiftLeft)]
    [InlineData(5u, ShiftRight)]
    [InlineData(0u, Modulo)]
    [InlineData(22u, Xor)]
    public void Run_Arithmetic_Of20And2_ByConstantAndByIndex(uint expected, ushort code)
    {
        Assert.Equal(expected, Run([new(LoadConstant, 0, 0, 20), new(code, 0, 0, 2)]));
        Assert.Equal(expected, Run([new(LoadIndexConstant, 0, 0, 2), new(LoadConstant, 0, 0, 20), new((ushort)(code | SourceIndex), 0, 0, 9)]));
    }

    [Fact]
    public void Run_Rest()
    {
        Assert.Equal(unchecked((uint)-5), Run([new(LoadConstant, 0, 0, 5), new(Negate, 0, 0, 0)]));
        Assert.Equal(20u, Run([new(LoadIndexHeaderLength, 0, 0, 0), new(IndexToAccumulator, 0, 0, 0)]));
        Assert.Equal(8u, Run([new(LoadIndexLength, 0, 0, 0), new(IndexToAccumulator, 0, 0, 0)]));
        Assert.Equal(9u, Run([new(LoadConstant, 0, 0, 9), new(Store, 0, 0, 15), new(LoadConstant, 0, 0, 0), new(LoadMemory, 0, 0, 15)]));
        Assert.Equal(6u, Run([new(LoadIndexConstant, 0, 0, 6), new(StoreIndex, 0, 0, 0), new(LoadMemory, 0, 0, 0)]));
        Assert.Equal(7u, Run([new(LoadConstant, 0, 0, 7), new(Store, 0, 0, 1), new(LoadIndexMemory, 0, 0, 1), new(LoadConstant, 0, 0, 0), new(IndexToAccumulator, 0, 0, 0)]));
        Assert.Equal(4u, Run([new(LoadConstant, 0, 0, 4), new(AccumulatorToIndex, 0, 0, 0), new(LoadConstant, 0, 0, 0), new(IndexToAccumulator, 0, 0, 0)]));
    }

    [Fact]
    public void Run_DivisionByAnIndexOf0_Rejects()
    {
        Assert.Equal(0u, Run([new(LoadConstant, 0, 0, 4), new(Divide | SourceIndex, 0, 0, 0)]));
        Assert.Equal(0u, Run([new(LoadConstant, 0, 0, 4), new(Modulo | SourceIndex, 0, 0, 0)]));
    }

    [Theory]
    [InlineData(JumpIfEqual, 5u, 5u, true)]
    [InlineData(JumpIfEqual, 5u, 6u, false)]
    [InlineData(JumpIfGreater, 5u, 5u, false)]
    [InlineData(JumpIfGreater, 6u, 5u, true)]
    [InlineData(JumpIfGreaterOrEqual, 5u, 5u, true)]
    [InlineData(JumpIfGreaterOrEqual, 4u, 5u, false)]
    [InlineData(JumpIfSet, 6u, 2u, true)]
    [InlineData(JumpIfSet, 5u, 2u, false)]
    public void Run_Jump(ushort code, uint a, uint operand, bool isTaken)
    {
        BpfInstruction[] tail = [new(LoadConstant, 0, 0, 100), new(ReturnAccumulator, 0, 0, 0), new(LoadConstant, 0, 0, 200)];
        Assert.Equal(isTaken ? 200u : 100u, Run([new(LoadConstant, 0, 0, a), new(code, 2, 0, operand), .. tail]));
        Assert.Equal(
            isTaken ? 200u : 100u,
            Run([new(LoadIndexConstant, 0, 0, operand), new(LoadConstant, 0, 0, a), new((ushort)(code | SourceIndex), 2, 0, 0), .. tail]));
        Assert.Equal(200u, Run([new(Jump, 0, 0, 2), .. tail]));
    }

    [Fact]
    public void Run_AncillaryLoads_TellWhatIsKnown()
    {
        BpfPacketInformation information = new() { Protocol = 0x800, PacketType = 4, InterfaceIndex = 2, HardwareType = 1, WireLength = 1500 };
        (uint Offset, uint Value)[] loads = [(0, 0x800), (4, 4), (8, 2), (28, 1), (36, 0), (44, 0), (48, 0)];
        foreach ((uint offset, uint value) in loads)
        {
            Assert.True(BpfProgram.TryCreate([new(LoadWord, 0, 0, 0xFFFF_F000 + offset), new(ReturnAccumulator, 0, 0, 0)], out BpfProgram? program));
            Assert.Equal(value, program.Run(s_packet, information));
        }

        Assert.True(BpfProgram.TryCreate([new(LoadLength, 0, 0, 0), new(ReturnAccumulator, 0, 0, 0)], out BpfProgram? length));
        Assert.Equal(1500u, length.Run(s_packet, information));
    }

    public static TheoryData<string, BpfInstruction[]> Refused => new()
    {
        { "empty", [] },
        { "too long", [.. Enumerable.Repeat(new BpfInstruction(ReturnConstant, 0, 0, 1), BpfProgram.MaximumLength + 1)] },
        { "no return at the end", [new(LoadConstant, 0, 0, 1)] },
        { "unknown operation", [new(0xFF, 0, 0, 0), new(ReturnConstant, 0, 0, 0)] },
        { "high byte set", [new(0x0100, 0, 0, 0), new(ReturnConstant, 0, 0, 0)] },
        { "division by 0", [new(Divide, 0, 0, 0), new(ReturnConstant, 0, 0, 0)] },
        { "remainder of 0", [new(Modulo, 0, 0, 0), new(ReturnConstant, 0, 0, 0)] },
        { "shift by 32", [new(ShiftLeft, 0, 0, 32), new(ReturnConstant, 0, 0, 0)] },
        { "word 16", [new(Store, 0, 0, 16), new(ReturnConstant, 0, 0, 0)] },
        { "jump to behind the end", [new(Jump, 0, 0, 1), new(ReturnConstant, 0, 0, 0)] },
        { "jump back", [new(Jump, 0, 0, uint.MaxValue), new(ReturnConstant, 0, 0, 0)] },
        { "conditional jump behind the end", [new(JumpIfEqual, 0, 1, 0), new(ReturnConstant, 0, 0, 0)] },
        { "read of a word never written", [new(LoadMemory, 0, 0, 3), new(ReturnConstant, 0, 0, 0)] },
        {
            "read of a word written on one way only",
            [new(JumpIfEqual, 0, 1, 0), new(Store, 0, 0, 2), new(LoadMemory, 0, 0, 2), new(ReturnAccumulator, 0, 0, 0)]
        },
        { "unknown ancillary load", [new(LoadWord, 0, 0, 0xFFFF_F038), new(ReturnConstant, 0, 0, 0)] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryCreate_BadProgram_IsRefused(string what, BpfInstruction[] program) => Assert.False(BpfProgram.TryCreate(program, out _), what);

    [Fact]
    public void RandomPrograms_AreRefusedOrRunToTheirEnd()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        ushort[] codes = [.. typeof(BpfOpcode).GetFields().Select(field => (ushort)field.GetRawConstantValue()!)];
        byte[] packet = new byte[64];
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            BpfInstruction[] program = new BpfInstruction[random.Next(1, 12)];
            for (int j = 0; j < program.Length; j++)
            {
                ushort code = random.Next(20) == 0 ? (ushort)random.Next(ushort.MaxValue) : (ushort)(codes[random.Next(codes.Length)] | (random.Next(4) == 0 ? SourceIndex : 0));
                uint k = random.Next(4) == 0 ? (uint)random.NextInt64(uint.MaxValue) : (uint)random.Next(20);
                program[j] = new BpfInstruction(code, (byte)random.Next(4), (byte)random.Next(4), k);
            }

            program[^1] = new BpfInstruction(ReturnAccumulator, 0, 0, 0);
            random.NextBytes(packet);
            if (BpfProgram.TryCreate(program, out BpfProgram? verified))
            {
                accepted++;
                _ = verified.Run(packet.AsSpan(0, random.Next(packet.Length)));
            }
        }

        Assert.True(accepted > 100, $"seed {seed}: only {accepted} programs were accepted");
    }

    [Fact]
    public void Instruction_ReadOfWhatWasWritten_IsTheSame()
    {
        BpfInstruction instruction = new(0x1234, 5, 6, 0x789A_BCDE);
        byte[] bytes = new byte[BpfInstruction.Size];
        instruction.Write(bytes);
        Assert.Equal([0x34, 0x12, 5, 6, 0xDE, 0xBC, 0x9A, 0x78], bytes);
        Assert.Equal(instruction, BpfInstruction.Read(bytes));
    }

    private static uint Run(BpfInstruction[] instructions)
    {
        Assert.True(BpfProgram.TryCreate([.. instructions, new(ReturnAccumulator, 0, 0, 0)], out BpfProgram? program));
        return program.Run(s_packet);
    }
}
