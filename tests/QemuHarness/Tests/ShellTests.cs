using System.Globalization;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>A machine without a network.</summary>
public sealed class PlainGuest : SharedGuest
{
    private protected override QemuOptions Options => new();
}

/// <summary>The shell and its commands over the serial line.</summary>
public sealed class ShellTests(PlainGuest shared) : SharedGuestTests<PlainGuest>(shared)
{
    [Theory]
    [InlineData("echo one two", "one two")]
    [InlineData("echo 'a  b'", "a  b")]
    [InlineData("echo \"$?\"", "0")]
    [InlineData("uname", "KernelSockets")]
    [InlineData("uname -m", "x86_64")]
    [InlineData("uname -n", "ks")]
    public async Task Command_Simple_PrintsExactly(string command, string expected) =>
        Assert.Equal(expected, (await Shell.RunAsync(command)).Succeeded().Output.Trim());

    [Fact]
    public async Task Command_Unknown_IsStatus127()
    {
        ShellResult result = await Shell.RunAsync("nosuchthing");
        Assert.Equal("sh: nosuchthing: command not found", result.Output.Trim());
        Assert.Equal(127, result.Status);
    }

    [Fact]
    public async Task Files_OnRelativePaths_FollowTheCurrentDirectory()
    {
        (string Command, string Output)[] session =
        [
            ("mkdir -p /tmp/shelltest/sub", ""), ("cd /tmp/shelltest", ""), ("pwd", "/tmp/shelltest"), ("cp /etc/hosts copy", ""), ("mv copy sub", ""), ("ln -s sub/copy link", ""),
            ("ls", "link\nsub"), ("cat link", "127.0.0.1 localhost\n127.0.1.1 ks"), ("cd sub", ""), ("ls ../sub", "copy"), ("cd -", "/tmp/shelltest"), ("cd", ""), ("rm -r /tmp/shelltest", ""), ("ls /tmp", ""),
        ];
        foreach ((string command, string output) in session)
        {
            Assert.Equal(output, (await Shell.RunAsync(command)).Succeeded().Output.Trim());
        }

        ShellResult missing = await Shell.RunAsync("cd /tmp/shelltest");
        Assert.Equal(("sh: cd: /tmp/shelltest: No such file or directory", 1), (missing.Output.Trim(), missing.Status));
    }

