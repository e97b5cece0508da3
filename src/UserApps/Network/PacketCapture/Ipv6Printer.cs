using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>The IPv6 header only: this system does not speak IPv6.</summary>
internal static class Ipv6Printer
{
    private const int HeaderSize = 40;
    private const int AddressSize = 16;

    public static void Append(StringBuilder text, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderSize)
        {
            text.Append("[|ip6]");
            return;
        }

        IPAddress source = new(datagram.Slice(8, AddressSize));
        IPAddress destination = new(datagram.Slice(24, AddressSize));
        text.Append(CultureInfo.InvariantCulture, $"{source} > {destination}: ip-proto-{datagram[6]} {BinaryPrimitives.ReadUInt16BigEndian(datagram[4..])}");
    }
}
