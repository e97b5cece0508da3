using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>Writes control data for recvmsg in Linux's layout (cmsg(3)).</summary>
/// <remarks>
/// <code>
/// struct cmsghdr   0 length, header included, 8 bytes | 8 level | 12 type | 16 data, padded to 8 bytes
/// </code>
/// What does not fit is cut off, and <see cref="IsTruncated"/> tells it (put_cmsg).
/// </remarks>
internal ref struct ControlMessageWriter
{
    private const int HeaderSize = 16;
    private const int LevelOffset = 8;
    private const int TypeOffset = 12;
    private const int Alignment = 8;

    private readonly Span<byte> _buffer;

    /// <param name="buffer">Where to.</param>
    public ControlMessageWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>True when something did not fit: MSG_CTRUNC.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Writes one message of an int.</summary>
    public void Add(int level, int type, int number)
    {
        Span<byte> data = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        Add(level, type, data);
    }

    /// <summary>Writes one message.</summary>
    public void Add(int level, int type, scoped ReadOnlySpan<byte> data)
    {
        Span<byte> room = _buffer[Length..];
        if (room.Length < HeaderSize)
        {
            IsTruncated = true;
            return;
        }

        int size = HeaderSize + data.Length;
        if (room.Length < size)
        {
            IsTruncated = true;
            size = room.Length;
        }

        BinaryPrimitives.WriteInt64LittleEndian(room, size);
        BinaryPrimitives.WriteInt32LittleEndian(room[LevelOffset..], level);
        BinaryPrimitives.WriteInt32LittleEndian(room[TypeOffset..], type);
        data[..(size - HeaderSize)].CopyTo(room[HeaderSize..]);
        int padded = (size + Alignment - 1) / Alignment * Alignment;
        Length += Math.Min(padded, room.Length);
    }
}
