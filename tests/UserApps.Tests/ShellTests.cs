using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>The shell as a person sees it: keys in, screen out.</summary>
public sealed class ShellTests
{
    private readonly FakeSystem _system = new();

    [Fact]
    public void Start_Prompt_IsExact()
    {
        _system.RunShell();
        Assert.Equal("ks:/# ", _system.Transcript);
    }

    [Fact]
    public void Cd_ChangesTheDirectoryOfTheJobsToCome()
    {
        FakeJobControl jobs = _system.JobControl;
        jobs.Directories.UnionWith(["/a", "/a/b"]);
        Assert.Equal("", _system.Run("cd /a"));
        Assert.Equal("", _system.Run("cd b"));
        Assert.Equal("/a/b", jobs.CurrentDirectory);
        Assert.Equal("/a\n", _system.Run("cd -"));
        Assert.Equal("sh: cd: x: No such file or directory\n", _system.Run("cd x"));
        Assert.Equal(1, _system.Shell.LastStatus);
        Assert.Equal("", _system.Run("cd"));
        Assert.Equal("/", jobs.CurrentDirectory);
        Assert.Equal("/a\n", _system.Run("cd -"));
        Assert.Equal("sh: cd: too many arguments\n", _system.Run("cd a b"));
    }

    [Fact]
    public void Prompt_ShowsTheDirectory()
    {
        _system.Directory = "/var/www";
        _system.RunShell();
        Assert.Equal("ks:/var/www# ", _system.Transcript);
    }

    [Fact]
    public void Command_Entered_EchoesRunsAndPromptsAgain()
    {
        _system.Enter("echo hello");
        Assert.Equal("ks:/# echo hello\nhello\nks:/# ", _system.Transcript);
    }

    [Fact]
    public void UnknownCommand_Entered_SaysSoWithStatus127()
    {
        Assert.Equal("ks:/# nosuch -x\nsh: nosuch: command not found\nks:/#", _system.Enter("nosuch -x"));
        Assert.EndsWith("127\nks:/# ", RunMore("echo $?"));
    }

    [Fact]
    public void ControlC_AtThePrompt_GivesANewPromptAndDropsTheLine()
    {
        _system.Enter("echo no\u0003echo yes");
        Assert.Equal("ks:/# echo no^C\nks:/# echo yes\nyes\nks:/# ", _system.Transcript);
    }

    [Fact]
    public void ControlC_AtThePrompt_SetsStatus130() => Assert.Equal("ks:/# ^C\nks:/# echo $?\n130\nks:/#", _system.Enter("\u0003echo $?"));

    [Fact]
    public void ControlD_AtAnEmptyLine_StartsAFreshPrompt()
    {
        _system.Enter("\u0004\u0004echo on");
        Assert.Equal("ks:/# \nks:/# \nks:/# echo on\non\nks:/# ", _system.Transcript);
    }

    [Fact]
    public void ControlC_WhileACommandRuns_EndsItAndTheRestOfTheLine()
    {
        _system.Type("sleep 100; echo never\r");
        _system.TypeAfter(TimeSpan.FromSeconds(3), "\u0003");
        _system.TypeAfter(TimeSpan.FromSeconds(4), "echo $?\r");
        _system.RunShell();
        Assert.Equal("ks:/# sleep 100; echo never\n^C\nks:/# echo $?\n130\nks:/#", _system.Screen.Text());
    }

    [Fact]
    public void TypedAhead_WhileACommandRuns_IsTheNextLine()
    {
        _system.Type("sleep 5\r");
        _system.TypeAfter(TimeSpan.FromSeconds(2), "echo next\r");
        _system.RunShell();
        Assert.EndsWith("next\nks:/#", _system.Screen.Text());
    }

    [Fact]
    public void EnterAlone_PromptsAgainAndKeepsTheStatus()
    {
        Assert.Equal("ks:/# nosuch\nsh: nosuch: command not found\nks:/#\nks:/# echo $?\n127\nks:/#", _system.Enter("nosuch\r\recho $?"));
    }

