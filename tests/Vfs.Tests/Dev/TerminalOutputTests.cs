using System.Text;
using KernelSockets.Vfs.Dev;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Dev;

/// <summary>Output, the cursor's column, and the structures of the system calls.</summary>
public sealed class TerminalOutputTests
{
    private readonly TerminalRig _rig = new();

    private void Write(string text) => _rig.Terminal.Write(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData(OutputModes.OPOST | OutputModes.ONLCR, "a\r\nb\r")]
    [InlineData(OutputModes.ONLCR, "a\nb\r")]
    [InlineData(OutputModes.OPOST, "a\nb\r")]
    [InlineData(OutputModes.OPOST | OutputModes.OCRNL, "a\nb\n")]
    [InlineData(OutputModes.None, "a\nb\r")]
    public void OutputModes_MapNewlines(OutputModes modes, string expected)
    {
        _rig.Change(termios =>
        {
            termios.Output = modes;
            return termios;
        });
        Write("a\nb\r");
        Assert.Equal(expected, _rig.Output.Take());
    }

    [Fact]
    public void LongOutput_AllNewlines_GoesOutWhole()
    {
        Assert.Equal(3000, _rig.Terminal.Write(Enumerable.Repeat((byte)'\n', 3000).ToArray()).Count);
        Assert.Equal(string.Concat(Enumerable.Repeat("\r\n", 3000)), _rig.Output.Take());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("abc\n", 0)]
    [InlineData("abc\r", 0)]
    [InlineData("abc\b", 2)]
    [InlineData("\b", 0)]
    [InlineData("a\t", 8)]
    [InlineData("grün", 4)]
    [InlineData("漢字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("\e[31mred\e[0m", 3)]
    [InlineData("\e]0;title\aab", 2)]
    [InlineData("\e]0;title\e\\ab", 2)]
    [InlineData("\e(Bab", 2)]
    [InlineData("\e7ab", 2)]
    public void CursorColumn_FollowsTheText(string text, int column)
    {
        Write(text);
        Assert.Equal(column, _rig.Terminal.CursorColumn);
    }

    [Fact]
    public void CursorColumn_AtTheMargin_Wraps()
    {
        Write(new string('x', 79));
        Assert.Equal(79, _rig.Terminal.CursorColumn);
        Write("x");
        Assert.Equal(0, _rig.Terminal.CursorColumn);
        Write("xy");
        Assert.Equal(2, _rig.Terminal.CursorColumn);
    }

    [Fact]
    public void CursorColumn_FollowsTheEcho()
    {
        _rig.Type("ab\u0001");
        Assert.Equal(4, _rig.Terminal.CursorColumn);
    }

    [Fact]
    public void Answer_FromWithinAWrite_IsInputAfterIt()
    {
        _rig.Terminal.IsRaw = true;
        _rig.Output.WhileWriting = () => _rig.Terminal.Answer("\e[1;1R"u8);
        Write("\e[6n");
        Assert.Equal("\e[1;1R", _rig.ReadNow());
        Assert.Equal("\e[6n", _rig.Output.Take());
    }

    [Fact]
    public void Answer_FromWithinTheEcho_IsInputAfterIt()
    {
        int left = 1;
        _rig.Output.WhileWriting = () => _rig.Terminal.Answer(left-- > 0 ? "b\r"u8 : []);
        _rig.Type("a");
        Assert.Equal("ab\n", _rig.ReadNow());
        Assert.Equal("ab\r\n", _rig.Output.Take());
    }

    [Fact]
    public void Answers_TooMany_AreDroppedWhole()
    {
        _rig.Terminal.IsRaw = true;
        _rig.Output.WhileWriting = () =>
        {
            for (int i = 0; i < 100; i++)
            {
                _rig.Terminal.Answer("12345"u8);
            }
        };
        Write("x");
        Assert.Equal(125, _rig.ReadNow()!.Length);
    }

    [Fact]
    public void Termios_Default_HasLinuxsLayout()
    {
        byte[] bytes = new byte[Termios.Size];
        Termios.Default.Write(bytes);
        Assert.Equal(36, Termios.Size);
        Assert.Equal("00610000050000 00B2140000 3B8A0000 00 031C7F1504000100 1113 1A00120F1716000000".Replace(" ", ""), Convert.ToHexString(bytes));
    }

    [Fact]
    public void Termios_WrittenAndReadBack_IsTheSame()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        byte[] bytes = new byte[Termios.Size];
        byte[] again = new byte[Termios.Size];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(bytes);
            Assert.True(Termios.TryRead(bytes, out Termios termios));
            termios.Write(again);
            Assert.True(bytes.AsSpan().SequenceEqual(again), $"seed {seed}");
        }
    }

    [Fact]
    public void Termios_TooShort_IsRefused() => Assert.False(Termios.TryRead(new byte[Termios.Size - 1], out _));

    [Fact]
    public void Size_WrittenAndReadBack_IsTheSame()
    {
        byte[] bytes = [9, 9, 9, 9, 9, 9, 9, 9];
        _rig.Terminal.Size.Write(bytes);
        Assert.Equal(new byte[] { 25, 0, 80, 0, 0, 0, 0, 0 }, bytes);
        Assert.True(TerminalSize.TryRead([50, 0, 132, 0, 0, 0, 0, 0], out TerminalSize size));
        _rig.Terminal.Size = size;
        Assert.Equal((132, 50), (_rig.Terminal.Columns, _rig.Terminal.Rows));
        Assert.False(TerminalSize.TryRead(new byte[7], out _));
    }

    [Fact]
    public void DeviceOfOneLine_WritesThereOnly_AndSharesInputAndSettings()
    {
        RecordingOutput line = new();
        Fixture files = new();
        Assert.Equal(Errno.Success, files.Vfs.AddDevice(DeviceNumbers.Serial, new TerminalDevice(_rig.Terminal, "ttyS0", line)));
        OpenFile file = files.Open("/dev/ttyS0", OpenFlags.ReadWrite);
        Assert.Equal(IoResult.Ok(3), file.Write("a\nb"u8));
        Assert.Equal(("a\r\nb", ""), (line.Take(), _rig.Output.Take()));
        _rig.Type("typed\n");
        Assert.Equal(PollEvents.In, file.Poll(PollEvents.In, null));
        byte[] buffer = new byte[100];
        Assert.Equal(IoResult.Ok(6), file.Read(buffer));
        _rig.Change(static termios =>
        {
            termios.Output = 0;
            return termios;
        });
        file.Write("\n"u8);
        Assert.Equal("\n", line.Take());
        file.Release();
    }
}
