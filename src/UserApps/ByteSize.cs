using System.Globalization;

namespace KernelSockets.UserApps;

/// <summary>Writes byte counts for people.</summary>
internal static class ByteSize
{
    private const int Step = 1024;

    /// <summary>As <c>free -h</c> does: <c>512B</c>, <c>1.5Mi</c>, <c>62Mi</c>.</summary>
    public static string Short(long bytes)
    {
        (double value, int power) = Scale(bytes);
        string unit = power == 0 ? "B" : "KMGTP"[power - 1] + "i";
        string format = power == 0 || value >= 9.95 ? "0" : "0.0";
        return value.ToString(format, CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>As <c>ifconfig</c> does: <c>512.0 B</c>, <c>1.4 KiB</c>; decimals are cut, not rounded.</summary>
    public static string Long(long bytes)
    {
        (double value, int power) = Scale(bytes);
        string unit = power == 0 ? "B" : "KMGTP"[power - 1] + "iB";
        return (Math.Floor(value * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture) + " " + unit;
    }

    /// <summary>As <c>ls -h</c>, <c>df</c> and <c>du</c> do: <c>512</c>, <c>1.5K</c>, <c>62M</c>; what is cut off counts as a whole.</summary>
    public static string Compact(long bytes)
    {
        decimal value = bytes;
        int power = 0;
        while (value >= Step && power < 5)
        {
            value /= Step;
            power++;
        }

        decimal tenths = Math.Ceiling(value * 10) / 10;
        bool hasTenths = power > 0 && tenths < 10;
        decimal rounded = hasTenths ? tenths : Math.Ceiling(value);
        if (rounded == Step && power < 5)
        {
            return $"1.0{"KMGTP"[power]}";
        }

        string unit = power == 0 ? "" : "KMGTP"[(power - 1)..power];
        return rounded.ToString(hasTenths ? "0.0" : "0", CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>Whole blocks of 1024 bytes that hold so many bytes.</summary>
    public static long InKibibytes(long bytes) => (bytes + Step - 1) / Step;

    private static (double Value, int Power) Scale(long bytes)
    {
        double value = bytes;
        int power = 0;
        while (value >= Step && power < 5)
        {
            value /= Step;
            power++;
        }

        return (value, power);
    }
}
