using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>DNS as tcpdump prints it.</summary>
internal static class DnsPrinter
{
    private const ushort Unusual = 0x6CF; // flags that a plain query has not
    private const int Verbose = 2;

    public static void Append(StringBuilder text, ReadOnlySpan<byte> data, int length, int verbosity)
    {
        if (!DnsMessage.TryParse(data, out DnsMessage? message))
        {
            text.Append(CultureInfo.InvariantCulture, $" [|domain] ({length})");
            return;
        }

        text.Append(message.Identification).Append(message.Opcode switch
        {
            0 => "",
            1 => " inv_q",
            2 => " stat",
            4 => " notify",
            5 => " update",
            int other => $" op{other}",
        });
        if (message.IsResponse)
        {
            AppendResponse(text, message, verbosity);
        }
        else
        {
            AppendQuery(text, message, BinaryPrimitives.ReadUInt16BigEndian(data[2..]), verbosity);
        }

        text.Append(CultureInfo.InvariantCulture, $" ({length})");
    }

    private static void AppendQuery(StringBuilder text, DnsMessage message, ushort flags, int verbosity)
    {
        text.Append(message.IsRecursionDesired ? "+" : "");
        if ((flags & Unusual) != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" [b2&3=0x{flags:x}]");
        }

        text.Append(message.Answers.Count > 0 ? $" [{message.Answers.Count}a]" : "");
        text.Append(message.Questions.Count != 1 ? $" [{message.Questions.Count}q]" : "");
        text.Append(message.Authorities.Count > 0 ? $" [{message.Authorities.Count}n]" : "");
        text.Append(message.Additionals.Count > 0 ? $" [{message.Additionals.Count}au]" : "");
        for (int i = 0; i < message.Questions.Count; i++)
        {
            AppendQuestion(text.Append(i > 0 ? "," : ""), message.Questions[i]);
        }

        if (verbosity >= Verbose)
        {
            AppendRecords(text.Append(message.Answers.Count > 0 ? " an:" : ""), message.Answers, verbosity);
            AppendOthers(text, message, verbosity);
        }
    }

    private static void AppendOthers(StringBuilder text, DnsMessage message, int verbosity)
    {
        AppendRecords(text.Append(message.Authorities.Count > 0 ? " ns:" : ""), message.Authorities, verbosity);
        AppendRecords(text.Append(message.Additionals.Count > 0 ? " ar:" : ""), message.Additionals, verbosity);
    }

    private static void AppendResponse(StringBuilder text, DnsMessage message, int verbosity)
    {
        text.Append(message.ResponseCode switch
        {
            DnsResponseCode.NoError => "",
            DnsResponseCode.FormatError => " FormErr",
            DnsResponseCode.ServerFailure => " ServFail",
            DnsResponseCode.NameError => " NXDomain",
            DnsResponseCode.NotImplemented => " NotImp",
            DnsResponseCode.Refused => " Refused",
            DnsResponseCode other => $" Resp{(int)other}",
        });
        text.Append(message.IsAuthoritative ? "*" : "").Append(message.IsRecursionAvailable ? "" : "-").Append(message.IsTruncated ? "|" : "");
        text.Append(message.Questions.Count != 1 ? $" [{message.Questions.Count}q]" : "");
        if (verbosity >= Verbose && message.Questions.Count > 0)
        {
            text.Append(" q:");
            for (int i = 0; i < message.Questions.Count; i++)
            {
                AppendQuestion(text.Append(i > 0 ? "," : ""), message.Questions[i]);
            }
        }

        text.Append(CultureInfo.InvariantCulture, $" {message.Answers.Count}/{message.Authorities.Count}/{message.Additionals.Count}");
        AppendRecords(text, message.Answers, verbosity);
        if (verbosity >= Verbose)
        {
            AppendOthers(text, message, verbosity);
        }
    }

    private static void AppendQuestion(StringBuilder text, in DnsQuestion question) =>
        text.Append(CultureInfo.InvariantCulture, $" {Name(question.Type)}{Class(question.Class)}? {question.Name}");

    private static void AppendRecords(StringBuilder text, IReadOnlyList<DnsRecord> records, int verbosity)
    {
        for (int i = 0; i < records.Count; i++)
        {
            DnsRecord record = records[i];
            text.Append(i > 0 ? "," : "");
            text.Append(verbosity > 0 ? $" {record.Name}" : "");
            text.Append(record.Type == DnsRecordType.Opt ? "" : Class(record.Class));
            text.Append(verbosity > Verbose && record.Type != DnsRecordType.Opt ? $" [{Duration(record.TimeToLive)}]" : "");
            text.Append(CultureInfo.InvariantCulture, $" {Name(record.Type)}");
            text.Append(Data(record, verbosity));
        }
    }

    private static string Data(DnsRecord record, int verbosity)
    {
        string[] fields = record.Data.Format(record.Type).Split(' ');
        return record.Type switch
        {
            DnsRecordType.A or DnsRecordType.Aaaa or DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr => $" {fields[0]}",
            DnsRecordType.Mx when fields is [var preference, var name] => $" {name} {preference}",
            DnsRecordType.Srv when fields is [var priority, var weight, var port, var target] => $" {target}:{port} {priority} {weight}",
            DnsRecordType.Txt => " " + string.Join(' ', fields),
            DnsRecordType.Soa when verbosity > 0 => " " + string.Join(' ', fields),
            DnsRecordType.Opt => FormatExtension(record),
            _ => string.Empty,
        };
    }

    /// <summary>What a sender of the extended protocol can do (RFC 6891 §6.1.2, §6.1.3): its class and time to live mean something else.</summary>
    private static string FormatExtension(DnsRecord record)
    {
        const uint DnssecOk = 0x8000;
        const int OptionHeader = 4;
        List<string> options = [];
        for (ReadOnlySpan<byte> left = record.Data.Bytes; left.Length >= OptionHeader;)
        {
            int size = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(left[2..]), left.Length - OptionHeader);
            options.Add($"{OptionName(BinaryPrimitives.ReadUInt16BigEndian(left))} {Convert.ToHexStringLower(left.Slice(OptionHeader, size))}".TrimEnd());
            left = left[(OptionHeader + size)..];
        }

        string flags = (record.TimeToLive & DnssecOk) != 0 ? " DO" : string.Empty;
        return $" UDPsize={record.Class}{flags}{(options.Count > 0 ? $" [{string.Join(',', options)}]" : "")}";
    }

    private static string OptionName(ushort code) => code switch
    {
        3 => "NSID",
        9 => "EXPIRE",
        10 => "COOKIE",
        11 => "KEEPALIVE",
        12 => "PADDING",
        _ => $"Opt{code}",
    };

    private static string Name(DnsRecordType type) => Enum.IsDefined(type) ? type.ToString().ToUpperInvariant() : $"Type{(int)type}";

    private static string Class(ushort value) => value == DnsQuestion.Internet ? "" : $" (Class {value})";

    private static string Duration(uint seconds)
    {
        const uint Minute = 60;
        const uint Hour = 60 * Minute;
        const uint Day = 24 * Hour;
        const uint Week = 7 * Day;
        if (seconds == 0)
        {
            return "0s";
        }

        (uint Unit, char Letter)[] units = [(Week, 'w'), (Day, 'd'), (Hour, 'h'), (Minute, 'm'), (1, 's')];
        StringBuilder text = new();
        foreach ((uint unit, char letter) in units)
        {
            text.Append(seconds / unit > 0 ? $"{seconds / unit}{letter}" : "");
            seconds %= unit;
        }

        return text.ToString();
    }
}
