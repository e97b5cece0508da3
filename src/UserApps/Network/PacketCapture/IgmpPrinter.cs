using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>IGMP as tcpdump prints it.</summary>
internal static class IgmpPrinter
{
    private const byte ReportVersion3 = 0x22;
    private const int Version3Query = 12;
    private const int UsualResponse = 100; // tenths of a second

    public static void Append(StringBuilder text, ReadOnlySpan<byte> payload, int verbosity)
    {
        if (!IgmpMessage.TryParse(payload, out IgmpMessage igmp))
        {
            text.Append(" [|igmp]");
            return;
        }

        switch ((byte)igmp.Type)
        {
            case (byte)IgmpType.MembershipQuery:
                AppendQuery(text, igmp);
                break;
            case (byte)IgmpType.ReportVersion1:
                text.Append(CultureInfo.InvariantCulture, $"igmp v1 report {igmp.Group}");
                break;
            case (byte)IgmpType.ReportVersion2:
                text.Append(CultureInfo.InvariantCulture, $"igmp v2 report {igmp.Group}");
                break;
            case ReportVersion3:
                text.Append(CultureInfo.InvariantCulture, $"igmp v3 report, {BinaryPrimitives.ReadUInt16BigEndian(payload[6..])} group record(s)");
                AppendGroups(text, payload, verbosity);
                break;
            case (byte)IgmpType.LeaveGroup:
                text.Append(CultureInfo.InvariantCulture, $"igmp leave {igmp.Group}");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"igmp-{(byte)igmp.Type}");
                break;
        }
    }

    /// <summary>The group records of a report of version 3 (RFC 3376 §4.2.4).</summary>
    private static void AppendGroups(StringBuilder text, ReadOnlySpan<byte> report, int verbosity)
    {
        const int RecordHeader = 8;
        int count = verbosity > 0 ? BinaryPrimitives.ReadUInt16BigEndian(report[6..]) : 0;
        ReadOnlySpan<byte> left = report[IgmpMessage.Size..];
        for (int i = 0; i < count; i++)
        {
            if (left.Length < RecordHeader)
            {
                text.Append(" [invalid number of groups]");
                return;
            }

            int sources = BinaryPrimitives.ReadUInt16BigEndian(left[2..]);
            int size = RecordHeader + sources * Ipv4Address.Size;
            text.Append(CultureInfo.InvariantCulture, $" [gaddr {Ipv4Address.Read(left[4..])} {RecordType(left[0])}");
            if (left.Length < size)
            {
                text.Append(CultureInfo.InvariantCulture, $" [invalid number of sources {sources}]");
                return;
            }

            AppendSources(text, left[RecordHeader..size], verbosity);
            left = left[size..];
        }
    }

    private static void AppendSources(StringBuilder text, ReadOnlySpan<byte> sources, int verbosity)
    {
        if (verbosity == 1)
        {
            text.Append(CultureInfo.InvariantCulture, $", {sources.Length / Ipv4Address.Size} source(s)]");
            return;
        }

        text.Append(" {");
        for (; sources.Length > 0; sources = sources[Ipv4Address.Size..])
        {
            text.Append(' ').Append(Ipv4Address.Read(sources));
        }

        text.Append(" }]");
    }

    private static string RecordType(byte type) => type switch
    {
        1 => "is_in",
        2 => "is_ex",
        3 => "to_in",
        4 => "to_ex",
        5 => "allow",
        6 => "block",
        _ => $" [v3-report-#{type}]",
    };

    private static void AppendQuery(StringBuilder text, in IgmpMessage igmp)
    {
        text.Append("igmp query");
        if (igmp.Length >= Version3Query)
        {
            text.Append(" v3");
        }
        else if (igmp.MaximumResponseTime > 0)
        {
            text.Append(" v2");
            text.Append(igmp.MaximumResponseTime == UsualResponse ? "" : $" [max resp time {igmp.MaximumResponseTime}]");
        }
        else
        {
            text.Append(" v1");
        }

        text.Append(igmp.Group.IsAny ? "" : $" [gaddr {igmp.Group}]");
        text.Append(igmp.Length is IgmpMessage.Size or >= Version3Query ? "" : $" [len {igmp.Length}]");
    }
}
