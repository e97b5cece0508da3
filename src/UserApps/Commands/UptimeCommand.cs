using System.Globalization;

namespace KernelSockets.UserApps.Commands;

/// <summary>uptime: how long the machine has been running (procps' forms, without users and load).</summary>
internal sealed class UptimeCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "uptime";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "time since start";

    /// <inheritdoc/>
    public override string Help => """
        Usage: uptime [-ps]
        Prints the time of day (UTC), the time since start and the number of tasks.
          -p, --pretty  only the time since start, in words
          -s, --since   when the machine started

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("ps", arguments, ("pretty", 'p'), ("since", 's'));
        char form = '\0';
        while (options.TryNext(out char option))
        {
            form = option;
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        TimeSpan up = system.Clock.Now - Instant.Zero;
        DateTimeOffset now = system.Clock.UtcNow;
        Console.Out.WriteLine(form switch
        {
            'p' => $"up {InWords(up)}",
            's' => (now - up).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $" {now:HH:mm:ss} up {Brief(up)},  {system.Tasks().Count} tasks"),
        });
        return 0;
    }

    /// <summary>As procps has it: <c>3 days,  2:05</c> or <c>5 min</c>; seconds while there is no whole minute.</summary>
    internal static string Brief(TimeSpan time)
    {
        string days = time.Days == 0 ? "" : time.Days == 1 ? "1 day, " : $"{time.Days} days, ";
        if (time.Hours > 0)
        {
            return $"{days}{time.Hours,2}:{time.Minutes:00}";
        }

        return time.Minutes > 0 || time.Days > 0 ? $"{days}{time.Minutes} min" : $"{time.Seconds} sec";
    }

    private static string InWords(TimeSpan time)
    {
        var parts = new List<string>();
        Add(parts, time.Days / 7, "week");
        Add(parts, time.Days % 7, "day");
        Add(parts, time.Hours, "hour");
        Add(parts, time.Minutes, "minute");
        return parts.Count == 0 ? "0 minutes" : string.Join(", ", parts);
    }

    private static void Add(List<string> parts, int count, string unit)
    {
        if (count > 0)
        {
            parts.Add(count == 1 ? $"1 {unit}" : $"{count} {unit}s");
        }
    }
}
