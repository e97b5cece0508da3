using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>Transport checksums that are left to the device, or computed just before a device that cannot do it.</summary>
internal static class PartialChecksum
{
    /// <summary>Prepares a packet that holds a whole segment.</summary>
    /// <param name="packet">The packet; its data are the segment.</param>
    /// <param name="field">Place of the checksum in it.</param>
    /// <param name="pseudoHeader">From <see cref="PseudoHeader.Sum"/>.</param>
    public static void Leave(PacketBuffer packet, int field, ulong pseudoHeader)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.Data[field..], (ushort)~InternetChecksum.Finish(pseudoHeader));
        packet.LeaveChecksum(field);
    }

    /// <summary>Computes it. A computed 0 becomes FFFF for UDP, where 0 means that there is none (RFC 768); TCP's stays (RFC 1624 §3).</summary>
    public static void Complete(PacketBuffer packet)
    {
        if (!packet.IsChecksumPartial)
        {
            return;
        }

        Span<byte> memory = packet.Memory.Span;
        int end = packet.Start + packet.Length;
        ushort checksum = InternetChecksum.Compute(memory[packet.ChecksumStart..end]);
        bool isUdp = packet.ChecksumField - packet.ChecksumStart == UdpHeader.ChecksumOffset;
        BinaryPrimitives.WriteUInt16BigEndian(memory[packet.ChecksumField..], checksum == 0 && isUdp ? ushort.MaxValue : checksum);
        packet.CompleteChecksum();
    }
}
