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
