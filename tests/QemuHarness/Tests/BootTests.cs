namespace KernelSockets.QemuHarness.Tests;

/// <summary>From firmware to the first prompt, and what the kernel makes of its options and of a poor machine.</summary>
public sealed class BootTests
{
    [Fact]
    public async Task Kernel_ByItsPvhEntry_ReachesThePrompt()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions());
        Assert.Equal("hello", (await guest.Shell.RunAsync("echo hello")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task Iso_ByTheBios_ReachesThePrompt()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions { Medium = BootMedium.Iso });
        Assert.Equal("hello", (await guest.Shell.RunAsync("echo hello")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task Iso_ByUefi_ReachesThePrompt()
    {
        Requirement.Need(File.Exists(QemuOptions.UefiFirmware), $"{QemuOptions.UefiFirmware} (package ovmf) is missing");
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(BootTests), new QemuOptions { Medium = BootMedium.IsoUefi, MemoryMiB = 256 });
        Assert.Equal("hello", (await guest.Shell.RunAsync("echo hello")).Succeeded().Output.Trim());
    }

    [Theory]
    [InlineData(32)]
    [InlineData(256)]
    [InlineData(3072)]
    public async Task Memory_OfAnyUsualSize_IsFoundAndCounted(int memoryMiB)
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions { MemoryMiB = memoryMiB });
        long total = FreeReport.Parse((await guest.Shell.RunAsync("free -b")).Succeeded().Output).TotalBytes;
        Assert.InRange(total, (memoryMiB - 2L) << 20, (long)memoryMiB << 20);
    }

    [Fact]
    public async Task CommandLine_OfTheBootProtocol_SetsOptions()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions { CommandLine = "hostname=fromline" });
        Assert.Equal("fromline", (await guest.Shell.RunAsync("uname -n")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task FirmwareOptions_BesideACommandLine_Win()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(BootTests), new QemuOptions { CommandLine = "hostname=fromline", FirmwareOptions = "hostname=fromfirmware" });
        Assert.Equal("fromfirmware", (await guest.Shell.RunAsync("uname -n")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task RunOption_WithTwoCommands_RunsThemBeforeThePrompt()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(BootTests), new QemuOptions { FirmwareOptions = "run=\"echo one-$?; echo two\"" });
        string[] lines = SerialConsole.Plain(guest.Console.Text).Split('\n', StringSplitOptions.TrimEntries);
        int one = Array.IndexOf(lines, "one-0");
        Assert.True(one >= 0, guest.Console.Text);
        Assert.Contains("two", lines[one..]);
    }

    [Theory]
    [InlineData("nonsense=1", "nonsense")]
    [InlineData("ip=300.1.1.1/24", "ip")]
    [InlineData("ip=10.77.0.2/99", "ip")]
    [InlineData("loglevel=9", "loglevel")]
    [InlineData("console=teletype", "console")]
    [InlineData("gw=", "gw")]
    [InlineData("run=\"echo", "run")]
    public async Task Option_UnknownOrMalformed_IsReportedAndTheRestCounts(string bad, string reported)
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(BootTests), new QemuOptions { FirmwareOptions = $"hostname=other {bad}" });
        Assert.Contains(
            SerialConsole.Plain(guest.Console.Text).Split('\n'),
            line => line.Contains(reported, StringComparison.Ordinal) && line.Contains("option", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("other", (await guest.Shell.RunAsync("uname -n")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task Options_LongerThanAnyLine_AreSurvived()
    {
        string options = "hostname=other " + string.Join(' ', Enumerable.Range(0, 600).Select(i => $"x{i}={i}"));
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions { FirmwareOptions = options });
        _ = (await guest.Shell.RunAsync("echo alive")).Succeeded();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(127)]
    public async Task PowerOff_WithAStatus_TellsItToTheDebugExitDevice(int status)
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions());
        await guest.Console.SendAsync($"poweroff {status}\r");
        Assert.Equal(status, await guest.WaitForPowerOffAsync(Limits.Command));
    }

    [Theory]
    [InlineData("poweroff")]
    [InlineData("reboot")]
    public async Task PowerOffAndReboot_WithoutAStatus_EndTheMachineByItself(string command)
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions());
        await guest.Console.SendAsync(command + "\r");
        Assert.Null(await guest.WaitForPowerOffAsync(Limits.Command));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    public async Task Memory_TooLittle_PanicsWithTheNeedOrBoots(int memoryMiB)
    {
        await using QemuGuest guest = await QemuGuest.StartAsync(nameof(BootTests), new QemuOptions { MemoryMiB = memoryMiB });
        Task<string> prompt = guest.Shell.WaitForPromptAsync(0, Limits.Boot);
        Task<int> end = guest.WaitForExitAsync(Limits.Boot);
        if (await Task.WhenAny(prompt, end) == prompt && prompt.IsCompletedSuccessfully)
        {
            return;
        }

        int status = await end;
        string printed = SerialConsole.Plain(guest.Console.Text);
        Assert.True((status & 1) == 1 && status > 1, $"QEMU ended with status {status}; the console:\n{printed}");
        Assert.Contains("panic", printed, StringComparison.OrdinalIgnoreCase);
        Assert.Matches(@"\d+ MiB", printed);
    }

    [Fact]
    public async Task Nic_Missing_LeavesTheRestAlive()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions { FirmwareOptions = QemuOptions.AddressOptions });
        Assert.Contains("no network card", SerialConsole.Plain(guest.Console.Text), StringComparison.Ordinal);
        ShellResult ping = await guest.Shell.RunAsync("ping -c 1 -W 1 10.77.0.1");
        Assert.NotEqual(0, ping.Status);
        Assert.Contains("unreachable", ping.Output, StringComparison.OrdinalIgnoreCase);
        _ = (await guest.Shell.RunAsync("ping -c 1 127.0.0.1")).Succeeded();
    }

    [Fact]
    public async Task Disk_WithoutAFileSystem_IsReportedAndTheBuiltInRootServes()
    {
        string disk = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllBytesAsync(disk, new byte[1 << 20], TestContext.Current.CancellationToken);
        try
        {
            await using QemuGuest guest = await QemuGuest.BootAsync(nameof(BootTests), new QemuOptions { Disk = disk });
            _ = (await guest.Shell.RunAsync("echo alive")).Succeeded();
        }
        finally
        {
            File.Delete(disk);
        }
    }
}
