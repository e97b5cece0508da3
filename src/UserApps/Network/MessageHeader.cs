using System.Buffers.Binary;

namespace KernelSockets.UserApps.Network;

/// <summary>A struct msghdr with one struct iovec, both in pinned memory (recvmsg(2)).</summary>
/// <remarks>
/// <code>
/// struct msghdr   0 name | 8 its length | 16 iovec[] | 24 how many | 32 control | 40 its length | 48 flags     struct iovec   0 base | 8 length
/// </code>
/// </remarks>
/// <param name="header">The header's bytes.</param>
/// <param name="vector">The vector's bytes.</param>
internal readonly ref struct MessageHeader(Span<byte> header, Span<byte> vector)
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 56;

    /// <summary>Bytes of the vector.</summary>
    public const int VectorSize = 16;

    /// <summary>Room for a name: struct sockaddr_storage.</summary>
    public const int NameSize = 128;

    /// <summary>Room for control data.</summary>
    public const int ControlSize = 256;

    private const int NameLengthOffset = 8;
    private const int VectorsOffset = 16;
    private const int VectorCountOffset = 24;
    private const int ControlOffset = 32;
    private const int ControlLengthOffset = 40;
    private const int VectorLengthOffset = 8;

    private readonly Span<byte> _header = header;
    private readonly Span<byte> _vector = vector;

    /// <summary>Bytes of control data.</summary>
    public int ControlLength => (int)BinaryPrimitives.ReadInt64LittleEndian(_header[ControlLengthOffset..]);

    /// <summary>Enters where everything is.</summary>
    public void Initialize(nint name, nint vectors, nint control, nint data)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_header, name);
        BinaryPrimitives.WriteInt64LittleEndian(_header[VectorsOffset..], vectors);
        BinaryPrimitives.WriteInt64LittleEndian(_header[VectorCountOffset..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(_header[ControlOffset..], control);
        BinaryPrimitives.WriteInt64LittleEndian(_vector, data);
    }

    /// <summary>Makes it ready to receive.</summary>
    /// <param name="size">Bytes of data that there is room for.</param>
    public void Expect(int size)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_header[NameLengthOffset..], NameSize);
        BinaryPrimitives.WriteInt64LittleEndian(_header[ControlLengthOffset..], ControlSize);
        SetLength(size);
    }

    /// <summary>Enters how many bytes of data there are to send.</summary>
    public void SetLength(int length) => BinaryPrimitives.WriteInt64LittleEndian(_vector[VectorLengthOffset..], length);
}