    [Theory]
    [InlineData("echo a; echo b", "a\nb\n")]
    [InlineData("echo a && echo b", "a\nb\n")]
    [InlineData("nosuch && echo b", "sh: nosuch: command not found\n")]
    [InlineData("nosuch || echo b", "sh: nosuch: command not found\nb\n")]
    [InlineData("echo a || echo b && echo c", "a\nc\n")]
    [InlineData("nosuch && echo b || echo c; echo d", "sh: nosuch: command not found\nc\nd\n")]
    [InlineData("echo $?; nosuch; echo $? $?", "0\nsh: nosuch: command not found\n127 127\n")]
    [InlineData("echo a\necho b\n\n  # comment\necho c # d", "a\nb\nc\n")]
    [InlineData("echo 'a  b' \"c  d\" e\\ f", "a  b c  d e f\n")]
    [InlineData("echo \"$?\" '$?' \\$?", "0 $? $?\n")]
    [InlineData("echo a;", "a\n")]
    [InlineData("", "")]
    [InlineData("  # nothing", "")]
    [InlineData("exit 3; echo never", "")]
    public void Script_Run_Prints(string script, string output) => Assert.Equal(output, _system.Run(script));

    [Theory]
    [InlineData("echo a ;; echo b", "sh: syntax error near unexpected token `;;'\n")]
    [InlineData("; echo b", "sh: syntax error near unexpected token `;'\n")]
    [InlineData("echo a && ; echo b", "sh: syntax error near unexpected token `;'\n")]
    [InlineData("echo a & && echo b", "sh: syntax error near unexpected token `&&'\n")]
    [InlineData("echo a )", "sh: syntax error near unexpected token `)'\n")]
    [InlineData("echo 'open", "sh: syntax error: unexpected end of input\n")]
    [InlineData("echo a &&", "sh: syntax error: unexpected end of input\n")]
    [InlineData("echo a |", "sh: syntax error: unexpected end of input\n")]
    [InlineData("| echo a", "sh: syntax error near unexpected token `|'\n")]
    [InlineData("echo a | | echo b", "sh: syntax error near unexpected token `|'\n")]
    [InlineData("echo a >", "sh: syntax error near unexpected token `newline'\n")]
    [InlineData("echo a > ; echo b", "sh: syntax error near unexpected token `;'\n")]
    [InlineData("(echo a", "sh: syntax error: unexpected end of input\n")]
    [InlineData("echo a; fi", "sh: syntax error near unexpected token `fi'\n")]
    [InlineData("if echo a; done", "sh: syntax error near unexpected token `done'\n")]
    [InlineData("for 1 in a; do echo b; done", "sh: syntax error near unexpected token `1'\n")]
    [InlineData("echo ${", "sh: syntax error: unexpected end of input\n")]
    [InlineData("echo ${a b}", "sh: ${a : bad substitution\n")]
    [InlineData("echo $(echo", "sh: syntax error: unexpected end of input\n")]
    [InlineData("cat <<E\na", "sh: syntax error: unexpected end of input\n")]
    public void Script_Malformed_RunsNothingAndHasStatus2(string script, string output)
    {
        Assert.Equal(output, _system.Run(script));
        Assert.Equal(2, _system.Shell.LastStatus);
    }

    [Fact]
    public void Script_Exit_HasTheStatus()
    {
        Assert.Equal(3, _system.Shell.RunScript("echo a; exit 3; echo b"));
        Assert.Equal(0, _system.Shell.RunScript("echo a"));
    }

    [Fact]
    public void Exit_AtTheConsole_StaysThere() =>
        Assert.EndsWith("There is nothing to log out to; 'poweroff' ends the machine.\nks:/#", _system.Enter("exit"));

    [Fact]
    public void Exit_OfAnotherShell_EndsIt()
    {
        var inner = new Shell(_system, _system.Apps, new ShellOptions { CurrentDirectory = () => "/" });
        _system.Type("exit 7\r");
        Assert.Equal(7, inner.Run());
        _system.Type("\u0004");
        Assert.Equal(7, inner.Run());
    }

    [Fact]
    public void OpenQuotes_Entered_AreContinued()
    {
        Assert.Equal("ks:/# echo 'a\n> b' &&\n> echo c\na\nb\nc\nks:/#", _system.Enter("echo 'a\rb' &&\recho c"));
    }

