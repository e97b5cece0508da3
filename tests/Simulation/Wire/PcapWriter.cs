using System.Buffers.Binary;

namespace KernelSockets.Simulation;

/// <summary>Writes frames to a stream in the classic pcap format with nanosecond times (draft-ietf-opsawg-pcap §4, §5).</summary>
public sealed class PcapWriter
{
    private const uint NanosecondMagic = 0xA1B2_3C4D;
    private const ushort MajorVersion = 2;
    private const ushort MinorVersion = 4;
    private const int SnapshotLength = 65_535;
    private const uint LinkTypeEthernet = 1;
    private const int FileHeaderSize = 24;
    private const int RecordHeaderSize = 16;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Stream _stream;

    /// <summary>Writes the file header.</summary>
    /// <param name="stream">Where to; the caller closes it.</param>
    public PcapWriter(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        Span<byte> header = stackalloc byte[FileHeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], MinorVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], SnapshotLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], LinkTypeEthernet);
        stream.Write(header);
    }

    /// <summary>Writes one frame.</summary>
    public void Write(Instant time, ReadOnlySpan<byte> frame)
    {
        Span<byte> header = stackalloc byte[RecordHeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(time.Nanoseconds / NanosecondsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(time.Nanoseconds % NanosecondsPerSecond));
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], frame.Length);
        _stream.Write(header);
        _stream.Write(frame);
    }
}
