using System.Diagnostics;
using System.Globalization;
using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>The long run that scripts/soak starts: ping floods, self-tests and a shaky cable, then everything back to where it was.</summary>
public sealed class SoakTests
{
    /// <summary>What free memory may lack at the end: the managed heap is never exactly as full as before.</summary>
    private const long ToleratedBytes = 1 << 20;

    private static readonly TimeSpan s_linkPeriod = TimeSpan.FromSeconds(10);

    [Fact(Explicit = true)]
    public async Task Machine_UnderLoadForMinutes_KeepsItsMemoryBuffersAndTasks()
    {
        TimeSpan duration = TimeSpan.FromMinutes(Setting("KS_SOAK_MINUTES", 10));
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(SoakTests),
            network.Attach(new QemuOptions { MemoryMiB = Setting("KS_SOAK_MEMORY", 64), FirmwareOptions = QemuOptions.AddressOptions }));

        await LoadAsync(network, guest, TimeSpan.FromSeconds(1));
        Figures start = await MeasureAtRestAsync(guest);
        Report($"start: {start}");

        int rounds = await LoadAsync(network, guest, duration);

        await AssertReachableAsync(network);
        Figures end = await MeasureAtRestAsync(guest);
        Report($"end:   {end} after {rounds} self-tests");
        Assert.Equal(start.FreeBuffers, end.FreeBuffers);
        Assert.Equal(start.Tasks, end.Tasks);
        Assert.True(end.FreeBytes >= start.FreeBytes - ToleratedBytes, $"free memory went from {start.FreeBytes} to {end.FreeBytes} bytes");
    }

    /// <summary>Flood and cable changes until the self-tests have run for the time, at least once.</summary>
    private static async Task<int> LoadAsync(TapNetwork network, QemuGuest guest, TimeSpan duration)
    {
        using CancellationTokenSource end = new();
        Task cable = ShakeCableAsync(guest, end.Token);
        await using ChildProcess flood = await network.StartAsync("ping", "-n", "-q", "-f", QemuOptions.GuestAddress);
        int rounds = 0;
        for (long started = Stopwatch.GetTimestamp(); rounds == 0 || Stopwatch.GetElapsedTime(started) < duration; rounds++)
        {
            ShellResult run = await guest.Shell.RunAsync("selftest", Limits.SelfTest);
            Assert.True(run.Status == 0, $"self-test {rounds + 1}:\n{run.Output}");
            Assert.False(flood.HasExited, flood.Output);
            Report($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s: self-test {rounds + 1} passed; {await MeasureAsync(guest)}");
        }

        await end.CancelAsync();
        await cable;
        await flood.InterruptAsync();
        Report(flood.Output.Trim());
        return rounds;
    }

    /// <summary>Pulls the cable, puts it back, and so on; ends with the cable in.</summary>
    private static async Task ShakeCableAsync(QemuGuest guest, CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(s_linkPeriod);
        bool isUp = true;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                isUp = !isUp;
                await guest.Qmp.SetLinkAsync(isUp);
            }
        }
        catch (OperationCanceledException)
        {
            await guest.Qmp.SetLinkAsync(isUp: true);
        }
    }

    private static async Task AssertReachableAsync(TapNetwork network)
    {
        HostProgramResult ping = new(string.Empty, 1, string.Empty);
        await Eventually.TrueAsync(
            async () => (ping = await network.RunAsync("ping", "-n", "-c", "3", "-i", "0.2", "-w", "5", QemuOptions.GuestAddress)).Status == 0,
            "the guest answers pings after the load",
            Limits.Command);
        Assert.Contains("3 received", ping.Output, StringComparison.Ordinal);
    }

    /// <summary>The thread pool's workers leave by themselves when they have had nothing to do for 20 s; they are no leak.</summary>
    private static async Task<Figures> MeasureAtRestAsync(QemuGuest guest)
    {
        await Eventually.TrueAsync(
            async () => !(await guest.Shell.RunAsync("sleep 1; ps")).Output.Contains(".NET TP Worker", StringComparison.Ordinal),
            "the thread pool is at rest",
            Limits.Rest);
        return await MeasureAsync(guest);
    }

    private static async Task<Figures> MeasureAsync(QemuGuest guest)
    {
        _ = (await guest.Shell.RunAsync("gc -c")).Succeeded();
        FreeReport free = FreeReport.Parse((await guest.Shell.RunAsync("free -b")).Succeeded().Output);
        int tasks = (await guest.Shell.RunAsync("ps")).Succeeded().Lines.Count - 1;
        return new Figures(free.FreeBytes, free.FreeBuffers, tasks);
    }

    private static int Setting(string name, int value) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : value;

    private static void Report(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private sealed record Figures(long FreeBytes, long FreeBuffers, int Tasks);
}