    [Fact]
    public void OpenQuotes_ThenControlC_AreDropped() =>
        Assert.Equal("ks:/# echo 'a\n> ^C\nks:/# echo b\nb\nks:/#", _system.Enter("echo 'a\r\u0003echo b"));

    [Fact]
    public void CompoundCommand_Entered_IsContinuedUntilItEnds() => Assert.Equal(
        "ks:/# for i in a b\n> do echo $i\n> done |\n> :; echo $?\n0\nks:/#", _system.Enter("for i in a b\rdo echo $i\rdone |\r:; echo $?"));

    [Theory]
    [InlineData("for i in 1 2 3; do sleep 100; done; echo never")]
    [InlineData("while sleep 100; do :; done; echo never")]
    [InlineData("(sleep 100; echo never); echo never")]
    [InlineData("{ sleep 100; echo never; } || echo never")]
    [InlineData("echo $(sleep 100; echo never)")]
    [InlineData("f() { sleep 100; echo never; }; f")]
    [InlineData("eval 'sleep 100; echo never'")]
    [InlineData("sh -c 'sleep 100; echo never'; echo never")]
    [InlineData("if sleep 100; then echo never; else echo never; fi")]
    public void ControlC_WithinACompoundCommand_EndsTheLineAndLeavesNothing(string line)
    {
        int references = _system.JobControl.Console.References;
        _system.Type(line + "\r");
        _system.TypeAfter(TimeSpan.FromSeconds(3), "\u0003");
        _system.TypeAfter(TimeSpan.FromSeconds(4), "echo $?\r");
        _system.RunShell();
        Assert.Equal($"ks:/# {line}\n^C\nks:/# echo $?\n130\nks:/# ", _system.Transcript);
        Assert.Empty(_system.Jobs.Jobs());
        Assert.Equal(references, _system.JobControl.Console.References);
    }

    [Fact]
    public void Error_OfAnExpansion_EndsTheLineAndNotTheShell() =>
        Assert.Equal("ks:/# echo ${x?}; echo no\nsh: x: parameter not set\nks:/# echo $?\n2\nks:/#", _system.Enter("echo ${x?}; echo no\recho $?"));

    [Fact]
    public void Variables_OfTheConsole_LastFromLineToLine() =>
        Assert.EndsWith("1 2\nks:/#", _system.Enter("x=1; f() { y=2; }\rf; echo $x $y"), StringComparison.Ordinal);

    [Fact]
    public void Exit_OfASubshell_IsNotTheConsoles() => Assert.EndsWith("3\nks:/#", _system.Enter("(exit 3); echo $?"), StringComparison.Ordinal);

