using System.Buffers.Binary;
using KernelSockets.Filters;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>SO_ATTACH_FILTER and SO_GET_FILTER, whose values are not plain memory as those of other options are.</summary>
/// <remarks>
/// <code>
/// struct sock_fprog    0 how many instructions, u16 | 8 where they are        16 bytes
/// </code>
/// </remarks>
internal static class FilterOption
{
    private const int SocketLevel = 1;
    private const int Name = 26;
    private const int ProgramSize = 16;
    private const int AddressOffset = 8;

    /// <summary>True when a getsockopt or setsockopt is about it.</summary>
    public static bool IsFilter(in CallArguments call) => (int)call.B == SocketLevel && (int)call.C == Name;

    /// <summary>getsockopt counts the room in instructions.</summary>
    public static int BytesOf(int instructions) => Math.Min(instructions, BpfProgram.MaximumLength) * BpfInstruction.Size;

    /// <summary>setsockopt: follows the pointer.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for a structure of another size, or too many instructions or none; <see cref="Errno.EFAULT"/>.</returns>
    public static Errno TryRead(ulong address, int length, out ReadOnlySpan<byte> instructions)
    {
        instructions = default;
        if (length != ProgramSize)
        {
            return Errno.EINVAL;
        }

        if (!UserMemory.TryRead(address, ProgramSize, out ReadOnlySpan<byte> program))
        {
            return Errno.EFAULT;
        }

        int count = BinaryPrimitives.ReadUInt16LittleEndian(program);
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(program[AddressOffset..]);
        if (count is 0 or > BpfProgram.MaximumLength || start == 0)
        {
            return Errno.EINVAL;
        }

        return UserMemory.TryRead(start, (ulong)(count * BpfInstruction.Size), out instructions) ? Errno.Success : Errno.EFAULT;
    }
}
