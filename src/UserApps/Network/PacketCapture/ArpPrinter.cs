using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>ARP and RARP as tcpdump prints them.</summary>
internal static class ArpPrinter
{
    private const int FixedSize = 8;
    private const int Size = 28;
    private const ushort Ethernet = 1;

    public static void Append(StringBuilder text, ReadOnlySpan<byte> packet, int length, int verbosity)
    {
        if (packet.Length < FixedSize)
        {
            text.Append(" [|arp]");
            return;
        }

        ushort hardware = BinaryPrimitives.ReadUInt16BigEndian(packet);
        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        (byte hardwareLength, byte protocolLength) = (packet[4], packet[5]);
        bool isUsual = protocol == (ushort)EtherType.Ipv4 && protocolLength == Ipv4Address.Size && hardwareLength != 0;
        if (!isUsual || verbosity > 0)
        {
            string hardwareName = hardware == Ethernet ? "Ethernet" : $"Unknown Hardware ({hardware})";
            string protocolName = protocol == (ushort)EtherType.Ipv4 ? "IPv4" : string.Create(CultureInfo.InvariantCulture, $"Unknown Protocol (0x{protocol:x4})");
            text.Append(CultureInfo.InvariantCulture, $"{hardwareName} (len {hardwareLength}), {protocolName} (len {protocolLength})");
        }

        if (isUsual || verbosity > 0)
        {
            text.Append(verbosity > 0 ? ", " : "");
            AppendOperation(text, packet, BinaryPrimitives.ReadUInt16BigEndian(packet[6..]), isUsual && hardwareLength == MacAddress.Size);
        }

        text.Append(CultureInfo.InvariantCulture, $", length {length}");
    }

    private static void AppendOperation(StringBuilder text, ReadOnlySpan<byte> packet, ushort operation, bool isReadable)
    {
        string name = operation switch
        {
            1 => "Request",
            2 => "Reply",
            3 => "Reverse Request",
            4 => "Reverse Reply",
            8 => "Inverse Request",
            9 => "Inverse Reply",
            _ => $"Unknown ({operation})",
        };
        text.Append(name).Append(' ');
        if (!isReadable || packet.Length < Size)
        {
            text.Append(" [|arp]");
            return;
        }

        MacAddress sender = MacAddress.Read(packet[8..]);
        MacAddress target = MacAddress.Read(packet[18..]);
        Ipv4Address senderAddress = Ipv4Address.Read(packet[14..]);
        Ipv4Address targetAddress = Ipv4Address.Read(packet[24..]);
        switch (operation)
        {
            case 1:
                string asked = target == MacAddress.Any ? string.Empty : $" ({target})";
                text.Append(CultureInfo.InvariantCulture, $"who-has {targetAddress}{asked} tell {senderAddress}");
                break;
            case 2:
                text.Append(CultureInfo.InvariantCulture, $"{senderAddress} is-at {sender}");
                break;
            case 3:
                text.Append(CultureInfo.InvariantCulture, $"who-is {target} tell {sender}");
                break;
            case 4:
                text.Append(CultureInfo.InvariantCulture, $"{target} at {targetAddress}");
                break;
            default:
                HexText.Append(text, packet, DumpStyle.HexAndText);
                break;
        }
    }
}
