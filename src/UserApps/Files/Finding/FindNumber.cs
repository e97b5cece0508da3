using System.Globalization;

namespace KernelSockets.UserApps.Files.Finding;

/// <summary>A number that a test of find compares with: N, +N for more, -N for less.</summary>
internal readonly record struct FindNumber(char Sign, long Value)
{
    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out FindNumber number)
    {
        char sign = text.Length > 0 && text[0] is '+' or '-' ? text[0] : ' ';
        bool isGood = long.TryParse(sign == ' ' ? text : text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        number = new FindNumber(sign, value);
        return isGood;
    }

    /// <summary>True when a value is as wanted.</summary>
    public bool Matches(long value) => Sign switch
    {
        '+' => value > Value,
        '-' => value < Value,
        _ => value == Value,
    };

    /// <summary>True when an age in days is as wanted: fractions are cut (find(1), -mtime).</summary>
    public bool MatchesDays(double seconds) => Matches((long)Math.Floor(seconds / 86_400));

    /// <summary>True when an age in minutes is as wanted: N is all of the N-th minute (find(1), -mmin).</summary>
    public bool MatchesMinutes(double seconds) => Sign switch
    {
        '+' => seconds > Value * 60.0,
        '-' => seconds < Value * 60.0,
        _ => seconds > (Value - 1) * 60.0 && seconds <= Value * 60.0,
    };
}
