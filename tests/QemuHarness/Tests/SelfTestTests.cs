using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>The runtime torture that the guest does to itself, in a machine of 64 MiB.</summary>
public sealed partial class SelfTestTests
{
    [Fact]
    public async Task SelfTest_OnAFreshMachine_PassesEachLineAndLeavesNothingBehind()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(SelfTestTests), new QemuOptions { MemoryMiB = 64 });
        ShellResult run = await guest.Shell.RunAsync("selftest", Limits.SelfTest);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);

        Match total = TotalPattern().Match(run.Output);
        Assert.True(total.Success, $"no line 'N passed, N failed':\n{run.Output}");
        Assert.True(int.Parse(total.Groups["passed"].Value, CultureInfo.InvariantCulture) >= 10, run.Output);
        Assert.True(total.Groups["failed"].Value == "0", run.Output);
        _ = run.Succeeded();
    }

    [GeneratedRegex(@"(?<passed>\d+) passed, (?<failed>\d+) failed")]
    private static partial Regex TotalPattern();
}
