namespace KernelSockets.Filters;

/// <summary>The operation codes of the classic BSD packet filter (McCanne and Jacobson 1993; Linux's include/uapi/linux/bpf_common.h).</summary>
/// <remarks>
/// <code>
///   15           8 7        5 4    3 2       0
///   |      0      |   mode   | size |  class  |      loads and stores
///   |      0      |    operation | source | class |  arithmetic and jumps: bits 7 to 4, bit 3, bits 2 to 0
/// </code>
/// A is the accumulator, X the index register, M[] sixteen words of scratch memory, k the instruction's constant, P[] the packet in network order.
/// </remarks>
public static class BpfOpcode
{
    /// <summary>A ← P[k:4].</summary>
    public const ushort LoadWord = 0x20;

    /// <summary>A ← P[k:2].</summary>
    public const ushort LoadHalf = 0x28;

    /// <summary>A ← P[k:1].</summary>
    public const ushort LoadByte = 0x30;

    /// <summary>A ← P[X + k:4].</summary>
    public const ushort LoadWordIndexed = 0x40;

    /// <summary>A ← P[X + k:2].</summary>
    public const ushort LoadHalfIndexed = 0x48;

    /// <summary>A ← P[X + k:1].</summary>
    public const ushort LoadByteIndexed = 0x50;

    /// <summary>A ← length of the packet.</summary>
    public const ushort LoadLength = 0x80;

    /// <summary>A ← k.</summary>
    public const ushort LoadConstant = 0x00;

    /// <summary>A ← M[k].</summary>
    public const ushort LoadMemory = 0x60;

    /// <summary>X ← k.</summary>
    public const ushort LoadIndexConstant = 0x01;

    /// <summary>X ← M[k].</summary>
    public const ushort LoadIndexMemory = 0x61;

    /// <summary>X ← length of the packet.</summary>
    public const ushort LoadIndexLength = 0x81;

    /// <summary>X ← 4 * (P[k:1] &amp; 0xF): the length of an IPv4 header at k.</summary>
    public const ushort LoadIndexHeaderLength = 0xB1;

    /// <summary>M[k] ← A.</summary>
    public const ushort Store = 0x02;

    /// <summary>M[k] ← X.</summary>
    public const ushort StoreIndex = 0x03;

    /// <summary>A ← A + k; with <see cref="SourceIndex"/> X in the place of k, as in all of these.</summary>
    public const ushort Add = 0x04;

    /// <summary>A ← A - k.</summary>
    public const ushort Subtract = 0x14;

    /// <summary>A ← A * k.</summary>
    public const ushort Multiply = 0x24;

    /// <summary>A ← A / k; by an X of 0 the filter ends and rejects the packet.</summary>
    public const ushort Divide = 0x34;

    /// <summary>A ← A | k.</summary>
    public const ushort Or = 0x44;

    /// <summary>A ← A &amp; k.</summary>
    public const ushort And = 0x54;

    /// <summary>A ← A &lt;&lt; k.</summary>
    public const ushort ShiftLeft = 0x64;

    /// <summary>A ← A >> k.</summary>
    public const ushort ShiftRight = 0x74;

    /// <summary>A ← -A.</summary>
    public const ushort Negate = 0x84;

    /// <summary>A ← A % k; by an X of 0 as <see cref="Divide"/>.</summary>
    public const ushort Modulo = 0x94;

    /// <summary>A ← A ^ k.</summary>
    public const ushort Xor = 0xA4;

    /// <summary>Skips k instructions.</summary>
    public const ushort Jump = 0x05;

    /// <summary>Skips jt instructions if A = k, else jf.</summary>
    public const ushort JumpIfEqual = 0x15;

    /// <summary>Skips jt instructions if A > k, else jf.</summary>
    public const ushort JumpIfGreater = 0x25;

    /// <summary>Skips jt instructions if A >= k, else jf.</summary>
    public const ushort JumpIfGreaterOrEqual = 0x35;

    /// <summary>Skips jt instructions if A &amp; k is not 0, else jf.</summary>
    public const ushort JumpIfSet = 0x45;

    /// <summary>Ends; keeps k bytes of the packet.</summary>
    public const ushort ReturnConstant = 0x06;

    /// <summary>Ends; keeps A bytes of the packet.</summary>
    public const ushort ReturnAccumulator = 0x16;

    /// <summary>X ← A.</summary>
    public const ushort AccumulatorToIndex = 0x07;

    /// <summary>A ← X.</summary>
    public const ushort IndexToAccumulator = 0x87;

    /// <summary>The bit that puts X in the place of k in arithmetic and conditional jumps.</summary>
    public const ushort SourceIndex = 0x08;
}
