using System.Buffers.Binary;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>Writes frames to a classic pcap file (link type Ethernet, microseconds), flushed frame by frame so that a crash loses none.</summary>
internal sealed class PcapWriter : IDisposable
{
    private const uint Magic = 0xA1B2C3D4;
    private const int FileHeaderSize = 24;
    private const int RecordHeaderSize = 16;
    private const int SnapLength = 65536;
    private const int LinkTypeEthernet = 1;

    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private bool _isClosed;

    public PcapWriter(string path)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        byte[] header = new byte[FileHeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), SnapLength);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), LinkTypeEthernet);
        _file.Write(header);
    }

    public void Write(ReadOnlySpan<byte> frame)
    {
        long microseconds = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;
        byte[] record = new byte[RecordHeaderSize + frame.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(microseconds / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), (uint)(microseconds % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), frame.Length);
        frame.CopyTo(record.AsSpan(RecordHeaderSize));
        lock (_gate)
        {
            if (!_isClosed)
            {
                _file.Write(record);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _file.Dispose();
        }
    }
}