    [Fact]
    public void StartUpFile_ThatIsThere_RunsAndItsErrorsEndNothing()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "# start-up\necho first; nosuch; echo $?\nx=kept\nexit 4; echo no\n)\n");
        Assert.True(_system.Shell.RunFileIfThere(path));
        Assert.Equal("first\nsh: nosuch: command not found\n127\n", _system.Transcript);
        Assert.EndsWith("kept\nks:/#", _system.Enter("echo $x"), StringComparison.Ordinal);
        File.WriteAllText(path, "echo (\n");
        Assert.True(_system.Shell.RunFileIfThere(path));
        Assert.EndsWith("sh: syntax error near unexpected token `newline'\n", _system.Transcript, StringComparison.Ordinal);
        File.WriteAllBytes(path, [0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0]);
        Assert.True(_system.Shell.RunFileIfThere(path));
        Assert.EndsWith($"sh: {path}: Exec format error\n", _system.Transcript, StringComparison.Ordinal);
        File.Delete(path);
        Assert.False(_system.Shell.RunFileIfThere(path));
    }

    [Fact]
    public void StartUpFile_InterruptedByControlC_Ends()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "sleep 100\necho never\n");
        _system.TypeAfter(TimeSpan.FromSeconds(3), "\u0003");
        Assert.True(_system.Shell.RunFileIfThere(path));
        File.Delete(path);
        Assert.Equal("^C\n", _system.Transcript);
        Assert.Equal(130, _system.Shell.LastStatus);
    }

    [Fact]
    public void Redirection_OfABuiltIn_LeavesTheConsole()
    {
        string path = Path.GetTempFileName();
        Assert.Equal("", _system.Run($"jobs > {path}; history > {path}; cd / >> {path}; type echo > {path}; fg 2> /dev/null"));
        Assert.Equal("echo is a program of the system\n", File.ReadAllText(path));
        File.Delete(path);
    }

    [Fact]
    public void Background_Started_TellsItsNumberAndItsEnd()
    {
        _system.Type("echo done &\r");
        _system.TypeAfter(TimeSpan.FromSeconds(3), "\r");
        _system.RunShell();
        Assert.Equal("ks:/# echo done &\n[7] 7\nks:/# done\n\n[7]  Done                    echo done\nks:/# ", _system.Transcript);
        Assert.Empty(_system.Jobs.Jobs());
    }

    [Fact]
    public void Background_List_RunsInOneJob()
    {
        _system.Type("nosuch || echo two & wait\r");
        _system.RunShell();
        Assert.Contains("sh: nosuch: command not found\ntwo\n", _system.Transcript, StringComparison.Ordinal);
        Assert.Empty(_system.Jobs.Jobs());
    }

    [Fact]
    public void Jobs_WhileOneRuns_ListsIt()
    {
        _system.Enter("echo x & jobs; wait; jobs");
        Assert.Equal("ks:/# echo x & jobs; wait; jobs\n[7] 7\n[7]  Running                 echo x &\nx\nks:/# ", _system.Transcript);
    }

    [Fact]
    public void Wait_ForAJob_HasItsStatus()
    {
        Assert.EndsWith("2\nks:/#", _system.Enter("uname -x & wait 7; echo $?"));
        Assert.EndsWith("sh: wait: 7: no such job\n127\nks:/#", _system.Enter("wait 7; echo $?"));
    }

    [Fact]
    public void Wait_Interrupted_LeavesTheJob()
    {
        _system.JobControl.BackgroundDelay = TimeSpan.FromHours(1);
        _system.Run("echo x &");
        ((FakeJob)_system.Jobs.Jobs()[0]).InterruptWaiter = true;
        Assert.Equal(130, _system.Shell.RunScript("wait"));
        Assert.Single(_system.Jobs.Jobs());
    }

    [Fact]
    public void Foreground_OfAJob_WaitsForItAndControlCReachesIt()
    {
        _system.Type("echo x & fg\r");
        _system.RunShell();
        Assert.Equal("ks:/# echo x & fg\n[7] 7\necho x\nx\nks:/# ", _system.Transcript);
        Assert.EndsWith("sh: fg: current: no such job\n", _system.Run("fg"));
    }

    [Fact]
    public void JobTableFull_Start_SaysSo()
    {
        _system.JobControl.StartError = Errno.EAGAIN;
        Assert.Equal("sh: echo: Resource temporarily unavailable\n", _system.Run("echo a"));
        Assert.Equal(126, _system.Shell.LastStatus);
    }

    [Fact]
    public void UnhandledException_InACommand_IsStatus134() => Assert.Equal(134, _system.Shell.RunScript("crash"));

    [Fact]
    public void History_Listed_ShowsWhatWasTyped()
    {
        _system.Enter("echo a\recho a\recho b\rhistory");
        Assert.EndsWith("    1  echo a\n    2  echo b\n    3  history\nks:/# ", _system.Transcript);
        Assert.EndsWith("    4  history 1\nks:/# ", RunMore("history 1"));
        RunMore("history -c");
        Assert.EndsWith("    6  history\nks:/# ", RunMore("history"));
    }

    [Fact]
    public void OutputWithoutNewline_ThenALongLine_WrapsRight()
    {
        string line = "echo " + new string('y', 80);
        _system.Enter("echo -n abc\r" + line);
        string[] rows = _system.Screen.Text().Split('\n');
        Assert.Equal(("abcks:/# " + line)[..80], rows[1]);
        Assert.Equal(("abcks:/# " + line)[80..], rows[2]);
        Assert.Equal(new string('y', 80), rows[3]);
    }

    private string RunMore(string line)
    {
        _system.Enter(line);
        return _system.Transcript;
    }
}
