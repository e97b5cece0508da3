using System.Globalization;

namespace KernelSockets.UserApps.Commands;

/// <summary>What ping counts, and its summary in iputils' words.</summary>
internal sealed class PingStatistics
{
    private double _sum;
    private double _sumOfSquares;
    private long _measured;
    private double _least = double.MaxValue;

    /// <summary>Requests sent.</summary>
    public long Transmitted { get; set; }

    /// <summary>Answers received, duplicates not counted.</summary>
    public long Received { get; set; }

    /// <summary>Answers to a request that was answered before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Answers with other data than was sent.</summary>
    public long Corrupted { get; set; }

    /// <summary>ICMP errors, and requests that could not be sent.</summary>
    public long Errors { get; set; }

    /// <summary>Longest round trip in microseconds.</summary>
    public double LongestMicroseconds { get; private set; }

    /// <summary>Counts a round trip.</summary>
    public void AddRoundTrip(TimeSpan time)
    {
        double microseconds = time.TotalMicroseconds;
        _measured++;
        _sum += microseconds;
        _sumOfSquares += microseconds * microseconds;
        _least = Math.Min(_least, microseconds);
        LongestMicroseconds = Math.Max(LongestMicroseconds, microseconds);
    }

    /// <summary>A round trip as each line shows it: milliseconds with three significant digits, to the microsecond at most.</summary>
    public static string FormatRoundTrip(TimeSpan time)
    {
        double milliseconds = time.TotalMilliseconds;
        string format = milliseconds switch
        {
            >= 99.95 => "0",
            >= 9.995 => "0.0",
            >= 0.9995 => "0.00",
            _ => "0.000",
        };
        return milliseconds.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The last two lines.</summary>
    /// <param name="elapsed">From the first request to the last.</param>
    public string Summarize(TimeSpan elapsed)
    {
        string line = $"{Transmitted} packets transmitted, {Received} received";
        line += Duplicates > 0 ? $", +{Duplicates} duplicates" : "";
        line += Corrupted > 0 ? $", +{Corrupted} corrupted" : "";
        line += Errors > 0 ? $", +{Errors} errors" : "";
        if (Transmitted > 0)
        {
            double loss = (Transmitted - Received) * 100.0 / Transmitted;
            line += $", {loss.ToString("G6", CultureInfo.InvariantCulture)}% packet loss, time {(long)elapsed.TotalMilliseconds}ms";
        }

        return line + "\n" + RoundTrips();
    }

    private string RoundTrips()
    {
        if (_measured == 0)
        {
            return "";
        }

        double mean = _sum / _measured;
        double deviation = Math.Sqrt(Math.Max(0, (_sumOfSquares / _measured) - (mean * mean)));
        return $"rtt min/avg/max/mdev = {Milliseconds(_least)}/{Milliseconds(mean)}/"
            + $"{Milliseconds(LongestMicroseconds)}/{Milliseconds(deviation)} ms\n";
    }

    private static string Milliseconds(double microseconds) => (microseconds / 1000).ToString("0.000", CultureInfo.InvariantCulture);
}
