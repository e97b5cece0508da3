using System.Buffers.Binary;

namespace KernelSockets.Filters;

/// <summary>One instruction of the classic BSD packet filter: Linux's <c>struct sock_filter</c>.</summary>
/// <param name="Code">What to do; see <see cref="BpfOpcode"/>.</param>
/// <param name="JumpTrue">Instructions to skip when a condition holds.</param>
/// <param name="JumpFalse">Instructions to skip when it does not.</param>
/// <param name="K">Constant, offset or index.</param>
public readonly record struct BpfInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint K)
{
    /// <summary>Bytes in memory: code, jt, jf, k.</summary>
    public const int Size = 8;

    private const int JumpTrueOffset = 2;
    private const int JumpFalseOffset = 3;
    private const int ConstantOffset = 4;

    /// <summary>Reads one of at least <see cref="Size"/> bytes, in the machine's byte order.</summary>
    public static BpfInstruction Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        bytes[JumpTrueOffset],
        bytes[JumpFalseOffset],
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[ConstantOffset..]));

    /// <summary>Writes it over <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Code);
        bytes[JumpTrueOffset] = JumpTrue;
        bytes[JumpFalseOffset] = JumpFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ConstantOffset..], K);
    }
}
