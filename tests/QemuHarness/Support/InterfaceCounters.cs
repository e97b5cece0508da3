using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelSockets.QemuHarness.Support;

/// <summary>The counters of one interface as ifconfig prints them.</summary>
internal sealed partial record InterfaceCounters(long ReceivedPackets, long SentPackets, long ReceiveDrops)
{
    public static InterfaceCounters Parse(string output) => new(
        Number(ReceivedPattern(), output),
        Number(SentPattern(), output),
        Number(DroppedPattern(), output) + Number(OverrunPattern(), output));

    private static long Number(Regex pattern, string output)
    {
        Match match = pattern.Match(output);
        return match.Success
            ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new FormatException($"ifconfig printed nothing like '{pattern}':\n{output}");
    }

    [GeneratedRegex(@"RX packets (\d+)")]
    private static partial Regex ReceivedPattern();

    [GeneratedRegex(@"TX packets (\d+)")]
    private static partial Regex SentPattern();

    [GeneratedRegex(@"RX errors \d+\s+dropped (\d+)")]
    private static partial Regex DroppedPattern();

    [GeneratedRegex(@"RX errors \d+\s+dropped \d+\s+overruns (\d+)")]
    private static partial Regex OverrunPattern();
}
