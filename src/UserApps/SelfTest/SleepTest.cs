using System.Diagnostics;
using System.Globalization;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>Thread.Sleep sleeps as long as asked. Reported; only what is grossly wrong fails, since the guest may be emulated and the host
/// busy.</summary>
internal sealed class SleepTest : RuntimeTest
{
    /// <summary>Sleeping less than this much too short passes: clocks are read at different moments.</summary>
    private static readonly TimeSpan s_early = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override string Name => "sleep";

    /// <inheritdoc/>
    public override string Summary => "accuracy of Thread.Sleep";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        string report = "";
        foreach (int milliseconds in (ReadOnlySpan<int>)[1, 10, 50, 100])
        {
            long start = Stopwatch.GetTimestamp();
            Thread.Sleep(milliseconds);
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            TimeSpan asked = TimeSpan.FromMilliseconds(milliseconds);
            string text = taken.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture);
            Expect.True(taken >= asked - s_early && taken <= asked + s_late, $"{milliseconds} ms took {text} ms");
            report += $"{(report.Length == 0 ? "" : ", ")}{milliseconds} ms took {text}";
        }

        return report;
    }
}
