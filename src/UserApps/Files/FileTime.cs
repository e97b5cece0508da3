using System.Globalization;

namespace KernelSockets.UserApps.Files;

/// <summary>A time that a file bears, to the nanosecond.</summary>
/// <param name="Seconds">Since 1970.</param>
/// <param name="Nanoseconds">0 to 999 999 999, counted upwards from the second.</param>
internal readonly record struct FileTime(long Seconds, int Nanoseconds) : IComparable<FileTime>
{
    private const int NanosecondsPerTick = 100;

    /// <summary>The time as the class library has it, in local time; what it cannot hold is its nearest.</summary>
    public DateTimeOffset Local => DateTimeOffset.FromUnixTimeSeconds(
        Math.Clamp(Seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds() + 86_400, DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 86_400)).AddTicks(Nanoseconds / NanosecondsPerTick).ToLocalTime();

    /// <summary>From the class library's form.</summary>
    public static FileTime From(DateTimeOffset time)
    {
        long seconds = time.ToUnixTimeSeconds();
        return new FileTime(seconds, (int)((time - DateTimeOffset.FromUnixTimeSeconds(seconds)).Ticks * NanosecondsPerTick));
    }

    /// <inheritdoc/>
    public int CompareTo(FileTime other) => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>As stat(1) prints it: <c>2026-11-26 14:47:38.584883976 +0000</c>.</summary>
    public override string ToString()
    {
        DateTimeOffset local = Local;
        string zone = local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM-dd HH:mm:ss}.{Nanoseconds:D9} {zone}");
    }
}
