using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>edit on the screen of a simulated machine.</summary>
public sealed class EditTests : IDisposable
{
    private const string Up = "\e[A";
    private const string Down = "\e[B";
    private const string Right = "\e[C";
    private const string Left = "\e[D";
    private const string Delete = "\e[3~";
    private const string Save = "\u0013";
    private const string Quit = "\u0011";

    private readonly FakeSystem _system = new();
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("ab\ncd\n", "x", "xab\ncd\n")]
    [InlineData("ab\ncd\n", Down + Right + "\r", "ab\nc\nd\n")]
    [InlineData("ab\ncd\n", Down + "\b", "abcd\n")]
    [InlineData("ab\ncd\n", Right + Delete + Delete, "acd\n")]
    [InlineData("ab\ncd\n", "\u0005\tz\u0001y", "yab\tz\ncd\n")]
    [InlineData("ab\ncd\n", "\u000b\u0015\u0015", "ab\nab\ncd\n")]
    [InlineData("ab\ncd\n", Down + Down + Down + Up + Left + Left + "x", "xab\ncd\n")]
    [InlineData("gr\u00fcn\n", Right + Right + Right + "!" + Left + "\b", "gr!n\n")]
    [InlineData("", "hello\rworld", "hello\nworld\n")]
    [InlineData("no end", "\u0005.", "no end.")]
    [InlineData("a\nb\nneedle\nneedle 2\n", "\u0006needle\r\u0007x", "a\nb\nneedle\nxneedle 2\n")]
    [InlineData("a\n", "\u0006nosuch\rx", "xa\n")]
    [InlineData("a\n", "\u0006zz\b\ba\u0003x", "xa\n")]
    public void Keys_ChangeTheFile(string before, string keys, string after)
    {
        File.WriteAllText(_path, before);
        Edit(keys + Save + Quit);
        Assert.Equal(after, File.ReadAllText(_path));
        Assert.False(_system.Console.IsRaw);
    }

    [Fact]
    public void BytesThatAreNoText_StayAsTheyAre()
    {
        byte[] bytes = [0xFF, 0x00, (byte)'a', 0xC3, (byte)'\n', 0xE2, 0x82];
        File.WriteAllBytes(_path, bytes);
        Edit(Right + Right + "x" + Save + Quit);
        Assert.Equal([.. bytes[..2], (byte)'x', .. bytes[2..]], File.ReadAllBytes(_path));
    }

    [Fact]
    public void Screen_ShowsTheTextAndScrolls()
    {
        File.WriteAllText(_path, string.Concat(Enumerable.Range(1, 100).Select(static i => $"line {i}\n")) + new string('w', 70) + new string('v', 70) + "\tend\n");
        _system.Type($"edit {_path}\r\u0016\u0016\u0016\u0016\u0016\u0016\u0005");
        string[] rows = [];
        _system.Time.After(TimeSpan.FromSeconds(1), () => rows = _system.Screen.Text().Split('\n'));
        _system.RunShell();
        Assert.Contains(rows, static row => row.EndsWith("vvv    end", StringComparison.Ordinal));
        Assert.Contains($"{_path}  101/101", rows[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(rows, static row => row == "line 1");
    }

    [Fact]
    public void Quit_WithChanges_AsksOnce()
    {
        File.WriteAllText(_path, "a\n");
        Edit("x" + Quit + Quit);
        Assert.Equal("a\n", File.ReadAllText(_path));
        Assert.Contains("Not saved", _system.Transcript, StringComparison.Ordinal);
        Assert.Equal(0, _system.Shell.LastStatus);
    }

    [Fact]
    public void FileThatCannotBeWritten_IsReportedAndKept()
    {
        File.Delete(_path);
        _system.Type("x" + Save + Quit + Quit);
        _system.Shell.RunScript($"edit {_path}/none");
        Assert.Contains("Cannot save: ", _system.Transcript, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edit", 2)]
    [InlineData("edit a b", 2)]
    [InlineData("edit -x a", 2)]
    [InlineData("edit /tmp", 1)]
    public void Misuse_IsReported(string line, int status)
    {
        Assert.StartsWith("edit: ", _system.Run(line), StringComparison.Ordinal);
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    private void Edit(string keys)
    {
        _system.Type(keys);
        _system.Shell.RunScript($"edit {_path}");
    }
}
