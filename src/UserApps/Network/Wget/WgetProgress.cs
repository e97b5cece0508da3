using System.Diagnostics;
using System.Globalization;

namespace KernelSockets.UserApps.Network.Wget;

/// <summary>The line that shows how far a download is, on a terminal.</summary>
internal sealed class WgetProgress
{
    private const int NameWidth = 20;
    private const int BarWidth = 20;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly string _name;
    private readonly long _first;
    private readonly long? _whole;
    private readonly bool _isShown;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private TimeSpan _shownAt;

    /// <param name="name">Name of the file.</param>
    /// <param name="first">Bytes that were here before.</param>
    /// <param name="whole">Bytes in the end; null when that is not known.</param>
    /// <param name="isShown">False to measure only.</param>
    public WgetProgress(string name, long first, long? whole, bool isShown)
    {
        _name = name.Length <= NameWidth ? name.PadRight(NameWidth) : name[..NameWidth];
        _first = first;
        _whole = whole;
        _isShown = isShown;
    }

    /// <summary>Bytes a second so far, for people.</summary>
    /// <param name="received">Bytes that are here.</param>
    public string Rate(long received)
    {
        double seconds = Math.Max(Stopwatch.GetElapsedTime(_startedAt).TotalSeconds, 0.001);
        double rate = (received - _first) / seconds;
        string[] units = ["B/s", "KB/s", "MB/s", "GB/s"];
        int unit = 0;
        while (rate >= 1024 && unit < units.Length - 1)
        {
            rate /= 1024;
            unit++;
        }

        string format = rate >= 99.95 || unit == 0 ? "0" : rate >= 9.995 ? "0.0" : "0.00";
        return $"{rate.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>Shows where it is, if a while has passed.</summary>
    /// <param name="received">Bytes that are here.</param>
    /// <param name="isLast">True to show it in any case and to end the line.</param>
    public void Show(long received, bool isLast)
    {
        TimeSpan passed = Stopwatch.GetElapsedTime(_startedAt);
        if (!_isShown || (!isLast && passed < _shownAt + s_interval))
        {
            return;
        }

        _shownAt = passed;
        Console.Error.Write($"\r{_name}{Bar(received)} {ByteSize.Compact(received),7} {Rate(received),11}  {Rest(received, passed, isLast)}{(isLast ? "\n" : string.Empty)}");
    }

    private string Bar(long received)
    {
        if (_whole is not > 0)
        {
            return " [ <=> ]".PadRight(BarWidth + 8);
        }

        double part = Math.Min(1, (double)received / _whole.Value);
        int filled = (int)(part * BarWidth);
        string bar = filled == 0 ? string.Empty : new string('=', filled - 1) + '>';
        return $" {(int)(part * 100),3}% [{bar.PadRight(BarWidth)}]";
    }

    private string Rest(long received, TimeSpan passed, bool isLast)
    {
        if (isLast)
        {
            return string.Create(CultureInfo.InvariantCulture, $"in {passed.TotalSeconds:0.0}s ");
        }

        double rate = (received - _first) / Math.Max(passed.TotalSeconds, 0.001);
        return _whole is { } whole && rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"eta {(whole - received) / rate:0}s   ") : "         ";
    }
}
