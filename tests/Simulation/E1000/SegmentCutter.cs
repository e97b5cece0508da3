using System.Buffers.Binary;

namespace KernelSockets.Simulation.E1000;

/// <summary>TCP segmentation (§3.5): gathers a packet from its data descriptors and cuts it into frames.</summary>
internal sealed class SegmentCutter
{
    private const uint Wanted = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 3) | (1 << 5); // TCP, IP, TSE, RS, DEXT
    private const int EthernetHeader = 14;

    private readonly List<byte> _gathered = [];
    private int _internetStart;
    private int _internetChecksum;
    private int _transportStart;
    private int _payload = -1;
    private int _header;
    private int _segment;

    /// <summary>True from the first part of a packet to its last.</summary>
    public bool IsGathering => _gathered.Count > 0;

    /// <summary>Forgets a packet that is not complete.</summary>
    public void Clear()
    {
        _gathered.Clear();
        _payload = -1;
    }

    /// <summary>Takes a context descriptor with TSE.</summary>
    public void Start(uint index, ulong first, ulong second, uint command)
    {
        _internetStart = (byte)first;
        _internetChecksum = (byte)(first >> 8);
        int internetEnd = (ushort)(first >> 16);
        _transportStart = (byte)(first >> 32);
        int transportChecksum = (byte)(first >> 40);
        _payload = (int)(second & 0xF_FFFF);
        _header = (byte)(second >> 40);
        _segment = (ushort)(second >> 48);
        bool isLaidOut = _internetStart == EthernetHeader && _internetChecksum == EthernetHeader + 10 && internetEnd == _transportStart - 1
            && _transportStart >= EthernetHeader + 20 && transportChecksum == _transportStart + 16 && (ushort)(first >> 48) == 0;
        if ((command & Wanted) != Wanted || !isLaidOut || _header < _transportStart + 20 || _segment == 0 || _payload == 0)
        {
            throw new DriverErrorException($"context descriptor {index} with TSE is wrong: {first:x16} {second:x16}");
        }
    }

    /// <summary>Takes the memory of a data descriptor.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        if (_payload < 0)
        {
            throw new DriverErrorException("a data descriptor with TSE has no context of its own");
        }

        if (_gathered.Count == 0 && data.Length < _header)
        {
            throw new DriverErrorException("the headers lie in more than one descriptor");
        }

        _gathered.AddRange(data);
    }

    /// <summary>The packet is complete: makes its frames.</summary>
    public void Cut(FrameHandler sink)
    {
        byte[] packet = [.. _gathered];
        if (packet.Length != _header + _payload)
        {
            throw new DriverErrorException($"PAYLEN {_payload} and HDRLEN {_header} do not make the {packet.Length} bytes of the packet");
        }

        CheckHeaders(packet);
        TcpSegmentation.Cut(packet, _transportStart, _header, _segment, sink);
        Clear(); // PAYLEN has been used up: the next packet needs a context
    }

    private void CheckHeaders(ReadOnlySpan<byte> packet)
    {
        bool isClear = BinaryPrimitives.ReadUInt16BigEndian(packet[(_internetStart + 2)..]) == 0
            && BinaryPrimitives.ReadUInt16BigEndian(packet[_internetChecksum..]) == 0;
        bool isTcp = packet[_internetStart] >> 4 == 4 && packet[_internetStart + 9] == 6 && _internetStart + ((packet[_internetStart] & 15) * 4) == _transportStart
            && _transportStart + ((packet[_transportStart + 12] >> 4) * 4) == _header;
        if (!isClear || !isTcp)
        {
            throw new DriverErrorException("the headers of a packet for segmentation are not what the context says, or hold a length or a checksum");
        }
    }
}
