using System.Buffers.Binary;
using KernelSockets.Simulation;

namespace KernelSockets.E1000.Tests;

/// <summary>A packet as TCP makes it, and the frames that it is to become, told from its content independently.</summary>
internal sealed record LargePacket(PacketBuffer Buffer, List<byte[]> Expected)
{
    /// <summary>IPv4: no other frame of these tests has it.</summary>
    public const ushort EtherType = 0x0800;

    /// <summary>Buffers that one takes at most.</summary>
    public const int MostBuffers = 120;

    private const int Transport = 34;

    public static LargePacket Random(Rig rig, Random random)
    {
        int segment = random.Next(1, 5) * 292;
        return Make(rig, random.Next(segment + 1, 30_000), segment, random.Next(0, 11) * 4, random.Next(2) == 0);
    }

    public static LargePacket Make(Rig rig, int payload, int segment, int options, bool isLast)
    {
        byte[] data = Rig.Frame(payload, payload + segment);
        byte[] headers = MakeHeaders(options, isLast);
        PacketBuffer buffer = rig.Buffer(headers);
        for (int offset = 0; offset < payload;)
        {
            int size = Math.Min(200 + ((offset + payload) * 7 % 1800), payload - offset);
            PacketBuffer holder = rig.Buffer(data.AsSpan(offset, Math.Min(size, 1900)));
            buffer.AddFragment(holder, holder.Start, holder.Length);
            offset += holder.Length;
            holder.Release();
        }

        buffer.TrimFront(Transport);
        buffer.LeaveChecksum(16);
        buffer.Prepend(Transport);
        buffer.LeaveSegmentation(segment);
        List<byte[]> expected = [];
        for (int offset = 0; offset < payload; offset += segment)
        {
            expected.Add(MakeSegment(headers, data.AsSpan(offset, Math.Min(segment, payload - offset)), offset, expected.Count, offset + segment >= payload));
        }

        return new LargePacket(buffer, expected);
    }

    private static byte[] MakeHeaders(int options, bool isLast)
    {
        byte[] headers = Rig.Frame(Transport + 20 + options, 3, Rig.Peer);
        BinaryPrimitives.WriteUInt16BigEndian(headers.AsSpan(12), EtherType);
        (headers[14], headers[23]) = (0x45, 6);
        headers[Transport + 12] = (byte)((20 + options) / 4 << 4);
        headers[Transport + 13] = isLast ? (byte)0x18 : (byte)0x10;
        BinaryPrimitives.WriteUInt16BigEndian(headers.AsSpan(Transport + 16), (ushort)OnesComplement.Sum(headers.AsSpan(26, 8), 6));
        return headers;
    }

    private static byte[] MakeSegment(byte[] headers, ReadOnlySpan<byte> data, int offset, int number, bool isEnd)
    {
        byte[] frame = [.. headers, .. data];
        Span<byte> internet = frame.AsSpan(14);
        BinaryPrimitives.WriteUInt16BigEndian(internet[2..], (ushort)internet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(internet[4..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(internet[4..]) + number));
        internet[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(internet[10..], (ushort)~OnesComplement.Sum(internet[..20], 0));
        Span<byte> transport = frame.AsSpan(Transport);
        BinaryPrimitives.WriteUInt32BigEndian(transport[4..], BinaryPrimitives.ReadUInt32BigEndian(transport[4..]) + (uint)offset);
        transport[13] = isEnd ? transport[13] : (byte)0x10;
        transport[16..18].Clear();
        uint pseudoHeader = OnesComplement.Sum(internet[12..20], (uint)(6 + transport.Length));
        BinaryPrimitives.WriteUInt16BigEndian(transport[16..], (ushort)~OnesComplement.Sum(transport, pseudoHeader));
        return frame;
    }
}
