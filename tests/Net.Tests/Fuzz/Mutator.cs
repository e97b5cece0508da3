using System.Buffers.Binary;

namespace KernelSockets.Net.Tests.Fuzz;

/// <summary>Damages sound frames, then mostly makes lengths and checksums right again, so that the damage gets past the first gate.</summary>
internal sealed class Mutator(Random random, byte[][] corpus)
{
    private const int Ip = EthernetHeader.Size;
    private const int Headers = 74; // where the fields are that steer
    private const int LongestFrame = 1600;

    private static readonly byte[] s_values = [0, 1, 2, 4, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFE, 0xFF];

    public byte[] Next()
    {
        byte[] frame = [.. corpus[random.Next(corpus.Length)]];
        if (random.Next(8) == 0)
        {
            byte[] other = corpus[random.Next(corpus.Length)];
            frame = [.. frame[..random.Next(frame.Length)], .. other[random.Next(other.Length)..]]; // two frames joined
        }

        for (int left = random.Next(5); left > 0 && frame.Length > 0; left--)
        {
            Damage(ref frame);
        }

        if (frame.Length == 0)
        {
            frame = [0];
        }

        Mend(frame);
        return frame.Length > LongestFrame ? frame[..LongestFrame] : frame;
    }

    private void Damage(ref byte[] frame)
    {
        int place = random.Next(random.Next(3) > 0 ? Math.Min(frame.Length, Headers) : frame.Length);
        switch (random.Next(6))
        {
            case 0:
                frame[place] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                frame[place] = (byte)random.Next(256);
                break;
            case 2:
                frame[place] = s_values[random.Next(s_values.Length)];
                break;
            case 3:
                Array.Resize(ref frame, random.Next(frame.Length) + 1);
                break;
            case 4:
                Array.Resize(ref frame, frame.Length + random.Next(1, 64));
                break;
            default:
                int length = random.Next(1, Math.Min(16, frame.Length - place) + 1);
                frame.AsSpan(random.Next(frame.Length - length + 1), length).CopyTo(frame.AsSpan(place));
                break;
        }
    }

    private void Mend(byte[] frame)
    {
        if (random.Next(6) > 0 && frame.Length >= EthernetHeader.Size && (frame[0] & 1) == 0)
        {
            Tester.NodeMac.Write(frame);
        }

        if (random.Next(6) == 0 || frame.Length < Ip + Ipv4Header.MinimumSize || !Frames.IsIpv4(frame))
        {
            return;
        }

        Frames.WithHeaderChecksum(frame[Ip..]).CopyTo(frame, Ip);
        if (!Ipv4Header.TryParse(frame.AsSpan(Ip), out Ipv4Header ip) || ip.IsFragment)
        {
            return;
        }

        Span<byte> payload = frame.AsSpan(Ip + ip.HeaderLength, ip.Payload.Length);
        switch (ip.Protocol)
        {
            case Ipv4Protocol.Icmp or Ipv4Protocol.Igmp when payload.Length >= IcmpHeader.Size:
                MendChecksum(payload, 2, 0);
                break;
            case Ipv4Protocol.Udp when payload.Length >= UdpHeader.Size:
                BinaryPrimitives.WriteUInt16BigEndian(payload[4..], (ushort)payload.Length);
                MendChecksum(payload, 6, PseudoHeader.Sum(ip.Source, ip.Destination, Ipv4Protocol.Udp, payload.Length));
                break;
            default:
                break;
        }
    }

    private static void MendChecksum(Span<byte> message, int offset, ulong sum)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[offset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[offset..], InternetChecksum.Finish(InternetChecksum.Sum(message, sum)));
    }
}
