using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>/proc and /dev as a person meets them: what they tell is what the commands tell.</summary>
public sealed partial class ProcTests(WiredGuest shared) : SharedGuestTests<WiredGuest>(shared)
{
    [Fact]
    public async Task Memory_IsWhatFreeTells()
    {
        FreeReport free = FreeReport.Parse((await Shell.RunAsync("free -b")).Succeeded().Output);
        string memory = (await Shell.RunAsync("cat /proc/meminfo")).Succeeded().Output;
        Assert.Equal(free.TotalBytes >> 10, Figure(memory, @"MemTotal: +(\d+) kB"));
        Assert.InRange(Figure(memory, @"MemFree: +(\d+) kB"), (free.FreeBytes >> 10) * 9 / 10, (free.FreeBytes >> 10) * 11 / 10);
    }

    [Fact]
    public async Task Interfaces_HaveTheCountersThatIfconfigTells()
    {
        _ = (await Shell.RunAsync("ping -c 3 -i 0.1 127.0.0.1")).Succeeded();
        InterfaceCounters counters = InterfaceCounters.Parse((await Shell.RunAsync("ifconfig lo")).Succeeded().Output);
        IReadOnlyList<string> lines = (await Shell.RunAsync("cat /proc/net/dev")).Succeeded().Lines;
        Assert.StartsWith("Inter-|   Receive", lines[0], StringComparison.Ordinal);
        string[] loopback = lines.Single(static line => line.StartsWith("lo:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(17, loopback.Length);
        Assert.Equal((counters.ReceivedPackets, counters.SentPackets), (Number(loopback[2]), Number(loopback[10])));
        Assert.True(counters.ReceivedPackets >= 6);
        Assert.Contains(lines, static line => line.StartsWith("eth0:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Routes_AreThoseOfTheOptions()
    {
        IReadOnlyList<string> lines = (await Shell.RunAsync("cat /proc/net/route")).Succeeded().Lines;
        Assert.Contains(lines, static line => RouteOfTheNetwork().IsMatch(line));
    }

    [Fact]
    public async Task Process_IsThereUnderTheNumberThatPsTells_UntilItHasEnded()
    {
        string before = (await Shell.RunAsync("ls /proc")).Succeeded().Output;
        _ = (await Shell.RunAsync("sleep 1000 &")).Succeeded();
        string ps = (await Shell.RunAsync("ps -j")).Succeeded().Output;
        long id = Figure(ps, @"(?m)^ *(\d+) .* sleep\s*$");
        Assert.Contains($"\n{id}\n", $"\n{(await Shell.RunAsync("ls /proc")).Succeeded().Output}", StringComparison.Ordinal);
        Assert.DoesNotContain($"\n{id}\n", $"\n{before}", StringComparison.Ordinal);
        string status = string.Empty;
        await Eventually.TrueAsync(
            async () => Regex.IsMatch(status = (await Shell.RunAsync($"cat /proc/{id}/status")).Succeeded().Output, @"State:\s+S"), "sleep sleeps", Limits.Command);
        Assert.Matches(@"Name:\s+sleep", status);
        Assert.Equal($"sleep\0{1000}\0", (await Shell.RunAsync($"cat /proc/{id}/cmdline")).Succeeded().Output.TrimStart('\r', '\n').TrimEnd('\r', '\n'));
        _ = (await Shell.RunAsync($"kill {id}")).Succeeded();
        _ = await Shell.RunAsync("wait");
        ShellResult gone = await Shell.RunAsync($"cat /proc/{id}/status");
        Assert.Equal(($"cat: /proc/{id}/status: No such file or directory", 1), (gone.Output.Trim(), gone.Status));
    }

    [Fact]
    public async Task Self_IsTheProgramThatReads_AndItsFilesAreNamed()
    {
        Assert.Equal("cat", (await Shell.RunAsync("cat /proc/self/comm")).Succeeded().Output.Trim());
        string files = (await Shell.RunAsync("ls -l /proc/self/fd")).Succeeded().Output;
        Assert.Matches("0 -> /dev/console", files);
        Assert.Equal(
            (await Shell.RunAsync("cat /proc/mounts")).Succeeded().Output.Trim(), (await Shell.RunAsync("cat /proc/self/mounts")).Succeeded().Output.Trim());
        Assert.Contains("proc /proc proc rw", (await Shell.RunAsync("cat /proc/mounts")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cat /proc/uptime", @"^\d+\.\d\d \d+\.\d\d$")]
    [InlineData("cat /proc/version", @"^KernelSockets version ")]
    [InlineData("cat /proc/filesystems", @"(?m)^\tminix\r?$")]
    [InlineData("cat /proc/interrupts", @"CPU0")]
    [InlineData("cat /proc/cpuinfo", @"vendor_id\t: ")]
    [InlineData("cat /proc/gc", @"Gen0Collections:\t\d+")]
    [InlineData("cat /proc/stat", @"cpu0 ")]
    [InlineData("cat /proc/net/snmp", @"Udp: InDatagrams NoPorts")]
    [InlineData("ls /dev", @"console\r?\n(.*\r?\n)*fd\r?\n(.*\r?\n)*stdout\r?\n(.*\r?\n)*tty\r?\n(.*\r?\n)*ttyS0")]
    [InlineData("cat /dev/null", @"^\s*$")]
    public async Task File_OfTheMachine_LooksAsExpected(string command, string pattern) =>
        Assert.Matches(pattern, (await Shell.RunAsync(command)).Succeeded().Output.Trim('\r', '\n'));

    [Fact]
    public async Task Pipes_UnderLoad_PassTheirSelfTest() =>
        Assert.Contains("1 passed, 0 failed", (await Shell.RunAsync("selftest pipes", Limits.SelfTest)).Succeeded().Output, StringComparison.Ordinal);

    private static long Figure(string text, string pattern)
    {
        Match match = Regex.Match(text, pattern);
        Assert.True(match.Success, $"nothing like '{pattern}' in:\n{text}");
        return Number(match.Groups[1].Value);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^eth0\t00004D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF")]
    private static partial Regex RouteOfTheNetwork();
}
