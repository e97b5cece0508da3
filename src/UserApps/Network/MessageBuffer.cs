using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network;

/// <summary>
/// A struct msghdr with one buffer, a name and control data, in pinned memory: received messages can be looked at, changed, and sent back as they are.
/// </summary>
/// <remarks>
/// <code>
/// struct msghdr   0 name | 8 its length | 16 iovec[] | 24 how many | 32 control | 40 its length | 48 flags     struct iovec   0 base | 8 length
/// </code>
/// Nothing is allocated after construction.
/// </remarks>
internal sealed class MessageBuffer
{
    private const int NameSize = 128;
    private const int ControlSize = 256;
    private const int HeaderSize = 56;
    private const int NameLengthOffset = 8;
    private const int VectorsOffset = 16;
    private const int VectorCountOffset = 24;
    private const int ControlOffset = 32;
    private const int ControlLengthOffset = 40;
    private const int VectorSize = 16;
    private const int VectorLengthOffset = HeaderSize + 8;

    private readonly byte[] _data;
    private readonly byte[] _name = GC.AllocateArray<byte>(NameSize, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(ControlSize, pinned: true);
    private readonly byte[] _header = GC.AllocateArray<byte>(HeaderSize + VectorSize, pinned: true);

    /// <param name="size">Bytes of data at most.</param>
    public MessageBuffer(int size)
    {
        _data = GC.AllocateArray<byte>(size, pinned: true);
        BinaryPrimitives.WriteInt64LittleEndian(_header, AddressOf(_name));
        BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(VectorsOffset), AddressOf(_header) + HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(VectorCountOffset), 1);
        BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(ControlOffset), AddressOf(_control));
        BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(HeaderSize), AddressOf(_data));
    }

    /// <summary>The buffer; what <see cref="Receive"/> returned tells how much of it counts.</summary>
    public Span<byte> Data => _data;

    /// <summary>The name: a struct sockaddr.</summary>
    public Span<byte> Name => _name;

    /// <summary>recvmsg.</summary>
    /// <returns>Bytes received, or -1.</returns>
    public int Receive(int fd)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(NameLengthOffset), NameSize);
        BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(ControlLengthOffset), ControlSize);
        BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(VectorLengthOffset), _data.Length);
        return (int)Libc.ReceiveMessage(fd, AddressOf(_header), 0);
    }

    /// <summary>sendmsg, to where the last message came from, and with its control data: through the same interface, from the address asked.</summary>
    /// <param name="fd">The socket.</param>
    /// <param name="length">Bytes of <see cref="Data"/> to send.</param>
    /// <returns>Bytes sent, or -1.</returns>
    public int Send(int fd, int length)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(VectorLengthOffset), length);
        return (int)Libc.SendMessage(fd, AddressOf(_header), 0);
    }

    private static nint AddressOf(byte[] pinned) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
