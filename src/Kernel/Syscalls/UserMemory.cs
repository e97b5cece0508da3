using System.Text;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>Memory that a system call's arguments point to, checked before it is touched.</summary>
internal static unsafe class UserMemory
{
    /// <summary>Longest path, its zero included (PATH_MAX).</summary>
    public const int MaximumPath = 4096;

    /// <summary>Most bytes that one read or write moves, as in Linux (MAX_RW_COUNT).</summary>
    public const ulong MaximumTransfer = 0x7FFF_F000;

    /// <summary>Programs have no memory from here on (TASK_SIZE_MAX).</summary>
    private const ulong Top = 0x7FFF_FFFF_F000;

    /// <summary>True when a program could have memory there, whether it has or not (Linux's access_ok).</summary>
    public static bool IsPossible(ulong address, ulong length) => length <= Top && address <= Top - length;

    /// <summary>True when all of a range can be read, or written.</summary>
    public static bool IsAccessible(ulong address, ulong length, bool isWritten) =>
        length <= int.MaxValue && Gateway.IsAccessible(address, length, isWritten);

    /// <summary>A readable range.</summary>
    public static bool TryRead(ulong address, ulong length, out ReadOnlySpan<byte> memory)
    {
        bool isGood = length <= int.MaxValue && Gateway.IsAccessible(address, length, isWrite: false);

        // SAFETY: every page of the range is there and stays there for the call, since its owner waits for it.
        memory = isGood ? new ReadOnlySpan<byte>((void*)address, (int)length) : default;
        return isGood;
    }

    /// <summary>A writable range.</summary>
    public static bool TryWrite(ulong address, ulong length, out Span<byte> memory)
    {
        bool isGood = length <= int.MaxValue && Gateway.IsAccessible(address, length, isWrite: true);

        // SAFETY: as above.
        memory = isGood ? new Span<byte>((void*)address, (int)length) : default;
        return isGood;
    }

    /// <summary>A path, without its zero.</summary>
    /// <returns><see cref="Errno.EFAULT"/>, <see cref="Errno.ENAMETOOLONG"/>.</returns>
    public static Errno TryReadPath(ulong address, out ReadOnlySpan<byte> path)
    {
        path = default;
        for (int length = 0; length < MaximumPath;)
        {
            ulong page = AddressSpace.PageSize - ((address + (uint)length) % AddressSpace.PageSize);
            if (!TryRead(address + (uint)length, page, out ReadOnlySpan<byte> part))
            {
                return Errno.EFAULT;
            }

            int end = part.IndexOf((byte)0);
            if (end >= 0)
            {
                length += end;
                TryRead(address, (uint)length, out path);
                return length < MaximumPath ? Errno.Success : Errno.ENAMETOOLONG;
            }

            length += part.Length;
        }

        return Errno.ENAMETOOLONG;
    }

    /// <summary>Writes text and a zero.</summary>
    public static bool TryWriteText(ulong address, ulong capacity, string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        if ((ulong)bytes >= capacity || !TryWrite(address, (uint)bytes + 1, out Span<byte> memory))
        {
            return false;
        }

        Encoding.UTF8.GetBytes(text, memory);
        memory[bytes] = 0;
        return true;
    }
}
