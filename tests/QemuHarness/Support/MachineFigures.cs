using System.Globalization;

namespace KernelSockets.QemuHarness.Support;

/// <summary>What the guest holds, by its own account: after an attack all of it has to be as before.</summary>
/// <param name="FreeBytes">Free memory, after a collection.</param>
/// <param name="FreeBuffers">Free packet buffers.</param>
/// <param name="Tasks">Tasks, without workers of the thread pool, which come and go.</param>
/// <param name="Timers">Timers under way in the network stack.</param>
/// <param name="Sockets">/proc/net/sockstat: sockets, connections, TIME-WAIT, pages of memory, fragments.</param>
internal sealed record MachineFigures(long FreeBytes, long FreeBuffers, int Tasks, int Timers, string Sockets)
{
    /// <summary>
    /// What free memory may lack: the managed heap is never exactly as full as before, and stacks are scanned conservatively, so that what a stale word points to
    /// stays, and the part of the heap around it with it.
    /// </summary>
    private const long ToleratedBytes = 4 << 20;

    private const string TimersLabel = "Timers:";

    public static async Task<MachineFigures> MeasureAsync(SerialShell shell)
    {
        string output = (await shell.RunAsync("gc -c > /dev/null; netstat -s | grep Timers: ; free -b; cat /proc/net/sockstat; ps")).Succeeded().Output;
        FreeReport free = FreeReport.Parse(output);
        string[] lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int sockets = Array.FindIndex(lines, static line => line.StartsWith("sockets:", StringComparison.Ordinal));
        int tasks = Array.FindIndex(lines, static line => line.StartsWith("PID", StringComparison.Ordinal));
        return new MachineFigures(
            free.FreeBytes,
            free.FreeBuffers,
            lines[(tasks + 1)..].Count(static line => !line.Contains(".NET TP", StringComparison.Ordinal)),
            int.Parse(Array.Find(lines, static line => line.StartsWith(TimersLabel, StringComparison.Ordinal))![TimersLabel.Length..], CultureInfo.InvariantCulture),
            string.Join("; ", lines[sockets..tasks]));
    }

    /// <summary>True when nothing is missing that was there before.</summary>
    /// <param name="before">What there was before.</param>
    /// <param name="kept">Bytes that may be kept to be used again.</param>
    public bool IsBackAt(MachineFigures before, long kept) =>
        FreeBytes >= before.FreeBytes - ToleratedBytes - kept && Timers <= before.Timers
        && this with { FreeBytes = 0, Timers = 0 } == before with { FreeBytes = 0, Timers = 0 };
}
