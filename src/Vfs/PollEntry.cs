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

    /// <summary>Writes revents of one of an array.</summary>
    public static void WriteReturned(Span<byte> array, int index, PollEvents returned) =>
        BinaryPrimitives.WriteUInt16LittleEndian(array[((index * Size) + ReturnedOffset)..], (ushort)returned);
}
