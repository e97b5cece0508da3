using System.Buffers.Binary;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>The file format of libpcap, version 2.4 (draft-ietf-opsawg-pcap).</summary>
/// <remarks>
/// <code>
/// file    0 magic | 4 version 2, 4 | 8 reserved | 16 snapshot length | 20 link type      record  0 seconds | 4 fraction | 8 bytes kept | 12 bytes on the wire
/// </code>
/// The magic tells the order of bytes and whether the fraction counts micro- or nanoseconds.
/// </remarks>
internal static class PcapFormat
{
    /// <summary>Bytes of a frame that are kept unless told otherwise.</summary>
    public const int SnapLength = 262_144;

    public const int HeaderSize = 24;
    public const int RecordSize = 16;
    public const uint Microseconds = 0xA1B2_C3D4;
    public const uint Nanoseconds = 0xA1B2_3C4D;
    public const uint Ethernet = 1;
    public const int SnapLengthOffset = 16;
    public const int LinkTypeOffset = 20;
    public const int FractionOffset = 4;
    public const int KeptOffset = 8;
    public const int LengthOffset = 12;
}

/// <summary>Writes a capture file.</summary>
internal sealed class PcapWriter : IDisposable
{
    private const ushort MajorVersion = 2;
    private const ushort MinorVersion = 4;
    private const int VersionOffset = 4;
    private const int TicksEachMicrosecond = 10;

    private readonly Stream _stream;
    private readonly byte[] _record = new byte[PcapFormat.RecordSize];

    /// <summary>Begins the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public PcapWriter(Stream stream, int snapLength)
    {
        _stream = stream;
        Span<byte> header = stackalloc byte[PcapFormat.HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, PcapFormat.Microseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(header[VersionOffset..], MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header[(VersionOffset + sizeof(ushort))..], MinorVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header[PcapFormat.SnapLengthOffset..], snapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[PcapFormat.LinkTypeOffset..], PcapFormat.Ethernet);
        stream.Write(header);
    }

    /// <summary>Appends a frame.</summary>
    public void Write(CapturedFrame frame)
    {
        TimeSpan since = frame.Time - DateTime.UnixEpoch;
        BinaryPrimitives.WriteUInt32LittleEndian(_record, (uint)(since.Ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(_record.AsSpan(PcapFormat.FractionOffset), (uint)(since.Ticks % TimeSpan.TicksPerSecond / TicksEachMicrosecond));
        BinaryPrimitives.WriteInt32LittleEndian(_record.AsSpan(PcapFormat.KeptOffset), frame.Bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(_record.AsSpan(PcapFormat.LengthOffset), frame.WireLength);
        _stream.Write(_record);
        _stream.Write(frame.Bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}

/// <summary>Reads a capture file of Ethernet frames.</summary>
internal sealed class PcapReader : IDisposable
{
    private const int MaximumKept = 262_144;
    private const int NanosecondsEachTick = 100;
    private const int TicksEachMicrosecond = 10;

    private readonly Stream _stream;
    private readonly bool _isSwapped;
    private readonly bool _isNanoseconds;
    private readonly byte[] _record = new byte[PcapFormat.RecordSize];
    private byte[] _frame = new byte[2048];

    /// <summary>Reads the beginning of the file.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public PcapReader(Stream stream)
    {
        _stream = stream;
        byte[] header = new byte[PcapFormat.HeaderSize];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            throw new InvalidDataException("truncated dump file; tried to read 24 file header bytes");
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        _isSwapped = magic is not (PcapFormat.Microseconds or PcapFormat.Nanoseconds);
        magic = _isSwapped ? BinaryPrimitives.ReverseEndianness(magic) : magic;
        if (magic is not (PcapFormat.Microseconds or PcapFormat.Nanoseconds))
        {
            throw new InvalidDataException("unknown file format");
        }

        _isNanoseconds = magic == PcapFormat.Nanoseconds;
        SnapLength = Read(header, PcapFormat.SnapLengthOffset);
        uint link = Read(header, PcapFormat.LinkTypeOffset) & ushort.MaxValue;
        if (link != PcapFormat.Ethernet)
        {
            throw new InvalidDataException($"link type {link} is not Ethernet");
        }
    }

    /// <summary>Bytes of each frame that were kept at most.</summary>
    public uint SnapLength { get; }

    /// <summary>Reads the next frame, which is valid until the one after.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="InvalidDataException">The file ends within a frame, or makes no sense.</exception>
    public bool TryRead(out CapturedFrame frame)
    {
        frame = default;
        int read = _stream.ReadAtLeast(_record, _record.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return false;
        }

        uint kept = read == _record.Length ? Read(_record, PcapFormat.KeptOffset) : 0;
        uint length = read == _record.Length ? Read(_record, PcapFormat.LengthOffset) : 0;
        if (read < _record.Length)
        {
            throw new InvalidDataException($"truncated dump file; tried to read {_record.Length} header bytes, only got {read}");
        }

        if (kept > MaximumKept || length > int.MaxValue)
        {
            throw new InvalidDataException($"invalid packet capture length {kept}, bigger than maximum of {MaximumKept}");
        }

        if (_frame.Length < kept)
        {
            _frame = new byte[kept];
        }

        int got = _stream.ReadAtLeast(_frame.AsSpan(0, (int)kept), (int)kept, throwOnEndOfStream: false);
        if (got < kept)
        {
            throw new InvalidDataException($"truncated dump file; tried to read {kept} captured bytes, only got {got}");
        }

        long fraction = Read(_record, PcapFormat.FractionOffset);
        long ticks = Read(_record, 0) * TimeSpan.TicksPerSecond + (_isNanoseconds ? fraction / NanosecondsEachTick : fraction * TicksEachMicrosecond);
        frame = new CapturedFrame(DateTime.UnixEpoch + new TimeSpan(ticks), _frame.AsSpan(0, (int)kept), (int)Math.Max(length, kept));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private uint Read(byte[] bytes, int offset)
    {
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));
        return _isSwapped ? BinaryPrimitives.ReverseEndianness(value) : value;
    }
}
