using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>The commands' output and exit statuses.</summary>
public sealed class CommandTests
{
    private readonly FakeSystem _system = new();

    private void AssertPrints(string command, string output, int status = 0)
    {
        Assert.Equal(output, _system.Run(command));
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    [Fact]
    public void EveryCommand_HasASummaryAndAnExplanation()
    {
        foreach (App app in _system.Apps.Apps)
        {
            string help = _system.Run($"{app.Name} --help");
            Assert.StartsWith($"Usage: {app.Name}", help, StringComparison.Ordinal);
            Assert.Equal(0, _system.Shell.LastStatus);
            Assert.True(help.Split('\n').All(line => line.Length < 160), app.Name);
            Assert.InRange(app.Summary.Length, 4, 60);
            Assert.False(app.Summary.EndsWith('.'), app.Name);
        }
    }

    [Theory]
    [InlineData("uname -x")]
    [InlineData("uname extra")]
    [InlineData("free -x")]
    [InlineData("ps -x -?")]
    [InlineData("poweroff 256")]
    [InlineData("poweroff 1 2")]
    [InlineData("reboot now")]
    [InlineData("clear x")]
    [InlineData("ping")]
    [InlineData("ping -c 0 10.0.0.1")]
    [InlineData("ping -s 70000 10.0.0.1")]
    [InlineData("ping -t 256 10.0.0.1")]
    [InlineData("ping -i x 10.0.0.1")]
    [InlineData("ping -c")]
    [InlineData("ifconfig -x")]
    [InlineData("sleep")]
    [InlineData("sleep x")]
    [InlineData("sleep -1")]
    [InlineData("kill")]
    [InlineData("kill -FOO 1")]
    [InlineData("dmesg x")]
    [InlineData("interrupts x")]
    [InlineData("lspci -z")]
    [InlineData("gc -x")]
    [InlineData("gc x")]
    [InlineData("arp -x")]
    [InlineData("arp -d")]
    [InlineData("arp -s 1.2.3.4")]
    [InlineData("route flush")]
    [InlineData("route add 1.2.3.4")]
    [InlineData("dhclient -x")]
    [InlineData("dhclient eth0 eth1")]
    [InlineData("top -d 0")]
    [InlineData("top -n 0")]
    [InlineData("top x")]
    [InlineData("date 2020-01-01")]
    [InlineData("date -x")]
    [InlineData("uptime -x")]
    [InlineData("crash nicely")]
    [InlineData("selftest nosuch")]
    [InlineData("selftest -x")]
    public void Command_Misused_SaysHowAndHasStatus2(string command)
    {
        string output = _system.Run(command);
        string name = command.Split(' ')[0];
        Assert.StartsWith($"{name}: ", output, StringComparison.Ordinal);
        Assert.EndsWith($"Try '{name} --help' for more information.\n", output, StringComparison.Ordinal);
        Assert.Equal(2, _system.Shell.LastStatus);
    }

    [Fact]
    public void Help_Alone_ListsEveryCommandUnderItsGroup()
    {
        string output = _system.Run("help");
        foreach (App app in _system.Apps.Apps)
        {
            Assert.Contains($"\n  {app.Name.PadRight(12)}{app.Summary}\n", output, StringComparison.Ordinal);
        }

        Assert.True(output.Split('\n').All(line => line.Length <= 100));
        Assert.Equal(["Shell", "System", "Network", "Files", "Text", "Diagnostics", "Programs"],
            output.Split('\n').Where(line => line.Length > 0 && char.IsUpper(line[0]) && !line.Contains(' ', StringComparison.Ordinal)));
    }

    [Fact]
    public void Help_OfACommand_ExplainsIt()
    {
        Assert.StartsWith("uname - name and version of the system\nUsage: uname", _system.Run("help uname"), StringComparison.Ordinal);
        AssertPrints("help nosuch", "help: no help topics match 'nosuch'\n", 1);
    }

    [Theory]
    [InlineData("echo", "\n")]
    [InlineData("echo a b", "a b\n")]
    [InlineData("echo -n a", "a")]
    [InlineData("echo -e 'a\\tb\\n\\x41\\0101\\\\'", "a\tb\nAA\\\n")]
    [InlineData("echo -e 'a\\cb'", "a")]
    [InlineData("echo -e '\\q\\x'", "\\q\\x\n")]
    [InlineData("echo 'a\\tb'", "a\\tb\n")]
    [InlineData("echo -eE 'a\\tb'", "a\\tb\n")]
    [InlineData("echo -x -n", "-x -n\n")]
    [InlineData("echo -- a", "-- a\n")]
    [InlineData("echo - a", "- a\n")]
    [InlineData("echo grün 漢", "grün 漢\n")]
    public void Echo_Prints(string command, string output) => AssertPrints(command, output);

    [Fact]
    public void Clear_Run_LeavesThePromptAtTheTop()
    {
        _system.Enter("echo x\rclear");
        Assert.Equal("ks:/#", _system.Screen.Text());
    }

    [Theory]
    [InlineData("uname", "KernelSockets\n")]
    [InlineData("uname -a", "KernelSockets ks 0.1.0 test build x86_64\n")]
    [InlineData("uname -mr", "0.1.0 x86_64\n")]
    [InlineData("uname --nodename", "ks\n")]
    public void Uname_Prints(string command, string output) => AssertPrints(command, output);

    [Fact]
    public void Free_InKibibytes_AddsUp()
    {
        string[] rows = _system.Run("free").Split('\n');
        Assert.Equal("               total        used        free       image      tables      mapped", rows[0][..80].TrimEnd());
        Assert.Equal("Mem:           65536       24576       40960        3072        1024       20480", rows[1]);
        Assert.Equal("Bufs:           1024         256         768", rows[5]);
    }

    [Theory]
    [InlineData("-b", "67108864")]
    [InlineData("-m", "64")]
    [InlineData("-h", "64Mi")]
    [InlineData("--kibi", "65536")]
    public void Free_WithUnit_UsesIt(string option, string total) =>
        Assert.Equal(total, _system.Run("free " + option).Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    [Fact]
    public void Ps_Run_ListsTheTasks()
    {
        _system.TaskList.Add(new TaskInformation(1, 0, "idle", TaskState.Running, "", 31, TimeSpan.FromSeconds(61.257)));
        _system.TaskList.Add(new TaskInformation(9, 9, "ping", TaskState.Waiting, "echo", 8, TimeSpan.Zero));
        _system.TaskList.Add(new TaskInformation(10, 10, "sleep", TaskState.Sleeping, "a long name of a queue", 8, TimeSpan.FromHours(2)));
        AssertPrints("ps", """
              PID   JOB STAT PRI WCHAN             TIME COMMAND
                1     - R     31 -              1:01.25 idle
                9     9 W      8 echo           0:00.00 ping
               10    10 S      8 a long name  120:00.00 sleep

            """);
        Assert.DoesNotContain("idle", _system.Run("ps -j"), StringComparison.Ordinal);
        Assert.Contains("idle", _system.Run("ps aux"), StringComparison.Ordinal);
    }

    [Fact]
    public void PowerOff_WithAndWithoutStatus_TellsTheMachine()
    {
        _system.Run("poweroff; poweroff 3; reboot");
        Assert.Equal(["off ", "off 3", "reboot"], _system.Ends);
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData("sleep 1.5", 1500)]
    [InlineData("sleep 1 2s", 3000)]
    [InlineData("sleep 0.5m", 30_000)]
    [InlineData("sleep 1h", 3_600_000)]
    [InlineData("sleep 0", 0)]
    public void Sleep_Run_TakesThatLong(string command, double milliseconds)
    {
        Instant before = _system.Time.Now;
        AssertPrints(command, "");
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _system.Time.Now - before);
    }

    [Fact]
    public void Sleep_Infinity_EndsByControlC()
    {
        _system.TypeAfter(TimeSpan.FromDays(3), "\u0003");
        Assert.Equal(130, _system.Shell.RunScript("sleep infinity"));
    }

    [Theory]
    [InlineData(5, "up 0 minutes", " 00:00:05 up 5 sec,  0 tasks")]
    [InlineData(125, "up 2 minutes", " 00:02:05 up 2 min,  0 tasks")]
    [InlineData(3_661, "up 1 hour, 1 minute", " 01:01:01 up  1:01,  0 tasks")]
    [InlineData(90_000, "up 1 day, 1 hour", " 01:00:00 up 1 day,  1:00,  0 tasks")]
    [InlineData(700_000, "up 1 week, 1 day, 2 hours, 26 minutes", " 02:26:40 up 8 days,  2:26,  0 tasks")]
    public void Uptime_After_Prints(int seconds, string pretty, string line)
    {
        _system.Time.RunFor(TimeSpan.FromSeconds(seconds));
        AssertPrints("uptime", line + "\n");
        AssertPrints("uptime -p", pretty + "\n");
        AssertPrints("uptime -s", "2026-01-01 00:00:00\n");
    }

    [Theory]
    [InlineData("date", "Thu Jan  1 13:02:03 UTC 2026")]
    [InlineData("date -u", "Thu Jan  1 13:02:03 UTC 2026")]
    [InlineData("date -R", "Thu, 01 Jan 2026 13:02:03 +0000")]
    [InlineData("date -I", "2026-01-01")]
    [InlineData("date '+%Y-%m-%d %H:%M:%S.%N'", "2026-01-01 13:02:03.250000000")]
    [InlineData("date +%s", "1767272523")]
    [InlineData("date '+%a %A %b %B %e %j %u %w %y %C'", "Thu Thursday Jan January  1 001 4 4 26 20")]
    [InlineData("date '+%I %p %T %R %D %F %z %Z %% %q'", "01 PM 13:02:03 13:02 01/01/26 2026-01-01 +0000 UTC % %q")]
    public void Date_Prints(string command, string output)
    {
        _system.Time.RunUntil(Instant.Zero + new TimeSpan(0, 13, 2, 3, 250));
        AssertPrints(command, output + "\n");
    }

    [Fact]
    public void Kill_ByNumber_TellsTheKernel()
    {
        AssertPrints("kill -9 7 8", "");
        Assert.Equal([7, 8], _system.Killed);
        _system.KillResult = Errno.ESRCH;
        AssertPrints("kill 99", "kill: (99) - No such process\n", 1);
        AssertPrints("kill x", "kill: x: a PID is a number\n", 1);
    }

    [Fact]
    public void Dmesg_Run_PrintsTheLog()
    {
        AssertPrints("dmesg", "");
        _system.Log = "[0.000001] one\n[0.000002] two";
        AssertPrints("dmesg", "[0.000001] one\n[0.000002] two\n");
    }

    [Fact]
    public void Interrupts_Run_ListsThem()
    {
        _system.InterruptList.Add(new InterruptInformation(0x2B, "IO-APIC 11 level", "eth0", 1234));
        AssertPrints("interrupts", "VECTOR        COUNT SOURCE                   NAME\n  0x2b           1234 IO-APIC 11 level         eth0\n");
    }

    [Fact]
    public void Lspci_Forms_ShowNamesAndNumbers()
    {
        _system.Pci.Add(new PciFunctionInformation(0, 0, 0, 0x8086, 0x1237, 0x060000, 2, 255, ""));
        _system.Pci.Add(new PciFunctionInformation(0, 3, 0, 0x8086, 0x100E, 0x020000, 3, 11, "e1000"));
        _system.Pci.Add(new PciFunctionInformation(0, 4, 1, 0xDEAD, 0xBEEF, 0x123456, 0, 255, ""));
        AssertPrints("lspci", """
            00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)
            00:03.0 Ethernet controller: Intel Corporation 82540EM Gigabit Ethernet Controller (rev 03)
            00:04.1 Class [1234]: Vendor dead Device beef

            """);
        Assert.Contains("00:03.0 0200: 8086:100e (rev 03)\n", _system.Run("lspci -n"), StringComparison.Ordinal);
        Assert.Contains("Ethernet controller [0200]: Intel Corporation 82540EM Gigabit Ethernet Controller [8086:100e] (rev 03)\n\tInterrupt line 11\n\tKernel driver in use: e1000\n",
            _system.Run("lspci -nnv"), StringComparison.Ordinal);
    }

    [Fact]
    public void Gc_Collecting_CountsUp()
    {
        int before = GC.CollectionCount(2);
        string output = _system.Run("gc -c");
        Assert.True(GC.CollectionCount(2) >= before + 2);
        foreach (string label in (string[])["Collections", "Pauses", "Last", "Allocated", "Heap", "Committed", "Limit"])
        {
            Assert.Contains(output.Split('\n'), line => line.StartsWith(label, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Hello_Forms_Greet()
    {
        AssertPrints("hello", "Hello, world!\n");
        AssertPrints("hello Ada Grace", "Hello, Ada!\nHello, Grace!\n");
        _system.Type("Linus\r");
        AssertPrints("hello -i", "What is your name? Linus\nHello, Linus!\n");
        _system.Type("\u0004");
        AssertPrints("hello -i", "What is your name? hello: no name given\n", 1);
    }

    [Theory]
    [InlineData("crash", "InvalidOperationException")]
    [InlineData("crash null", "NullReferenceException")]
    [InlineData("crash divide", "DivideByZeroException")]
    public void Crash_Ways_EndTheJobWith134(string command, string exception)
    {
        Assert.Contains(exception, _system.Run(command), StringComparison.Ordinal);
        Assert.Equal(134, _system.Shell.LastStatus);
    }
}