    [Fact]
    public async Task Help_Bare_NamesAllCommandsOfThisShell()
    {
        string help = (await Shell.RunAsync("help")).Succeeded().Output;
        foreach (string name in (string[])["help", "echo", "clear", "uname", "uptime", "date", "free", "ps", "top", "kill", "dmesg", "lspci",
            "interrupts", "gc", "selftest", "sleep", "poweroff", "reboot", "ifconfig", "ping", "arp"])
        {
            Assert.Contains(name, help.Split([' ', '\n', ',', '\t'], StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("uname")]
    [InlineData("ping")]
    [InlineData("ps")]
    [InlineData("sleep")]
    public async Task HelpOption_OfACommand_SaysHowItIsUsed(string command) =>
        Assert.Contains("usage", (await Shell.RunAsync($"{command} --help")).Succeeded().Output, StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData("ps", "PID")]
    [InlineData("free", "Mem:")]
    [InlineData("uptime", "up")]
    [InlineData("lspci", "00:00.0")]
    [InlineData("interrupts", "timer")]
    [InlineData("gc", "collections")]
    public async Task Report_OfTheSystem_ShowsWhatItIsAbout(string command, string expected) =>
        Assert.Contains(expected, (await Shell.RunAsync(command)).Succeeded().Output, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task Dmesg_AfterBoot_HasTimeStampedLines()
    {
        IReadOnlyList<string> lines = (await Shell.RunAsync("dmesg")).Succeeded().Lines;
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(@"^\[ *\d+\.\d{6}\] ", line));
    }

    [Fact]
    public async Task Date_OfTheRealTimeClock_IsTheHosts()
    {
        string text = (await Shell.RunAsync("date +%s")).Succeeded().Output.Trim();
        DateTimeOffset date = DateTimeOffset.FromUnixTimeSeconds(long.Parse(text, CultureInfo.InvariantCulture));
        Assert.InRange(date, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    [Fact]
    public async Task Interrupts_AfterASleep_HaveGrown()
    {
        string before = (await Shell.RunAsync("interrupts")).Succeeded().Output;
        _ = (await Shell.RunAsync("sleep 1")).Succeeded();
        Assert.NotEqual(before, (await Shell.RunAsync("interrupts")).Succeeded().Output);
    }

    [Theory]
    [InlineData("cho home\x1b[He\r", "home")]
    [InlineData("cho a\x01" + "e\r", "a")]
    [InlineData("echo ab\x1b[D\x1b[DX\r", "Xab")]
    [InlineData("echo ac\x1b[DB\x1b[Fd\r", "aBcd")]
    [InlineData("echo abc\x7f\x7fx\r", "ax")]
    [InlineData("rubbish\x15" + "echo clean\r", "clean")]
    [InlineData("echo keep gone\x17" + "word\r", "keep word")]
    [InlineData("echo left right\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x0b\r", "left")]
    [InlineData("echo start\x01\x05 end\r", "start end")]
    public async Task Line_EditedWithKeys_IsWhatRuns(string keys, string expected) =>
        Assert.Equal(expected, (await Shell.TypeAsync(keys, Limits.Command)).Trim());

    [Fact]
    public async Task History_UpAndDown_RecallsLines()
    {
        _ = (await Shell.RunAsync("echo first")).Succeeded();
        Assert.Equal("again", (await Shell.TypeAsync("echo again\r", Limits.Command)).Trim());
        Assert.Equal("again", (await Shell.TypeAsync("\x1b[A\r", Limits.Command)).Trim());
        Assert.Equal("first", (await Shell.TypeAsync("echo first\r", Limits.Command)).Trim());
        Assert.Equal("again", (await Shell.TypeAsync("\x1b[A\x1b[A\r", Limits.Command)).Trim());
        Assert.Equal("again", (await Shell.TypeAsync("\x1b[A\x1b[A\x1b[B\r", Limits.Command)).Trim());
    }

    [Fact]
    public async Task Completion_OfAUniquePrefix_CompletesTheCommand() =>
        Assert.Equal("KernelSockets", (await Shell.TypeAsync("unam\t\r", Limits.Command)).Trim());

    [Fact]
    public async Task CtrlC_DuringSleep_EndsTheJobOnly()
    {
        int from = await Shell.StartAsync("sleep 1000");
        await Shell.Console.SendAsync("\x03");
        _ = await Shell.WaitForPromptAsync(from, Limits.Command);
        Assert.Equal("130", (await Shell.TypeAsync("echo $?\r", Limits.Command)).Trim());
    }

    [Fact]
    public async Task CtrlC_OnAHalfTypedLine_DropsIt()
    {
        _ = await Shell.TypeAsync("echo old\x03", Limits.Command);
        Assert.Equal("new", (await Shell.TypeAsync("echo new\r", Limits.Command)).Trim());
    }

    [Fact]
    public async Task Job_InTheBackground_IsListedAndKilled()
    {
        _ = await Shell.RunAsync("sleep 1000 &");
        string row = (await Shell.RunAsync("ps -j")).Succeeded().Lines.Single(line => line.Contains("sleep", StringComparison.Ordinal));
        string id = row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        _ = (await Shell.RunAsync($"kill {id}")).Succeeded();
        await Eventually.TrueAsync(
            async () => !(await Shell.RunAsync("ps -j")).Output.Contains("sleep", StringComparison.Ordinal), "the killed job is gone", Limits.Command);
    }

    [Fact]
    public async Task Top_OnTheScreen_ShowsTasksUntilAKeyEndsIt()
    {
        int from = await Shell.StartAsync("top");
        _ = await Shell.Console.WaitForAsync("network", from, Limits.Command);
        await Shell.Console.SendAsync("q");
        _ = await Shell.WaitForPromptAsync(from, Limits.Command);
    }

    [Fact]
    public async Task Program_ThatReadsALine_GetsWhatIsTyped()
    {
        int from = await Shell.StartAsync("hello -i");
        _ = await Shell.Console.WaitForAsync("name?", from, Limits.Command);
        Assert.Contains("Hello, Ada!", await Shell.TypeAsync("Adb\x7f" + "a\r", Limits.Command), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_LongerThanTheScreen_WrapsAndRunsWhole()
    {
        string word = new('w', 200);
        string output = await Shell.TypeAsync($"echo {word}\r", Limits.Command);
        Assert.Contains(word, output.Replace("\n", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_AfterGarbageOnTheLine_StillAnswers()
    {
        await Shell.Console.SendAsync("\x1b[99;99;99~\x1b[\x1bO\x00\xfe\xff\x15");
        Assert.Equal("alive", (await Shell.TypeAsync("\x15" + "echo alive\r", Limits.Command)).Trim());
    }
}
