using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>What a checksum should have been.</summary>
internal static class Checksum
{
    /// <summary>Of a segment and its pseudo header.</summary>
    /// <param name="ip">The datagram.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="offset">Where its checksum is.</param>
    public static ushort Expected(in Ipv4Header ip, ReadOnlySpan<byte> segment, int offset) =>
        Expected(segment, offset, PseudoHeader.Sum(ip.Source, ip.Destination, ip.Protocol, segment.Length));

    /// <summary>Of bytes that hold their checksum themselves.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="offset">Where their checksum is.</param>
    /// <param name="sum">The sum of what else it covers.</param>
    public static ushort Expected(ReadOnlySpan<byte> bytes, int offset, ulong sum = 0)
    {
        byte[] copy = bytes.ToArray();
        copy.AsSpan(offset, sizeof(ushort)).Clear();
        return InternetChecksum.Finish(InternetChecksum.Sum(copy, sum));
    }
}
