using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>BOOTP and DHCP as tcpdump prints them; with -v the addresses and the options.</summary>
internal static class DhcpPrinter
{
    private const int FixedSize = 236;
    private const int HardwareOffset = 28;
    private const uint Magic = 0x63825363;
    private const byte Pad = 0;
    private const byte End = 255;

    public static void Append(StringBuilder text, ReadOnlySpan<byte> data, int length, int verbosity)
    {
        text.Append("BOOTP/DHCP, ");
        if (data.Length < HardwareOffset + MacAddress.Size)
        {
            text.Append(" [|bootp]");
            return;
        }

        bool hasEthernet = data[1] == 1 && data[2] == MacAddress.Size;
        MacAddress hardware = MacAddress.Read(data[HardwareOffset..]);
        text.Append(data[0] switch
        {
            1 => hasEthernet ? $"Request from {hardware}" : "Request",
            2 => "Reply",
            byte other => $"unknown (0x{other:x2})",
        });
        text.Append(CultureInfo.InvariantCulture, $", length {length}");
        if (verbosity > 0)
        {
            AppendFields(text, data, hasEthernet ? hardware : null, verbosity);
        }
    }

    private static void AppendFields(StringBuilder text, ReadOnlySpan<byte> data, MacAddress? hardware, int verbosity)
    {
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(data[10..]);
        ushort seconds = BinaryPrimitives.ReadUInt16BigEndian(data[8..]);
        text.Append(data[3] > 0 ? $", hops {data[3]}" : "");
        text.Append(CultureInfo.InvariantCulture, $", xid 0x{BinaryPrimitives.ReadUInt32BigEndian(data[4..]):x}");
        text.Append(seconds > 0 ? $", secs {seconds}" : "");
        text.Append(CultureInfo.InvariantCulture, $", Flags [{((flags & 0x8000) != 0 ? "Broadcast" : "none")}]");
        text.Append(verbosity > 1 ? string.Create(CultureInfo.InvariantCulture, $" (0x{flags:x4})") : "");
        ReadOnlySpan<string> names = ["Client-IP", "Your-IP", "Server-IP", "Gateway-IP"];
        for (int i = 0; i < names.Length; i++)
        {
            Ipv4Address address = Ipv4Address.Read(data[(12 + i * Ipv4Address.Size)..]);
            text.Append(address.IsAny ? "" : $"\n\t  {names[i]} {address}");
        }

        text.Append(hardware is { } ethernet ? $"\n\t  Client-Ethernet-Address {ethernet}" : "");
        if (data.Length >= FixedSize + sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(data[FixedSize..]) == Magic)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x{Magic:x8}");
            AppendOptions(text, data[(FixedSize + sizeof(uint))..]);
        }
    }

    private static void AppendOptions(StringBuilder text, ReadOnlySpan<byte> options)
    {
        while (options.Length > 0 && options[0] != End)
        {
            if (options[0] == Pad)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || 2 + options[1] > options.Length)
            {
                text.Append(" [|bootp]");
                return;
            }

            byte code = options[0];
            ReadOnlySpan<byte> value = options.Slice(2, options[1]);
            (string name, char form) = DhcpOptionNames.Of(code);
            text.Append(CultureInfo.InvariantCulture, $"\n\t    {name} ({code}), length {value.Length}: ");
            AppendValue(text, code, form, value);
            options = options[(2 + value.Length)..];
        }
    }

    private static void AppendValue(StringBuilder text, byte code, char form, ReadOnlySpan<byte> value)
    {
        const byte MessageType = 53;
        const byte ParameterList = 55;
        const byte ClientIdentifier = 61;
        if (code == MessageType && value.Length == 1)
        {
            text.Append(DhcpOptionNames.MessageType(value[0]));
        }
        else if (code == ParameterList)
        {
            AppendParameters(text, value);
        }
        else if (code == ClientIdentifier && value.Length == MacAddress.Size + 1 && value[0] == 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"ether {MacAddress.Read(value[1..])}");
        }
        else if (form == 'i' && value.Length % Ipv4Address.Size == 0)
        {
            for (int i = 0; i < value.Length; i += Ipv4Address.Size)
            {
                text.Append(i > 0 ? "," : "").Append(Ipv4Address.Read(value[i..]));
            }
        }
        else if (form == 'l' && value.Length == sizeof(uint))
        {
            text.Append(BinaryPrimitives.ReadUInt32BigEndian(value));
        }
        else if (form == 's' && value.Length == sizeof(ushort))
        {
            text.Append(BinaryPrimitives.ReadUInt16BigEndian(value));
        }
        else if (form == 'a')
        {
            text.Append('"').Append(PrintableText.From(value)).Append('"');
        }
        else
        {
            for (int i = 0; i < value.Length; i++)
            {
                text.Append(i > 0 ? "." : "").Append(value[i]);
            }
        }
    }

    private static void AppendParameters(StringBuilder text, ReadOnlySpan<byte> codes)
    {
        const int EachLine = 4;
        for (int i = 0; i < codes.Length; i++)
        {
            text.Append(i % EachLine == 0 ? "\n\t      " : ", ").Append(CultureInfo.InvariantCulture, $"{DhcpOptionNames.Of(codes[i]).Name} ({codes[i]})");
        }
    }
}
