using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>UDP as tcpdump prints it, and what is known inside it: DNS and DHCP.</summary>
internal static class UdpPrinter
{
    private const int Verbose = 2;
    private const ushort Domain = 53;
    private const ushort BootpServer = 67;
    private const ushort BootpClient = 68;

    public static void Append(StringBuilder text, in Ipv4Header ip, int length, int verbosity)
    {
        if (!UdpHeader.TryParseQuotation(ip.Payload, out UdpHeader udp))
        {
            text.Append(CultureInfo.InvariantCulture, $"{ip.Source} > {ip.Destination}: ");
            text.Append(" [|udp]");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{ip.Source}.{udp.SourcePort} > {ip.Destination}.{udp.DestinationPort}: ");
        int announced = BinaryPrimitives.ReadUInt16BigEndian(udp.Bytes[4..]);
        if (announced < UdpHeader.Size)
        {
            text.Append(CultureInfo.InvariantCulture, $"truncated-udplength {announced}");
            return;
        }

        int size = announced - UdpHeader.Size;
        int available = Math.Min(size, length - UdpHeader.Size);
        AppendChecksum(text, ip, length, verbosity);
        ReadOnlySpan<byte> data = udp.Data[..Math.Min(available, udp.Data.Length)];
        if (udp.SourcePort == Domain || udp.DestinationPort == Domain)
        {
            DnsPrinter.Append(text, data, available, verbosity);
        }
        else if (udp.SourcePort is BootpServer or BootpClient || udp.DestinationPort is BootpServer or BootpClient)
        {
            DhcpPrinter.Append(text, data, available, verbosity);
        }
        else
        {
            string rest = size > available && !ip.MoreFragments ? $"UDP, bad length {size} > {length - UdpHeader.Size}" : $"UDP, length {size}";
            text.Append(rest);
        }
    }

    private static void AppendChecksum(StringBuilder text, in Ipv4Header ip, int length, int verbosity)
    {
        if (verbosity < Verbose || ip.IsFragment || ip.Payload.Length < length)
        {
            return;
        }

        // Over the whole datagram, whatever length UDP's own header tells.
        _ = UdpHeader.TryParseQuotation(ip.Payload, out UdpHeader udp);
        if (udp.Checksum == 0)
        {
            text.Append("[no cksum] ");
        }
        else if (udp.IsChecksumValid(ip.Source, ip.Destination))
        {
            text.Append("[udp sum ok] ");
        }
        else
        {
            ushort right = Checksum.Expected(ip, udp.Bytes, offset: 6);
            text.Append(CultureInfo.InvariantCulture, $"[bad udp cksum 0x{udp.Checksum:x4} -> 0x{right:x4}!] ");
        }
    }
}
