using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>TCP as tcpdump prints it: sequence numbers count from where their connection began, once that was seen.</summary>
internal sealed class TcpPrinter(PrintOptions options)
{
    private const int MaximumConnections = 10_000;
    private const int PairSize = 8;

    private readonly Dictionary<Connection, (uint Sequence, uint Acknowledgement)> _starts = [];

    /// <summary>Appends a segment.</summary>
    /// <param name="text">To what.</param>
    /// <param name="ip">Its datagram.</param>
    /// <param name="length">Bytes of the segment on the wire.</param>
    public void Append(StringBuilder text, in Ipv4Header ip, int length)
    {
        ReadOnlySpan<byte> bytes = ip.Payload;
        if (bytes.Length >= 4)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ip.Source}.{BinaryPrimitives.ReadUInt16BigEndian(bytes)} > {ip.Destination}.{BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])}: ");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{ip.Source} > {ip.Destination}: ");
        }

        if (!TcpHeader.TryParse(bytes, out TcpHeader tcp))
        {
            int announced = bytes.Length >= TcpHeader.MinimumSize ? (bytes[12] >> 4) * sizeof(uint) : 0;
            text.Append(bytes.Length < TcpHeader.MinimumSize ? " [|tcp]"
                : announced < TcpHeader.MinimumSize ? $" tcp {length - announced} [bad hdr length {announced} - too short, < {TcpHeader.MinimumSize}]"
                : announced > length ? $"Flags [{Flags((TcpFlags)bytes[13])}] [bad hdr length {announced} - too long, > {length}]" : " [|tcp]");
            return;
        }

        AppendSegment(text, ip, tcp, length);
    }

    private void AppendSegment(StringBuilder text, in Ipv4Header ip, in TcpHeader tcp, int length)
    {
        (uint sequence, uint acknowledgement, uint base0) = Relate(ip, tcp);
        int data = length - tcp.HeaderLength;
        text.Append(CultureInfo.InvariantCulture, $"Flags [{Flags(tcp.Flags)}]");
        AppendChecksum(text, ip, length);
        if (data > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", seq {sequence}:{sequence + (uint)data}");
        }
        else if (options.Verbosity > 1 || (tcp.Flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst)) != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", seq {sequence}");
        }

        text.Append((tcp.Flags & TcpFlags.Ack) != 0 ? string.Create(CultureInfo.InvariantCulture, $", ack {acknowledgement}") : "");
        text.Append(CultureInfo.InvariantCulture, $", win {tcp.Window}");
        text.Append((tcp.Flags & TcpFlags.Urg) != 0 ? string.Create(CultureInfo.InvariantCulture, $", urg {tcp.UrgentPointer}") : "");
        if (tcp.Options.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", options [{FormatOptions(tcp.Options, base0)}]");
        }

        text.Append(CultureInfo.InvariantCulture, $", length {data}");
    }

    /// <summary>Counts from the connection's start; a segment without ACK, and one that begins a connection, shows its own numbers.</summary>
    private (uint Sequence, uint Acknowledgement, uint SackBase) Relate(in Ipv4Header ip, in TcpHeader tcp)
    {
        if (options.AbsoluteSequence || (tcp.Flags & TcpFlags.Ack) == 0)
        {
            return (tcp.Sequence, tcp.Acknowledgement, 0);
        }

        Connection there = new(ip.Source, tcp.SourcePort, ip.Destination, tcp.DestinationPort);
        Connection back = new(ip.Destination, tcp.DestinationPort, ip.Source, tcp.SourcePort);
        bool isBack = _starts.ContainsKey(back);
        Connection known = isBack ? back : there;
        if ((tcp.Flags & TcpFlags.Syn) == 0 && _starts.TryGetValue(known, out (uint Sequence, uint Acknowledgement) start))
        {
            return isBack
                ? (tcp.Sequence - start.Acknowledgement, tcp.Acknowledgement - start.Sequence, start.Sequence)
                : (tcp.Sequence - start.Sequence, tcp.Acknowledgement - start.Acknowledgement, start.Acknowledgement);
        }

        if (_starts.Count >= MaximumConnections)
        {
            _starts.Clear(); // a flood of connections; those that go on count from where they are seen next
        }

        _starts[known] = isBack ? (tcp.Acknowledgement - 1, tcp.Sequence) : (tcp.Sequence, tcp.Acknowledgement - 1);
        return (tcp.Sequence, tcp.Acknowledgement, 0);
    }

    private void AppendChecksum(StringBuilder text, in Ipv4Header ip, int length)
    {
        if (options.Verbosity == 0 || ip.IsFragment || ip.Payload.Length != length)
        {
            return;
        }

        _ = TcpHeader.TryParse(ip.Payload, out TcpHeader tcp);
        ushort found = BinaryPrimitives.ReadUInt16BigEndian(ip.Payload[16..]);
        text.Append(CultureInfo.InvariantCulture, $", cksum 0x{found:x4} ");
        text.Append(tcp.IsChecksumValid(ip.Source, ip.Destination)
            ? "(correct)" : string.Create(CultureInfo.InvariantCulture, $"(incorrect -> 0x{Checksum.Expected(ip, ip.Payload, 16):x4})"));
    }

    private static string Flags(TcpFlags flags)
    {
        const string Letters = "FSRP.UEW"; // from the lowest bit
        StringBuilder text = new();
        for (int i = 0; i < Letters.Length; i++)
        {
            text.Append(((int)flags >> i & 1) != 0 ? Letters[i].ToString() : "");
        }

        return text.Length > 0 ? text.ToString() : "none";
    }

    private static string FormatOptions(ReadOnlySpan<byte> bytes, uint sackBase)
    {
        StringBuilder text = new();
        int at = 0;
        while (at < bytes.Length)
        {
            byte kind = bytes[at];
            int length = kind <= 1 ? 1 : at + 1 < bytes.Length ? bytes[at + 1] : 0;
            text.Append(text.Length > 0 ? "," : "");
            if (length == 0 || (kind > 1 && length < 2) || at + length > bytes.Length)
            {
                text.Append(Name(kind)).Append(" [bad opt]");
                break;
            }

            AppendOption(text, kind, bytes.Slice(at, length), sackBase);
            at += kind == 0 ? bytes.Length : length;
        }

        return text.ToString();
    }

    private static void AppendOption(StringBuilder text, byte kind, ReadOnlySpan<byte> option, uint sackBase)
    {
        text.Append(Name(kind));
        switch (kind, option.Length)
        {
            case (2, 4):
                text.Append(CultureInfo.InvariantCulture, $" {BinaryPrimitives.ReadUInt16BigEndian(option[2..])}");
                break;
            case (3, 3):
                text.Append(CultureInfo.InvariantCulture, $" {option[2]}");
                break;
            case (5, _) when (option.Length - 2) % PairSize == 0:
                AppendBlocks(text, option[2..], sackBase);
                break;
            case (8, 10):
                text.Append(CultureInfo.InvariantCulture, $" val {BinaryPrimitives.ReadUInt32BigEndian(option[2..])} ecr {BinaryPrimitives.ReadUInt32BigEndian(option[6..])}");
                break;
            default:
                bool hasData = !IsKnown(kind) && option.Length > 2;
                text.Append(hasData ? $" 0x{Convert.ToHexStringLower(option[2..])}" : "");
                break;
        }
    }

    private static bool IsKnown(byte kind) => !Name(kind).StartsWith("unknown", StringComparison.Ordinal);

    private static void AppendBlocks(StringBuilder text, ReadOnlySpan<byte> blocks, uint sackBase)
    {
        text.Append(CultureInfo.InvariantCulture, $" {blocks.Length / PairSize} ");
        for (; blocks.Length > 0; blocks = blocks[PairSize..])
        {
            uint start = BinaryPrimitives.ReadUInt32BigEndian(blocks) - sackBase;
            uint end = BinaryPrimitives.ReadUInt32BigEndian(blocks[sizeof(uint)..]) - sackBase;
            text.Append(CultureInfo.InvariantCulture, $"{{{start}:{end}}}");
        }
    }

    private static string Name(byte kind) => kind switch
    {
        0 => "eol",
        1 => "nop",
        2 => "mss",
        3 => "wscale",
        4 => "sackOK",
        5 => "sack",
        8 => "TS",
        19 => "md5",
        28 => "user_timeout",
        34 => "tfo",
        _ => $"unknown-{kind}",
    };

    private readonly record struct Connection(Ipv4Address Source, ushort SourcePort, Ipv4Address Destination, ushort DestinationPort);
}
