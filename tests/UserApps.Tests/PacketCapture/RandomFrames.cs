using System.Buffers.Binary;

namespace KernelSockets.UserApps.Tests.PacketCapture;

/// <summary>Frames of few hosts and ports, so that filters about them often match.</summary>
internal sealed class RandomFrames(int seed)
{
    private static readonly byte[][] s_addresses = [[10, 77, 0, 1], [10, 77, 0, 2], [10, 78, 0, 1], [192, 168, 1, 9], [224, 0, 0, 1], [255, 255, 255, 255]];
    private static readonly ushort[] s_ports = [7, 53, 67, 80, 443, 1000, 40000];
    private static readonly byte[] s_protocols = [1, 2, 6, 17, 58, 132, 253];
    private static readonly byte[][] s_stations =
    [
        [0x52, 0x54, 0, 0x12, 0x34, 0x56], [0x52, 0x54, 0, 0x4B, 0x53, 1], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0x5E, 0, 0, 1],
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        byte[] frame = new byte[_random.Next(80, 400)];
        _random.NextBytes(frame);
        Pick(s_stations).CopyTo(frame, 0);
        Pick(s_stations).CopyTo(frame, 6);
        switch (_random.Next(8))
        {
            case 0:
                MakeArp(frame, 0x0806);
                break;
            case 1:
                MakeArp(frame, 0x8035);
                break;
            case 2:
                MakeIpv6(frame);
                break;
            case 3:
                Write(frame, 12, 0x88B5);
                break;
            default:
                MakeIpv4(frame);
                break;
        }

        return frame;
    }

    private static void Write(byte[] frame, int offset, int value) => BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(offset), (ushort)value);

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];

    private void MakeArp(byte[] frame, ushort type)
    {
        Write(frame, 12, type);
        byte[] start = [0, 1, 8, 0, 6, 4, 0, (byte)_random.Next(1, 3)];
        start.CopyTo(frame, 14);
        Pick(s_addresses).CopyTo(frame, 28);
        Pick(s_addresses).CopyTo(frame, 38);
    }

    private void MakeIpv4(byte[] frame)
    {
        int words = _random.Next(4) == 0 ? 7 : 5;
        Write(frame, 12, 0x0800);
        frame[14] = (byte)(0x40 | words);
        Write(frame, 16, frame.Length - 14);
        Write(frame, 20, _random.Next(4) switch { 0 => 0x2000, 1 => 0x2010, 2 => 0x4000, _ => 0 });
        frame[23] = Pick(s_protocols);
        Pick(s_addresses).CopyTo(frame, 26);
        Pick(s_addresses).CopyTo(frame, 30);
        Write(frame, 14 + words * 4, Pick(s_ports));
        Write(frame, 16 + words * 4, Pick(s_ports));
    }

    private void MakeIpv6(byte[] frame)
    {
        Write(frame, 12, 0x86DD);
        frame[20] = _random.Next(3) == 0 ? (byte)44 : Pick(s_protocols);
        frame[54] = Pick(s_protocols);
        Write(frame, 54, _random.Next(2) == 0 ? Pick(s_ports) : frame[54] << 8);
        Write(frame, 56, Pick(s_ports));
    }
}
