using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>The line editor on the real line discipline and screen: keys in, the line and the screen out.</summary>
public sealed class LineEditorTests
{
    private const string Left = "\e[D";
    private const string Right = "\e[C";
    private const string Up = "\e[A";
    private const string Down = "\e[B";
    private const string Home = "\e[H";
    private const string End = "\e[F";
    private const string Delete = "\e[3~";
    private const string Prompt = "ks:/# ";

    private readonly FakeSystem _system = new();
    private readonly History _history = new();
    private readonly LineEditor _editor;

    public LineEditorTests() => _editor = new LineEditor(_system.Terminal, _history, new ShellCompleter(_system.Apps, () => "/"));

    private LineResult Edit(string keys)
    {
        _system.Type(keys);
        return _editor.ReadLine(Prompt);
    }

    private string Line(string keys)
    {
        LineResult result = Edit(keys + "\r");
        Assert.Equal(LineOutcome.Line, result.Outcome);
        return result.Text;
    }

    [Theory]
    [InlineData("ac" + Left + "b", "abc")]
    [InlineData("bc" + Home + "a" + End + "d", "abcd")]
    [InlineData("bc\u0001a\u0005d", "abcd")]
    [InlineData("bc\e[1~a\e[4~d", "abcd")]
    [InlineData("bc\eOHa\eOFd", "abcd")]
    [InlineData("abX\u007Fc", "abc")]
    [InlineData("abX\bc", "abc")]
    [InlineData("aXbc" + Home + Right + Delete, "abc")]
    [InlineData("aXbc" + Home + Right + "\u0004", "abc")]
    [InlineData("abcXYZ" + Left + Left + Left + "\u000B", "abc")]
    [InlineData("XYZabc" + Left + Left + Left + "\u0015", "abc")]
    [InlineData("abc XYZ\u0017d", "abc d")]
    [InlineData("abc XYZ  \u0017d", "abc d")]
    [InlineData("abc\u0015\u0019\u0019", "abcabc")]
    [InlineData("\u0019a", "a")]
    [InlineData("acb\u0014", "abc")]
    [InlineData("acbd" + Left + Left + "\u0014", "abcd")]
    [InlineData("a\u0014", "a")]
    [InlineData("one two\ebX", "one Xtwo")]
    [InlineData("one two\e[1;5DX", "one Xtwo")]
    [InlineData("one two" + Home + "\efX", "oneX two")]
    [InlineData("one two" + Home + "\e[1;5CX", "oneX two")]
    [InlineData("one.two\e\u007FX", "one.X")]
    [InlineData("one two" + Home + "\edX", "X two")]
    [InlineData("grün" + Left + "\u007Fö", "grön")]
    [InlineData("漢字" + Left + "x", "漢x字")]
    [InlineData("\U0001F600a", "\U0001F600a")]
    [InlineData("a\e[99~b\e[15~\eOPc", "abc")]
    [InlineData("b\u0002a\u0006c", "abc")]
    [InlineData(Left + "\u007F" + Delete + "a" + Right, "a")]
    public void Keys_Typed_MakeTheLine(string keys, string expected) => Assert.Equal(expected, Line(keys));

