using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>date: the time of day (GNU coreutils' forms). The machine keeps UTC and knows no time zones.</summary>
internal sealed class DateCommand(ISystem system) : Command
{
    private const string Default = "%a %b %e %H:%M:%S UTC %Y";

    /// <inheritdoc/>
    public override string Name => "date";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "date and time";

    /// <inheritdoc/>
    public override string Help => """
        Usage: date [-uR] [-I] [+FORMAT]
        Prints date and time in UTC.
          -u, --utc        in UTC (always so)
          -R, --rfc-email  as RFC 5322 has it
          -I, --iso-8601   only the date, as ISO 8601 has it
        FORMAT may hold %Y %y %C year, %m %b %B month, %d %e day, %j day of the year, %a %A %u %w weekday, %H %I %p hour, %M minute,
        %S second, %N nanoseconds, %s seconds since 1970, %T %R time, %D %F %x %X %c forms of both, %Z %z zone, %n %t %% themselves.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("uRI", arguments, ("utc", 'u'), ("rfc-email", 'R'), ("iso-8601", 'I'));
        string format = Default;
        while (options.TryNext(out char option))
        {
            format = option switch
            {
                'R' => "%a, %d %b %Y %H:%M:%S %z",
                'I' => "%F",
                _ => format,
            };
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        foreach (string operand in options.Operands)
        {
            if (!operand.StartsWith('+'))
            {
                return Misused($"invalid date '{operand}': the clock cannot be set");
            }

            format = operand[1..];
        }

        Console.Out.WriteLine(Format(format, system.Clock.UtcNow.ToUniversalTime()));
        return 0;
    }

    /// <summary>strftime(3) as far as <see cref="Help"/> lists it; an unknown conversion stays as it is.</summary>
    internal static string Format(string format, DateTimeOffset time)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            char letter = format[++i];
            text.Append(Date(letter, time) ?? Time(letter, time) ?? Combined(letter, time) ?? $"%{letter}");
        }

        return text.ToString();
    }

    private static string? Date(char letter, DateTimeOffset time) => letter switch
    {
        'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
        'y' => Custom(time, "yy"),
        'C' => $"{time.Year / 100:00}",
        'm' => Custom(time, "MM"),
        'b' or 'h' => Custom(time, "MMM"),
        'B' => Custom(time, "MMMM"),
        'd' => Custom(time, "dd"),
        'e' => $"{time.Day,2}",
        'j' => $"{time.DayOfYear:000}",
        'a' => Custom(time, "ddd"),
        'A' => Custom(time, "dddd"),
        'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string? Time(char letter, DateTimeOffset time) => letter switch
    {
        'H' => Custom(time, "HH"),
        'I' => Custom(time, "hh"),
        'p' => time.Hour < 12 ? "AM" : "PM",
        'M' => Custom(time, "mm"),
        'S' => Custom(time, "ss"),
        'N' => $"{time.Ticks % TimeSpan.TicksPerSecond * 100:000000000}",
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'Z' => "UTC",
        'z' => "+0000",
        _ => null,
    };

    private static string? Combined(char letter, DateTimeOffset time) => letter switch
    {
        'T' or 'X' => Format("%H:%M:%S", time),
        'R' => Format("%H:%M", time),
        'D' or 'x' => Format("%m/%d/%y", time),
        'F' => Format("%Y-%m-%d", time),
        'c' => Format("%a %b %e %H:%M:%S %Y", time),
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => null,
    };

    private static string Custom(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
