using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>ICMP as tcpdump prints it, for errors with what they quote.</summary>
internal static class IcmpPrinter
{
    public static void Append(StringBuilder text, in Ipv4Header ip, int length, Ipv4Printer quotations, PrintOptions options)
    {
        if (!IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp))
        {
            text.Append(" [|icmp]");
            return;
        }

        text.Append("ICMP ").Append(Describe(icmp)).Append(CultureInfo.InvariantCulture, $", length {length}");
        bool isError = icmp.Type is IcmpType.DestinationUnreachable or IcmpType.SourceQuench or IcmpType.Redirect or IcmpType.TimeExceeded or IcmpType.ParameterProblem;
        if (options.Verbosity > 0 && !ip.IsFragment && ip.Payload.Length == length && !icmp.IsChecksumValid)
        {
            ushort found = (ushort)(ip.Payload[2] << 8 | ip.Payload[3]);
            text.Append(CultureInfo.InvariantCulture, $" (wrong icmp cksum {found:x} (->{Checksum.Expected(ip.Payload, 2):x})!)");
        }

        if (options.Verbosity > 0 && isError && icmp.Data.Length > 0)
        {
            text.Append(options.ShowsLink ? "\n\t" : "\n\tIP ");
            quotations.Append(text, icmp.Data, int.MaxValue);
        }
    }

    private static string Describe(in IcmpHeader icmp) => icmp.Type switch
    {
        IcmpType.EchoRequest => $"echo request, id {icmp.Identifier}, seq {icmp.Sequence}",
        IcmpType.EchoReply => $"echo reply, id {icmp.Identifier}, seq {icmp.Sequence}",
        IcmpType.DestinationUnreachable => DescribeUnreachable(icmp),
        IcmpType.TimeExceeded => icmp.Code switch
        {
            (byte)TimeExceededCode.TimeToLive => "time exceeded in-transit",
            (byte)TimeExceededCode.Reassembly => "ip reassembly time exceeded",
            byte code => $"time exceeded-#{code}",
        },
        IcmpType.SourceQuench => "source quench",
        IcmpType.Redirect => DescribeRedirect(icmp),
        IcmpType.ParameterProblem => icmp.Code > 0 ? $"parameter problem - code {icmp.Code}" : $"parameter problem - octet {icmp.Rest >> 24}",
        IcmpType.TimestampRequest => $"time stamp query id {icmp.Identifier} seq {icmp.Sequence}",
        IcmpType.TimestampReply => $"time stamp reply id {icmp.Identifier} seq {icmp.Sequence}",
        _ => $"type-#{(byte)icmp.Type}",
    };

    private static string DescribeUnreachable(in IcmpHeader icmp)
    {
        if (!Ipv4Header.TryParseQuotation(icmp.Data, out Ipv4Header quoted))
        {
            return "[|icmp]";
        }

        Ipv4Address host = quoted.Destination;
        uint mtu = icmp.Rest & ushort.MaxValue;
        return icmp.Code switch
        {
            (byte)UnreachableCode.Network => $"net {host} unreachable",
            (byte)UnreachableCode.Host => $"host {host} unreachable",
            (byte)UnreachableCode.Protocol => $"{host} protocol {(int)quoted.Protocol} unreachable",
            (byte)UnreachableCode.Port => DescribePort(quoted),
            (byte)UnreachableCode.FragmentationNeeded => mtu == 0 ? $"{host} unreachable - need to frag" : $"{host} unreachable - need to frag (mtu {mtu})",
            (byte)UnreachableCode.SourceRouteFailed => $"{host} unreachable - source route failed",
            6 => $"net {host} unreachable - unknown",
            7 => $"host {host} unreachable - unknown",
            8 => $"{host} unreachable - source host isolated",
            9 => $"net {host} unreachable - admin prohibited",
            10 => $"host {host} unreachable - admin prohibited",
            11 => $"net {host} unreachable - tos prohibited",
            12 => $"host {host} unreachable - tos prohibited",
            13 => $"host {host} unreachable - admin prohibited filter",
            14 => $"host {host} unreachable - host precedence violation",
            15 => $"host {host} unreachable - precedence cutoff",
            byte code => $"{host} unreachable - #{code}",
        };
    }

    private static string DescribePort(in Ipv4Header quoted)
    {
        const int PortsSize = 4;
        if (quoted.Payload.Length < PortsSize)
        {
            return "[|icmp]";
        }

        int port = quoted.Payload[2] << 8 | quoted.Payload[3];
        return quoted.Protocol switch
        {
            Ipv4Protocol.Tcp => $"{quoted.Destination} tcp port {port} unreachable",
            Ipv4Protocol.Udp => $"{quoted.Destination} udp port {port} unreachable",
            _ => $"{quoted.Destination} protocol {(int)quoted.Protocol} port {port} unreachable",
        };
    }

    private static string DescribeRedirect(in IcmpHeader icmp)
    {
        if (!Ipv4Header.TryParseQuotation(icmp.Data, out Ipv4Header quoted))
        {
            return "[|icmp]";
        }

        Ipv4Address gateway = new(icmp.Rest);
        return icmp.Code switch
        {
            0 => $"redirect {quoted.Destination} to net {gateway}",
            1 => $"redirect {quoted.Destination} to host {gateway}",
            2 => $"redirect-tos {quoted.Destination} to net {gateway}",
            3 => $"redirect-tos {quoted.Destination} to host {gateway}",
            byte code => $"redirect-#{code} {quoted.Destination} to net {gateway}",
        };
    }
}
