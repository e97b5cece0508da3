using System.Buffers.Binary;
using KernelSockets.Sockets;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>A place for a socket address that a call returns: a sockaddr and its length, which the caller sets to the room there is (accept(2)).</summary>
/// <param name="Address">The sockaddr; 0 when the caller does not ask.</param>
/// <param name="Length">The room, checked.</param>
/// <param name="LengthAddress">Where the length goes.</param>
internal readonly record struct UserAddress(ulong Address, int Length, ulong LengthAddress)
{
    /// <summary>Checks the place before the call does anything.</summary>
    /// <returns><see cref="Errno.EFAULT"/>, <see cref="Errno.EINVAL"/> for a negative length.</returns>
    public static Errno TryPrepare(ulong address, ulong lengthAddress, out UserAddress place)
    {
        place = default;
        if (!UserMemory.TryWrite(lengthAddress, sizeof(int), out Span<byte> memory))
        {
            return Errno.EFAULT;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(memory);
        if (length < 0)
        {
            return Errno.EINVAL;
        }

        place = new UserAddress(address, Math.Min(length, SocketAddressFormat.MaxSize), lengthAddress);
        return Errno.Success;
    }

    /// <summary>As <see cref="TryPrepare"/>; no address is no place, whatever the length.</summary>
    public static Errno TryPrepareOptional(ulong address, ulong lengthAddress, out UserAddress place)
    {
        place = default;
        return address == 0 ? Errno.Success : TryPrepare(address, lengthAddress, out place);
    }

    /// <summary>Writes what fits, and the whole length (move_addr_to_user).</summary>
    /// <returns><see cref="Errno.EFAULT"/>.</returns>
    public Errno Write(in SocketAddress address, bool isMessageName)
    {
        if (LengthAddress == 0)
        {
            return Errno.Success;
        }

        Span<byte> bytes = stackalloc byte[SocketAddressFormat.MaxSize];
        int whole = SocketAddressFormat.Write(address, isMessageName, bytes);
        return WriteBytes(bytes[..whole]);
    }

    /// <summary>Writes a length of 0: the message has no name.</summary>
    public Errno WriteNothing() => LengthAddress == 0 ? Errno.Success : WriteBytes([]);

    private Errno WriteBytes(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(Length, bytes.Length);
        if (!UserMemory.TryWrite(Address, (ulong)count, out Span<byte> memory) || !UserMemory.TryWrite(LengthAddress, sizeof(int), out Span<byte> length))
        {
            return Errno.EFAULT;
        }

        bytes[..count].CopyTo(memory);
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Errno.Success;
    }
}
