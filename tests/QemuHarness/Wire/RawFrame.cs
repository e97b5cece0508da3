using System.Buffers.Binary;
using System.Net;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>An IPv4 datagram in its frame, written byte by byte, so that every field can lie. What is not said is as it should be.</summary>
internal sealed record RawFrame
{
    /// <summary>Where the IPv4 header starts in a frame.</summary>
    public const int Ipv4Start = 14;

    private const int Ipv4HeaderSize = 20;
    private const ushort Ipv4Type = 0x0800;

    public uint Source { get; init; } = Number(IPAddress.Parse(QemuOptions.HostAddress));

    public uint Destination { get; init; } = Number(Frames.GuestIp);

    public byte Protocol { get; init; } = 1;

    public ushort Identification { get; init; }

    /// <summary>Flags and fragment offset as they stand on the wire.</summary>
    public ushort FragmentField { get; init; }

    /// <summary>Header length in units of four bytes; null for what the options need.</summary>
    public int? HeaderUnits { get; init; }

    /// <summary>Total length; null for the true one.</summary>
    public int? TotalLength { get; init; }

    /// <summary>Options, a multiple of four bytes.</summary>
    public byte[] Options { get; init; } = [];

    public byte[] Payload { get; init; } = [];

    /// <summary>An address as a number, the first byte highest.</summary>
    public static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    /// <summary>The Internet checksum (RFC 1071) over bytes and what was added up before.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)((bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0));
        }

        sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)~((sum & ushort.MaxValue) + (sum >> 16));
    }

    /// <summary>The sum of the pseudo header of UDP and TCP, to start <see cref="Checksum"/> with.</summary>
    public uint PseudoSum(int length) =>
        (Source >> 16) + (Source & ushort.MaxValue) + (Destination >> 16) + (Destination & ushort.MaxValue) + Protocol + (uint)length;

    /// <summary>The frame, header checksum filled in; not padded.</summary>
    public byte[] ToBytes()
    {
        int headerSize = Ipv4HeaderSize + Options.Length;
        byte[] frame = new byte[Ipv4Start + headerSize + Payload.Length];
        Frames.GuestMac.GetAddressBytes().CopyTo(frame, 0);
        Frames.PeerMac.GetAddressBytes().CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), Ipv4Type);
        Span<byte> header = frame.AsSpan(Ipv4Start, headerSize);
        header[0] = (byte)(0x40 | (HeaderUnits ?? headerSize / 4));
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(TotalLength ?? headerSize + Payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], FragmentField);
        header[8] = 64;
        header[9] = Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], Source);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], Destination);
        Options.CopyTo(header[Ipv4HeaderSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum(header));
        Payload.CopyTo(frame, Ipv4Start + headerSize);
        return frame;
    }
}
