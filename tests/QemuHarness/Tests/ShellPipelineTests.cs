namespace KernelSockets.QemuHarness.Tests;

/// <summary>Pipelines, redirections and scripts on the machine itself, where every command is a job.</summary>
public sealed class ShellPipelineTests(PlainGuest shared) : SharedGuestTests<PlainGuest>(shared)
{
    [Theory]
    [InlineData("echo hi | cat", "hi")]
    [InlineData("echo a b | cat | cat | hexdump -C", "00000000  61 20 62 0a                                       |a b.|\n00000004")]
    [InlineData("cat /etc/hosts | cat -n | cat", "1\t127.0.0.1 localhost\n     2\t127.0.1.1 ks")]
    [InlineData("echo new > /tmp/p1; echo more >> /tmp/p1; cat < /tmp/p1", "new\nmore")]
    [InlineData("cat /nosuch 2> /tmp/p2; cat /tmp/p2", "cat: /nosuch: No such file or directory")]
    [InlineData("cat /nosuch 2>&1 | cat -n", "1\tcat: /nosuch: No such file or directory")]
    [InlineData("{ echo a; echo b >&2; } 2>&1 | cat -n", "1\ta\n     2\tb")]
    [InlineData("(cd /etc; pwd; exit 3); echo $?; pwd", "/etc\n3\n/")]
    [InlineData("for i in 1 2 3; do echo $i; done | cat -n", "1\t1\n     2\t2\n     3\t3")]
    [InlineData("x=$(cat /etc/hosts | hexdump -n 1); echo \"[$x]\"", "[0000000 0031\n0000001]")]
    [InlineData("cd /etc; echo h*s; cd /", "hosts")]
    [InlineData("echo 'a b' > '/tmp/a b'; cat /tmp/a*", "a b")]
    [InlineData("i=0; while :; do i=$((i+1)); case $i in 5) break;; esac; done; echo $i", "5")]
    [InlineData("jobs | cat; echo end", "end")]
    [InlineData("echo 'echo $1 from $0; exit 4' > /tmp/s; sh /tmp/s arg; echo $?", "arg from /tmp/s\n4")]
    [InlineData("echo x >&-; echo $?", "echo: write error: Bad file descriptor\n1")]
    [InlineData("echo x > /dev/full; echo $?", "echo: write error: No space left on device\n1")]
    [InlineData("echo x > /nosuch/x; echo $?", "sh: /nosuch/x: No such file or directory\n1")]
    [InlineData("cat < /; echo $?", "cat: -: Is a directory\n1")]
    [InlineData("f() { echo $#; }; f a 'b c'", "2")]
    [InlineData("a=1 sh -c 'echo $a'; echo [$a]", "1\n[]")]
    [InlineData("sh -c 'exit 7'; echo $?", "7")]
    [InlineData("(echo 'read l; echo got $l'; echo input) | sh", "got input")]
    public async Task Line_Entered_Prints(string line, string expected) =>
        Assert.Equal(expected, (await Shell.RunAsync(line)).Output.Trim());

    [Theory]
    [InlineData("cat /dev/zero | hexdump -n 16", "0000000 0000 0000 0000 0000 0000 0000 0000 0000\n0000010")]
    [InlineData("while :; do echo y; done | hexdump -n 2", "0000000 0a79\n0000002")]
    [InlineData("cat /dev/zero | cat | cat | hexdump -n 2", "0000000 0000\n0000002")]
    [InlineData("(cat /dev/zero; echo $? > /tmp/status) | hexdump -n 1; cat /tmp/status", "0000000 0000\n0000001\n141")]
    public async Task Writer_WhoseReaderHasGone_EndsQuietly(string line, string expected)
    {
        Assert.Equal(expected, (await Shell.RunAsync(line)).Output.Trim());
        await AssertNoJobIsLeftAsync();
    }

    [Theory]
    [InlineData(SerialShell.Mark + "; sleep 1000 | sleep 1000 | cat")]
    [InlineData(SerialShell.Mark + "; cat | cat | cat")]
    [InlineData("{ " + SerialShell.Mark + "; cat; } | cat | cat")]
    [InlineData(SerialShell.Mark + "; while :; do :; done")]
    [InlineData("{ " + SerialShell.Mark + " >&2; while :; do echo x; done; } > /dev/null")]
    [InlineData(SerialShell.Mark + "; cat /dev/zero | cat > /dev/null")]
    [InlineData("cat /dev/zero | { " + SerialShell.Mark + "; cat > /dev/null; }")]
    [InlineData("(" + SerialShell.Mark + "; sleep 1000; echo never) | cat")]
    [InlineData("x=$(" + SerialShell.Mark + " >&2; sleep 1000)")]
    [InlineData(SerialShell.Mark + "; read x")]
    [InlineData("sleep 1000 & " + SerialShell.Mark + "; wait")]
    [InlineData("sh -c '" + SerialShell.Mark + "; sleep 1000; echo never'; echo never")]
    [InlineData("for i in 1 2 3; do " + SerialShell.Mark + "; sleep 1000; done; echo never")]
    public async Task ControlC_ReachesAllOfTheLine(string line)
    {
        int from = await Shell.StartMarkedAsync(line);
        await Shell.Console.SendAsync("\x03");
        string printed = await Shell.WaitForPromptAsync(from, Limits.Command);
        Assert.DoesNotContain("\nnever", SerialConsole.Plain(printed), StringComparison.Ordinal);
        Assert.Equal("130", (await Shell.TypeAsync("echo $?\r", Limits.Command)).Trim());
        if (line.Contains(" & ", StringComparison.Ordinal))
        {
            await InterruptForegroundAsync("sleep 1000");
        }

        await AssertNoJobIsLeftAsync();
    }