    [Theory]
    [InlineData(new byte[] { 0xC3, (byte)'a' }, "a")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a' }, "a")]
    [InlineData(new byte[] { 0x80, (byte)'a' }, "a")]
    [InlineData(new byte[] { 0xC2, 0x85, (byte)'a' }, "a")]
    public void InvalidUtf8_Typed_IsDropped(byte[] bytes, string expected)
    {
        _system.Time.After(TimeSpan.Zero, () => _system.Console.Input([.. bytes, (byte)'\r']));
        Assert.Equal(expected, _editor.ReadLine(Prompt).Text);
    }

    [Fact]
    public void Typing_AtTheEnd_SendsJustTheCharacters()
    {
        Line("echo hello");
        Assert.Equal(Prompt + "echo hello\n", _system.Transcript);
    }

    [Fact]
    public void Typing_InTheMiddle_ShowsTheWholeLine()
    {
        Line("echo hllo" + Left + Left + Left + "e");
        Assert.Equal(Prompt + "echo hello", _system.Screen.Row(0));
        Assert.Equal((1, 0), (_system.Screen.CursorRow, _system.Screen.CursorColumn));
    }

    [Fact]
    public void ControlD_AtAnEmptyLine_EndsTheInput() => Assert.Equal(LineOutcome.EndOfInput, Edit("\u0004").Outcome);

    [Fact]
    public void ControlC_Typed_Interrupts()
    {
        Assert.Equal(new LineResult(LineOutcome.Interrupted, ""), Edit("abc" + Home + "\u0003"));
        Assert.Equal(Prompt + "abc^C", _system.Screen.Row(0));
    }

    [Fact]
    public void ControlL_Typed_ClearsTheScreenAndKeepsTheLine()
    {
        _system.Terminal.Write("old\nolder\n"u8);
        Assert.Equal("abcd", Line("abc\u000Cd"));
        Assert.Equal(Prompt + "abcd", _system.Screen.Text());
    }

    [Fact]
    public void History_UpAndDown_RecallsLinesAndTheDraft()
    {
        _history.Add("first");
        _history.Add("second");
        Assert.Equal("second", Line(Up));
        Assert.Equal("first", Line(Up + Up + Up));
        Assert.Equal("second", Line(Up + Up + Down));
        Assert.Equal("draft!", Line("draft" + Up + Up + Down + Down + Down + "!"));
        Assert.Equal("secondary", Line("\u0010ary"));
        Assert.Equal("x", Line("x" + Down));
    }

    [Fact]
    public void History_ShorterLine_LeavesNothingOfTheLonger()
    {
        _history.Add("short");
        _history.Add("a much longer line " + new string('z', 90));
        Line(Up + Up);
        Assert.Equal(Prompt + "short", _system.Screen.Text());
    }

    [Fact]
    public void History_BeyondItsBound_ForgetsTheOldest()
    {
        for (int i = 0; i < History.Capacity + 5; i++)
        {
            _history.Add($"line {i}");
        }

        Assert.Equal(History.Capacity, _history.Count);
        Assert.Equal("line 5", _history[0]);
        Assert.Equal(6, _history.FirstNumber);
    }

    [Fact]
    public void Tab_UniqueCommand_IsCompletedWithABlank() => Assert.Equal("ifconfig eth0", Line("ifc\teth0"));

    [Fact]
    public void Tab_CommonPrefix_IsCompletedSoFar() => Assert.Equal("hel", Line("hel\t"));

    [Fact]
    public void Tab_Twice_ListsTheCandidates()
    {
        Assert.Equal("po", Line("p\t\to"));
        string[] rows = _system.Screen.Text().Split('\n');
        Assert.Equal(Prompt + "p", rows[0]);
        Assert.Equal(
            _system.Apps.Apps.Select(app => app.Name).Where(name => name.StartsWith('p')).Order(StringComparer.Ordinal),
            rows[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Prompt + "po", rows[2]);
    }

    [Fact]
    public void Tab_Ambiguous_RingsTheBell()
    {
        Line("p\t");
        Assert.Contains('\a', _system.Transcript);
    }

    [Theory]
    [InlineData("echo a; unam\t-a", "echo a; uname -a")]
    [InlineData("true && unam\t", "true && uname ")]
    [InlineData("help unam\t", "help uname ")]
    [InlineData("echo unam\t", "echo unam")]
    [InlineData("nosuchcommand\tx", "nosuchcommandx")]
    [InlineData("unam -a\e[H\e[C\e[C\e[C\e[C\t", "uname  -a")]
    public void Tab_InPlaces_CompletesCommandsOnly(string keys, string expected) => Assert.Equal(expected, Line(keys));

    [Fact]
    public void LongLine_EditedAcrossRows_ShowsRight()
    {
        string text = string.Concat(Enumerable.Range(0, 30).Select(i => $"{i:00} word "));
        string line = Line(text + Home + "X" + End + "Y" + string.Concat(Enumerable.Repeat(Left, 100)) + "Z");
        string expected = "X" + text + "Y";
        expected = expected.Insert(expected.Length - 100, "Z");
        Assert.Equal(expected, line);
        Assert.Equal(Prompt + expected, _system.Screen.Text().Split('\n').Aggregate("", (all, row) => all + row.PadRight(80)).TrimEnd());
    }

    [Fact]
    public void LongLine_AtTheBottom_ScrollsAndStaysEditable()
    {
        _system.Terminal.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("above\n", 24))));
        string text = new('w', 200);
        Assert.Equal("S" + text, Line(text + Home + "S"));
        Assert.Equal(Prompt + "S" + new string('w', 73), _system.Screen.Row(21));
        Assert.Equal("above", _system.Screen.Row(20));
    }

    [Fact]
    public void LineEndingAtTheMargin_Entered_LeavesNoBlankRow()
    {
        Line(new string('m', 80 - Prompt.Length));
        Assert.Equal((1, 0), (_system.Screen.CursorRow, _system.Screen.CursorColumn));
    }

    [Fact]
    public void Line_BeyondItsBound_RefusesMore()
    {
        string line = Line(new string('x', 3000));
        Assert.Equal(LineEditor.MaxLength, line.Length);
    }

    [Fact]
    public void Line_WiderThanTheScreen_RefusesMore()
    {
        string line = Line(new string('漢', 1000));
        Assert.True(line.Length * 2 <= 80 * 24);
    }

    [Theory]
    [InlineData(Errno.EINTR, nameof(LineOutcome.Interrupted))]
    [InlineData(Errno.EIO, nameof(LineOutcome.Closed))]
    [InlineData(Errno.Success, nameof(LineOutcome.Closed))]
    public void Terminal_EndingARead_GivesTheLineUp(Errno error, string outcome)
    {
        var editor = new LineEditor(new BrokenTerminal(error), _history, new ShellCompleter(_system.Apps, () => "/"));
        Assert.Equal(outcome, editor.ReadLine("").Outcome.ToString());
    }

    [Fact]
    public void RandomKeys_AnyMix_NeverFail()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        byte[] noise = new byte[20_000];
        random.NextBytes(noise);
        try
        {
            foreach (byte value in noise)
            {
                _system.Time.After(TimeSpan.FromMilliseconds(1), () => _system.Console.Input([value]));
            }

            _system.RunShell();
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}: {exception}");
        }
    }

    /// <summary>A terminal that ends every read at once.</summary>
    private sealed class BrokenTerminal(Errno error) : ITerminal
    {
        public int Columns => 80;

        public int Rows => 25;

        public bool IsRaw { get; set; }

        public IoResult Read(Span<byte> destination, Instant deadline) => error;

        public IoResult Write(ReadOnlySpan<byte> source) => IoResult.Ok(source.Length);
    }
}
