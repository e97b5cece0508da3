using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>The fields of a TCP header to be sent (RFC 9293 §3.1); <see cref="TcpHeader"/> is the other way.</summary>
public readonly record struct TcpFields
{
    private const int NibbleBits = 4;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>SEG.SEQ.</summary>
    public SequenceNumber Sequence { get; init; }

    /// <summary>SEG.ACK; counts with ACK.</summary>
    public SequenceNumber Acknowledgement { get; init; }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags { get; init; }

    /// <summary>SEG.WND as it is on the wire, scaled.</summary>
    public ushort Window { get; init; }

    /// <summary>SEG.UP; counts with URG.</summary>
    public ushort UrgentPointer { get; init; }

    /// <summary>Bytes of the header that <see cref="Emit"/> writes.</summary>
    public static int SizeWith(in TcpOptions options) => TcpHeader.MinimumSize + options.Size;

    /// <summary>Writes the header, its checksum field zero: <see cref="WriteChecksum"/> comes when the data are there.</summary>
    /// <param name="header">Exactly <see cref="SizeWith"/> bytes.</param>
    /// <param name="options">The options.</param>
    public void Emit(Span<byte> header, in TcpOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(header.Length, SizeWith(options));
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpHeader.DestinationPortOffset..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header[TcpHeader.SequenceOffset..], Sequence.Value);
        BinaryPrimitives.WriteUInt32BigEndian(header[TcpHeader.AcknowledgementOffset..], Acknowledgement.Value);
        header[TcpHeader.DataOffsetOffset] = (byte)(header.Length / sizeof(uint) << NibbleBits);
        header[TcpHeader.FlagsOffset] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpHeader.WindowOffset..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpHeader.ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpHeader.UrgentPointerOffset..], UrgentPointer);
        options.Emit(header[TcpHeader.MinimumSize..]);
    }

    /// <summary>Fills in the checksum of a whole segment whose checksum field is zero.</summary>
    /// <param name="segment">Header and data.</param>
    /// <param name="source">IP source.</param>
    /// <param name="destination">IP destination.</param>
    public static void WriteChecksum(Span<byte> segment, Ipv4Address source, Ipv4Address destination)
    {
        ulong sum = PseudoHeader.Sum(source, destination, Ipv4Protocol.Tcp, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[TcpHeader.ChecksumOffset..], InternetChecksum.Finish(InternetChecksum.Sum(segment, sum)));
    }
}
