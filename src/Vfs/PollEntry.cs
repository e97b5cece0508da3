using System.Buffers.Binary;

namespace KernelSockets.Vfs;

/// <summary>One file that poll looks at: Linux's <c>struct pollfd</c>.</summary>
/// <remarks>
/// <code>
///   0    4        6         8
///   | fd | events | revents |      little-endian
/// </code>
/// </remarks>
/// <param name="Fd">The descriptor; negative ones are passed over.</param>
/// <param name="Events">What is asked for.</param>
public readonly record struct PollEntry(int Fd, PollEvents Events)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Size = 8;

    private const int EventsOffset = 4;
    private const int ReturnedOffset = 6;

    /// <summary>Reads one of an array.</summary>
    public static PollEntry Read(ReadOnlySpan<byte> array, int index)
    {
        ReadOnlySpan<byte> entry = array.Slice(index * Size, Size);
        return new PollEntry(BinaryPrimitives.ReadInt32LittleEndian(entry), (PollEvents)BinaryPrimitives.ReadUInt16LittleEndian(entry[EventsOffset..]));
    }

    /// <summary>Reads revents of one of an array.</summary>
    public static PollEvents ReadReturned(ReadOnlySpan<byte> array, int index) =>
        (PollEvents)BinaryPrimitives.ReadUInt16LittleEndian(array[((index * Size) + ReturnedOffset)..]);

    /// <summary>Writes this one into an array, with nothing returned yet.</summary>
    public void Write(Span<byte> array, int index)
    {
        Span<byte> entry = array.Slice(index * Size, Size);
        BinaryPrimitives.WriteInt32LittleEndian(entry, Fd);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[EventsOffset..], (ushort)Events);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[ReturnedOffset..], 0);
    }

    /// <summary>Writes revents of one of an array.</summary>
    public static void WriteReturned(Span<byte> array, int index, PollEvents returned) =>
        BinaryPrimitives.WriteUInt16LittleEndian(array[((index * Size) + ReturnedOffset)..], (ushort)returned);
}
