using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>IPv4 as tcpdump prints it: the header where asked for, then whatever the datagram carries.</summary>
internal sealed class Ipv4Printer
{
    private readonly PrintOptions _options;
    private readonly TcpPrinter _tcp;

    public Ipv4Printer(PrintOptions options)
    {
        _options = options;
        _tcp = new TcpPrinter(options);
    }

    /// <summary>Appends a datagram.</summary>
    /// <param name="text">To what.</param>
    /// <param name="bytes">The frame's payload, as much as was kept.</param>
    /// <param name="length">Bytes of the payload on the wire.</param>
    public void Append(StringBuilder text, ReadOnlySpan<byte> bytes, int length)
    {
        if (!TryCheck(text, bytes, length))
        {
            return;
        }

        // What is behind the datagram is padding; what is missing, the capture or the network has cut off.
        _ = Ipv4Header.TryParseQuotation(bytes, out Ipv4Header ip);
        if (ip.TotalLength > length)
        {
            text.Append(CultureInfo.InvariantCulture, $"truncated-ip - {ip.TotalLength - length} bytes missing! ");
        }

        AppendHeader(text, ip);
        if (ip.FragmentOffset > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ip.Source} > {ip.Destination}: ip-proto-{(int)ip.Protocol}");
        }
        else
        {
            AppendPayload(text, ip);
        }
    }

    private static bool TryCheck(StringBuilder text, ReadOnlySpan<byte> bytes, int length)
    {
        if (length < Ipv4Header.MinimumSize)
        {
            text.Append(CultureInfo.InvariantCulture, $"truncated-ip {length}");
            return false;
        }

        if (bytes.Length < Ipv4Header.MinimumSize)
        {
            text.Append(" [|ip]");
            return false;
        }

        int version = bytes[0] >> 4;
        int headerLength = (bytes[0] & 0xF) * sizeof(uint);
        int totalLength = bytes[2] << 8 | bytes[3];
        string? fault = version != 4 ? $"IP{version} (invalid version)"
            : headerLength < Ipv4Header.MinimumSize ? $"bad-hlen {headerLength}"
            : headerLength > bytes.Length ? " [|ip]"
            : totalLength < headerLength ? $"bad-len {totalLength}"
            : null;
        text.Append(fault);
        return fault is null;
    }

    private void AppendHeader(StringBuilder text, in Ipv4Header ip)
    {
        if (_options.Verbosity == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"(tos 0x{ip.TypeOfService:x}");
        text.Append((ip.TypeOfService & 3) switch
        {
            1 => ",ECT(1)",
            2 => ",ECT(0)",
            3 => ",CE",
            _ => "",
        });
        text.Append(ip.TimeToLive >= 1 ? string.Create(CultureInfo.InvariantCulture, $", ttl {ip.TimeToLive}") : "");
        string flags = (ip.DontFragment, ip.MoreFragments) switch
        {
            (true, true) => "DF, +",
            (true, false) => "DF",
            (false, true) => "+",
            _ => "none",
        };
        string protocol = ip.Protocol switch
        {
            Ipv4Protocol.Icmp => "ICMP",
            Ipv4Protocol.Igmp => "IGMP",
            Ipv4Protocol.Tcp => "TCP",
            Ipv4Protocol.Udp => "UDP",
            _ => "unknown",
        };
        text.Append(CultureInfo.InvariantCulture, $", id {ip.Identification}, offset {ip.FragmentOffset}, flags [{flags}], proto {protocol} ({(int)ip.Protocol}), length {ip.TotalLength}");
        if (ip.Options.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", options ({Ipv4OptionText.Format(ip.Options)})");
        }

        if (!ip.IsChecksumValid)
        {
            ushort found = (ushort)(ip.HeaderBytes[10] << 8 | ip.HeaderBytes[11]);
            text.Append(CultureInfo.InvariantCulture, $", bad cksum {found:x} (->{Checksum.Expected(ip.HeaderBytes, 10):x})!");
        }

        text.Append(")\n    ");
    }

    private void AppendPayload(StringBuilder text, in Ipv4Header ip)
    {
        int length = ip.TotalLength - ip.HeaderLength;
        switch (ip.Protocol)
        {
            case Ipv4Protocol.Tcp:
                _tcp.Append(text, ip, length);
                break;
            case Ipv4Protocol.Udp:
                UdpPrinter.Append(text, ip, length, _options.Verbosity);
                break;
            case Ipv4Protocol.Icmp:
                text.Append(CultureInfo.InvariantCulture, $"{ip.Source} > {ip.Destination}: ");
                IcmpPrinter.Append(text, ip, length, this, _options);
                break;
            case Ipv4Protocol.Igmp:
                text.Append(CultureInfo.InvariantCulture, $"{ip.Source} > {ip.Destination}: ");
                IgmpPrinter.Append(text, ip.Payload, _options.Verbosity);
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{ip.Source} > {ip.Destination}:  ip-proto-{(int)ip.Protocol} {length}");
                break;
        }
    }
}
