using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Frames as tcpdump prints them with -n. Remembers where connections began, so it belongs to one run.</summary>
internal sealed class FramePrinter
{
    private const ushort Vlan = 0x8100;
    private const int LeastType = 1536;

    private readonly PrintOptions _options;
    private readonly Ipv4Printer _ipv4;
    private readonly StringBuilder _text = new();
    private DateTime? _before;

    public FramePrinter(PrintOptions options)
    {
        _options = options;
        _ipv4 = new Ipv4Printer(options);
    }

    /// <summary>A frame's lines, the last one without its end.</summary>
    public string Format(CapturedFrame frame)
    {
        _text.Clear();
        AppendTime(frame.Time);
        bool isKnown = AppendFrame(frame);
        ReadOnlySpan<byte> bytes = _options.DumpsLink || frame.Bytes.Length < EthernetHeader.Size ? frame.Bytes : frame.Bytes[EthernetHeader.Size..];
        if (!isKnown && _options.Dump is (DumpStyle.None or DumpStyle.Text))
        {
            HexText.Append(_text, frame.Bytes[EthernetHeader.Size..], DumpStyle.HexAndText);
        }

        if (_options.Dump != DumpStyle.None)
        {
            HexText.Append(_text, bytes, _options.Dump);
        }

        return _text.ToString();
    }

    private bool AppendFrame(CapturedFrame frame)
    {
        if (!EthernetHeader.TryParse(frame.Bytes, out EthernetHeader ethernet))
        {
            _text.Append(" [|ether]");
            return true;
        }

        ushort type = (ushort)ethernet.Type;
        bool isKnown = ethernet.Type is EtherType.Ipv4 or EtherType.Arp || type is ProtocolNumbers.Ipv6 or ProtocolNumbers.Rarp;
        if (_options.ShowsLink || !isKnown)
        {
            _text.Append(CultureInfo.InvariantCulture, $"{ethernet.Source} > {ethernet.Destination}, ");
            _text.Append(type < LeastType ? "802.3" : string.Create(CultureInfo.InvariantCulture, $"ethertype {Name(type)} (0x{type:x4})"));
            _text.Append(CultureInfo.InvariantCulture, $", length {frame.WireLength}: ");
        }

        ReadOnlySpan<byte> payload = frame.Bytes[EthernetHeader.Size..];
        int length = frame.WireLength - EthernetHeader.Size;
        switch (type)
        {
            case (ushort)EtherType.Ipv4:
                _text.Append(_options.ShowsLink ? "" : "IP ");
                _ipv4.Append(_text, payload, length);
                break;
            case (ushort)EtherType.Arp:
                _text.Append(_options.ShowsLink ? "" : "ARP, ");
                ArpPrinter.Append(_text, payload, length, _options.Verbosity);
                break;
            case ProtocolNumbers.Rarp:
                _text.Append(_options.ShowsLink ? "" : "ARP, ");
                ArpPrinter.Append(_text, payload, length, _options.Verbosity);
                break;
            case ProtocolNumbers.Ipv6:
                _text.Append(_options.ShowsLink ? "" : "IP6 ");
                Ipv6Printer.Append(_text, payload);
                break;
            default:
                break;
        }

        return isKnown;
    }

    private void AppendTime(DateTime time)
    {
        TimeSpan since = time - DateTime.UnixEpoch;
        TimeSpan delta = time - (_before ?? time);
        _before = time;
        string stamp = _options.Timestamp switch
        {
            TimestampStyle.None => string.Empty,
            TimestampStyle.Seconds => string.Create(CultureInfo.InvariantCulture, $"{(long)since.TotalSeconds}.{since.Ticks % TimeSpan.TicksPerSecond / 10:D6} "),
            TimestampStyle.Delta => string.Create(CultureInfo.InvariantCulture, $" {(delta < TimeSpan.Zero ? "-" : "")}{delta.Duration():hh\\:mm\\:ss\\.ffffff} "),
            TimestampStyle.Date => string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss.ffffff} "),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time:HH:mm:ss.ffffff} "),
        };
        _text.Append(stamp);
    }

    private static string Name(ushort type) => type switch
    {
        (ushort)EtherType.Ipv4 => "IPv4",
        (ushort)EtherType.Arp => "ARP",
        ProtocolNumbers.Ipv6 => "IPv6",
        ProtocolNumbers.Rarp => "Reverse ARP",
        Vlan => "802.1Q",
        _ => "Unknown",
    };
}
