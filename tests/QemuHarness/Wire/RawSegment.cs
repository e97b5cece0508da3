using System.Buffers.Binary;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>The flags of a TCP header.</summary>
[Flags]
internal enum SegmentFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
    Urg = 32,
}

/// <summary>A TCP segment written byte by byte, so that every field can lie; its checksum is right in any case.</summary>
internal sealed record RawSegment
{
    /// <summary>IPv4's number of TCP.</summary>
    public const byte Protocol = 6;

    private const int HeaderSize = 20;

    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    public uint Sequence { get; init; }

    public uint Acknowledgement { get; init; }

    public SegmentFlags Flags { get; init; }

    public ushort Window { get; init; } = ushort.MaxValue;

    public ushort UrgentPointer { get; init; }

    /// <summary>Data offset in units of four bytes; null for what the options need.</summary>
    public int? OffsetUnits { get; init; }

    /// <summary>Options; padded to a multiple of four bytes.</summary>
    public byte[] Options { get; init; } = [];

    public byte[] Data { get; init; } = [];

    /// <summary>A maximum segment size option.</summary>
    public static byte[] MaximumSegment(ushort size) => [2, 4, (byte)(size >> 8), (byte)size];

    /// <summary>SACK blocks, with two bytes of padding in front.</summary>
    public static byte[] Sack(params (uint Left, uint Right)[] blocks)
    {
        byte[] bytes = new byte[4 + (8 * blocks.Length)];
        (bytes[0], bytes[1], bytes[2], bytes[3]) = (1, 1, 5, (byte)(bytes.Length - 2));
        for (int i = 0; i < blocks.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 + (8 * i)), blocks[i].Left);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8 + (8 * i)), blocks[i].Right);
        }

        return bytes;
    }

    /// <summary>The segment in a datagram.</summary>
    /// <param name="datagram">Addresses and whatever else is not as usual; null for an ordinary one.</param>
    public RawFrame In(RawFrame? datagram = null)
    {
        datagram = (datagram ?? new RawFrame()) with { Protocol = Protocol };
        int headerSize = HeaderSize + ((Options.Length + 3) / 4 * 4);
        byte[] segment = new byte[headerSize + Data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), Acknowledgement);
        segment[12] = (byte)((OffsetUnits ?? headerSize / 4) << 4);
        segment[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), Window);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(18), UrgentPointer);
        Options.CopyTo(segment, HeaderSize);
        Data.CopyTo(segment, headerSize);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), RawFrame.Checksum(segment, datagram.PseudoSum(segment.Length)));
        return datagram with { Payload = segment };
    }

    /// <summary>The segment in a frame.</summary>
    public byte[] ToBytes() => In().ToBytes();
}