    [Fact]
    public async Task Pipeline_OfMoreJobsThanThereAre_IsRefusedAndLeavesNothing()
    {
        string line = string.Join(" | ", Enumerable.Repeat("cat", 100)) + " < /dev/zero";
        ShellResult result = await Shell.RunAsync(line);
        Assert.Equal(("sh: Resource temporarily unavailable", 126), (result.Output.Trim(), result.Status));
        await AssertNoJobIsLeftAsync();
    }

    [Fact]
    public async Task Background_Pipeline_IsOneJob()
    {
        _ = await Shell.RunAsync("sleep 1000 | cat &");
        string jobs = (await Shell.RunAsync("jobs")).Output;
        Assert.Contains("Running", jobs, StringComparison.Ordinal);
        Assert.Contains("sleep 1000 | cat &", jobs, StringComparison.Ordinal);
        await InterruptForegroundAsync("sleep 1000 | cat");
        await AssertNoJobIsLeftAsync();
    }

    [Fact]
    public async Task Background_JobThatReadsTheTerminal_TakesNoKeys_UntilItIsInTheForeground()
    {
        _ = await Shell.RunAsync("cat > /tmp/typed &");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("for the shell", (await Shell.RunAsync("echo for the shell")).Succeeded().Output.Trim());
        }

        int from = await Shell.StartAsync("fg");
        _ = await Shell.Console.WaitForAsync("\ncat > /tmp/typed\n", from, Limits.Command);
        await Shell.Console.SendAsync("for cat\r\x04");
        _ = await Shell.WaitForPromptAsync(from, Limits.Command);
        Assert.Equal("for cat", (await Shell.RunAsync("cat /tmp/typed")).Succeeded().Output.Trim());
        await AssertNoJobIsLeftAsync();
    }

    [Fact]
    public async Task Continuation_OfAnOpenPipe_HasItsPrompt()
    {
        int from = Shell.Console.Position;
        await Shell.Console.SendAsync("echo on |\r");
        _ = await Shell.Console.WaitForAsync("|\n> ", from, Limits.Command);
        Assert.Equal("on", (await Shell.TypeAsync("cat\r", Limits.Command)).Trim());
    }

    [Fact]
    public async Task StartUpFile_OnTheDisk_RunsBeforeTheFirstPrompt()
    {
        using DiskImage disk = DiskImage.OfRoot();
        await using (QemuGuest guest = await QemuGuest.BootAsync(nameof(ShellPipelineTests), new QemuOptions { Disk = disk.Path }))
        {
            _ = (await guest.Shell.RunAsync("echo 'x=kept; echo ran > /tmp/ran' > /etc/rc; echo 'nosuch; )' >> /etc/rc")).Succeeded();
            await guest.Console.SendAsync("poweroff\r");
            _ = await guest.WaitForExitAsync(Limits.Command);
        }

        await using QemuGuest second = await QemuGuest.BootAsync(nameof(ShellPipelineTests), new QemuOptions { Disk = disk.Path });
        Assert.Equal("kept\nran", (await second.Shell.RunAsync("echo $x; cat /tmp/ran")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task Completion_OfAPath_QuotesBlanksAndEntersDirectories()
    {
        _ = (await Shell.RunAsync("mkdir -p '/tmp/tab dir'; echo found > '/tmp/tab dir/file one'")).Succeeded();
        Assert.Equal("found", (await Shell.TypeAsync("cat /tmp/ta\tfi\t\r", Limits.Command)).Trim());
    }

    /// <summary>Brings the background job to the foreground; once fg has told its line, Ctrl-C is the job's.</summary>
    private async Task InterruptForegroundAsync(string line)
    {
        int from = await Shell.StartAsync("fg");
        _ = await Shell.Console.WaitForAsync($"\n{line}\n", from, Limits.Command);
        await Shell.Console.SendAsync("\x03");
        _ = await Shell.WaitForPromptAsync(from, Limits.Command);
    }

    /// <summary>The one that is left is ps itself. Ended jobs go as soon as somebody has waited for them; a subshell's own go with it, a moment later.</summary>
    private Task AssertNoJobIsLeftAsync() => Eventually.TrueAsync(
        async () =>
        {
            string[] rows = [.. (await Shell.RunAsync("ps -j")).Succeeded().Lines.Where(static line => !line.Contains("PID", StringComparison.Ordinal))];
            return rows.Length == 1;
        },
        "no job is left",
        Limits.Command);
}
