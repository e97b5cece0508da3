using System.Diagnostics.CodeAnalysis;

namespace KernelSockets.Filters;

/// <summary>A verified filter of the classic BSD packet filter: decides of each packet how many of its bytes are wanted.</summary>
/// <remarks>Immutable; may be used from any task. Running allocates nothing, and ends: jumps lead forward only.</remarks>
public sealed class BpfProgram
{
    /// <summary>Most instructions (BPF_MAXINSNS).</summary>
    public const int MaximumLength = 4096;

    /// <summary>Words of scratch memory (BPF_MEMWORDS).</summary>
    public const int MemoryWords = 16;

    private readonly BpfInstruction[] _instructions;

    private BpfProgram(BpfInstruction[] instructions) => _instructions = instructions;

    /// <summary>The instructions.</summary>
    public IReadOnlyList<BpfInstruction> Instructions => _instructions;

    /// <summary>Verifies a program as Linux does (bpf_check_classic): see <see cref="BpfVerifier"/>.</summary>
    /// <param name="instructions">The program; copied.</param>
    /// <param name="program">The verified program.</param>
    /// <returns>False when it is refused: EINVAL.</returns>
    public static bool TryCreate(ReadOnlySpan<BpfInstruction> instructions, [NotNullWhen(true)] out BpfProgram? program)
    {
        program = BpfVerifier.Accepts(instructions) ? new BpfProgram(instructions.ToArray()) : null;
        return program is not null;
    }

    /// <summary>Runs the filter over a packet.</summary>
    /// <param name="packet">Its bytes, from where offset 0 is.</param>
    /// <param name="information">What else is known about it.</param>
    /// <returns>Bytes to keep, which may be more than there are; 0 rejects the packet. A load beyond its end rejects it.</returns>
    public uint Run(ReadOnlySpan<byte> packet, in BpfPacketInformation information = default)
    {
        Span<uint> memory = stackalloc uint[MemoryWords];
        memory.Clear();
        BpfMachine machine = new(packet, information, memory);
        return machine.Run(_instructions);
    }
}
