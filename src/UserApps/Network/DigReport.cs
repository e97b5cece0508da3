using System.Globalization;
using System.Text;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network;

/// <summary>A DNS answer as dig prints it: the fields of a zone file in columns, everything else as comments.</summary>
internal static class DigReport
{
    private const int TimeColumn = 24;
    private const int ClassColumn = 32;
    private const int TypeColumn = 40;
    private const int DataColumn = 48;
    private const int Tab = 8;

    /// <summary>All of it, up to and without the lines about server and time.</summary>
    public static string Format(DnsMessage message)
    {
        StringBuilder text = new();
        text.Append(";; Got answer:\n");
        text.Append(CultureInfo.InvariantCulture, $";; ->>HEADER<<- opcode: {Opcode(message)}, status: {Status(message.ResponseCode)}, id: {message.Identification}\n");
        text.Append(CultureInfo.InvariantCulture, $";; flags:{Flags(message)}; QUERY: {message.Questions.Count}, ANSWER: {message.Answers.Count}, ");
        text.Append(CultureInfo.InvariantCulture, $"AUTHORITY: {message.Authorities.Count}, ADDITIONAL: {message.Additionals.Count}\n");
        if (message is { IsRecursionDesired: true, IsRecursionAvailable: false })
        {
            text.Append(";; WARNING: recursion requested but not available\n");
        }

        text.Append('\n');
        if (message.Questions.Count > 0)
        {
            text.Append(";; QUESTION SECTION:\n");
            foreach (DnsQuestion question in message.Questions)
            {
                text.Append(';');
                AppendColumns(text, [(question.Name, ClassColumn), (Class(question.Class), TypeColumn), (Type(question.Type), 0)]);
            }

            text.Append('\n');
        }

        AppendSection(text, "ANSWER", message.Answers);
        AppendSection(text, "AUTHORITY", message.Authorities);
        AppendSection(text, "ADDITIONAL", message.Additionals);
        return text.ToString();
    }

    /// <summary>The data of the answers, a line each (+short).</summary>
    public static string FormatShort(DnsMessage message) =>
        string.Concat(message.Answers.Select(answer => answer.Data.Format(answer.Type) + "\n"));

    private static void AppendSection(StringBuilder text, string name, IReadOnlyList<DnsRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $";; {name} SECTION:\n");
        foreach (DnsRecord record in records)
        {
            AppendColumns(
                text,
                [
                    (record.Name, TimeColumn), (record.TimeToLive.ToString(CultureInfo.InvariantCulture), ClassColumn), (Class(record.Class), TypeColumn),
                    (Type(record.Type), DataColumn), (record.Data.Format(record.Type), 0),
                ]);
        }

        text.Append('\n');
    }

    /// <summary>Writes the fields of a line, each followed by tabs and blanks up to the column of the next, but at least by one of them.</summary>
    private static void AppendColumns(StringBuilder text, ReadOnlySpan<(string Text, int NextColumn)> fields)
    {
        int column = 0;
        foreach ((string field, int nextColumn) in fields)
        {
            text.Append(field);
            column += field.Length;
            if (nextColumn > 0)
            {
                int to = Math.Max(nextColumn, column + 1);
                int tabs = to / Tab - column / Tab;
                text.Append('\t', tabs).Append(' ', to - (tabs > 0 ? to / Tab * Tab : column));
                column = to;
            }
        }

        text.Append('\n');
    }

    private static string Flags(DnsMessage message)
    {
        string flags = message.IsResponse ? " qr" : "";
        flags += message.IsAuthoritative ? " aa" : "";
        flags += message.IsTruncated ? " tc" : "";
        flags += message.IsRecursionDesired ? " rd" : "";
        return flags + (message.IsRecursionAvailable ? " ra" : "");
    }

    private static string Opcode(DnsMessage message) => message.Opcode == 0 ? "QUERY" : $"RESERVED{message.Opcode}";

    private static string Status(DnsResponseCode code) => code switch
    {
        DnsResponseCode.NoError => "NOERROR",
        DnsResponseCode.FormatError => "FORMERR",
        DnsResponseCode.ServerFailure => "SERVFAIL",
        DnsResponseCode.NameError => "NXDOMAIN",
        DnsResponseCode.NotImplemented => "NOTIMP",
        DnsResponseCode.Refused => "REFUSED",
        _ => $"RESERVED{(int)code}",
    };

    private static string Class(ushort value) => value == DnsQuestion.Internet ? "IN" : $"CLASS{value}";

    private static string Type(DnsRecordType type) => Enum.IsDefined(type) ? type.ToString().ToUpperInvariant() : $"TYPE{(int)type}";
}
