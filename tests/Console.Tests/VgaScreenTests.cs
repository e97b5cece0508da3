using System.Text;

namespace KernelSockets.Drivers.Console.Tests;

public sealed class VgaScreenTests
{
    private readonly ArrayFrameBuffer _device = new();
    private readonly VgaScreen _screen;

    public VgaScreenTests() => _screen = new VgaScreen(_device);

    private void Write(string text) => _screen.Write(Encoding.UTF8.GetBytes(text));

    private void AssertCursor(int row, int column) => Assert.Equal((row, column), (_device.CursorRow, _device.CursorColumn));

    [Fact]
    public void Start_Screen_IsBlankLightGreyOnBlack()
    {
        Assert.Equal("", _device.Text());
        Assert.Equal(0x07, _device.AttributeAt(24, 79));
        Assert.True(_device.IsCursorVisible);
        AssertCursor(0, 0);
    }

    [Fact]
    public void Text_WithReturnAndLineFeed_StandsInRows()
    {
        Write("one\r\ntwo\nthree");
        Assert.Equal("one\ntwo\n   three", _device.Text());
        AssertCursor(2, 8);
    }

    [Fact]
    public void LastColumn_Printed_WrapsOnlyWithTheNextCharacter()
    {
        Write(new string('x', 80));
        AssertCursor(0, 79);
        Write("y");
        Assert.Equal("y", _device.Row(1));
        AssertCursor(1, 1);
    }

    [Fact]
    public void LastColumn_PrintedThenReturn_StaysInTheRow()
    {
        Write(new string('x', 80) + "\ry");
        Assert.Equal('y', _device.Row(0)[0]);
        Assert.Equal("", _device.Row(1));
    }

    [Fact]
    public void Wrap_SwitchedOff_OverwritesTheLastColumn()
    {
        Write("\e[?7l" + new string('x', 80) + "yz");
        Assert.Equal(new string('x', 79) + "z", _device.Row(0));
        Assert.Equal("", _device.Row(1));
    }

    [Fact]
    public void BottomRow_LineFeed_ScrollsUp()
    {
        for (int i = 0; i < 30; i++)
        {
            Write($"line {i}\r\n");
        }

        Assert.Equal("line 6", _device.Row(0));
        Assert.Equal("line 29", _device.Row(23));
        Assert.Equal("", _device.Row(24));
    }

    [Fact]
    public void ManyLines_InOneWrite_ReachTheDeviceOnce()
    {
        int before = _device.Writes;
        Write(string.Concat(Enumerable.Repeat("same\r\n", 1000)));
        Assert.True(_device.Writes - before <= 2000);
    }

    [Theory]
    [InlineData("\e[5;10H", 4, 9)]
    [InlineData("\e[H", 0, 0)]
    [InlineData("\e[;5H", 0, 4)]
    [InlineData("\e[5f", 4, 0)]
    [InlineData("\e[999;999H", 24, 79)]
    [InlineData("\e[0;0H", 0, 0)]
    [InlineData("\e[10;10H\e[3A", 6, 9)]
    [InlineData("\e[10;10H\e[B", 10, 9)]
    [InlineData("\e[10;10H\e[5C", 9, 14)]
    [InlineData("\e[10;10H\e[100D", 9, 0)]
    [InlineData("\e[10;10H\e[2E", 11, 0)]
    [InlineData("\e[10;10H\e[2F", 7, 0)]
    [InlineData("\e[10;10H\e[20G", 9, 19)]
    [InlineData("\e[10;10H\e[3d", 2, 9)]
    [InlineData("\e[10;10H\eD", 10, 9)]
    [InlineData("\e[10;10H\eM", 8, 9)]
    [InlineData("\e[10;10H\eE", 10, 0)]
    [InlineData("\e[10;10H\e7\e[H\e8", 9, 9)]
    [InlineData("\e[10;10H\e[s\e[H\e[u", 9, 9)]
    [InlineData("abc\b\b", 0, 1)]
    [InlineData("a\t", 0, 8)]
    [InlineData("\t\t", 0, 16)]
    [InlineData("\e[20G\e[2Z", 0, 8)]
    [InlineData("\e[3g\t", 0, 79)]
    [InlineData("\e[3g\e[5G\eH\r\t", 0, 4)]
    public void Cursor_Moved_StandsThere(string sequence, int row, int column)
    {
        Write(sequence);
        AssertCursor(row, column);
    }

    [Theory]
    [InlineData("\e[K", "abc")]
    [InlineData("\e[1K", "    efgh")]
    [InlineData("\e[2K", "")]
    [InlineData("\e[2P", "abcfgh")]
    [InlineData("\e[2@", "abc  defgh")]
    [InlineData("\e[2X", "abc  fgh")]
    [InlineData("\e[4hX\e[4l", "abcXdefgh")]
    [InlineData("X\e[3b", "abcXXXXh")]
    public void Row_EditedAtTheFourthColumn_Shows(string sequence, string expected)
    {
        Write("abcdefgh\e[4G" + sequence);
        Assert.Equal(expected, _device.Row(0));
    }

    [Theory]
    [InlineData("\e[J", "one\n")]
    [InlineData("\e[1J", "\n\nthree")]
    [InlineData("\e[2J", "")]
    [InlineData("\e[L", "one\n\ntwo\nthree")]
    [InlineData("\e[M", "one\nthree")]
    [InlineData("\e[S", "two\nthree")]
    [InlineData("\e[T", "\none\ntwo\nthree")]
    public void Screen_EditedInTheSecondRow_Shows(string sequence, string expected)
    {
        Write("one\r\ntwo\r\nthree\e[2;1H" + (sequence == "\e[1J" ? "\e[79C" : "") + sequence);
        Assert.Equal(expected.TrimEnd('\n'), _device.Text());
    }

    [Fact]
    public void ScrollRegion_LineFeedAtItsBottom_MovesOnlyTheRegion()
    {
        Write("top\e[3;1Ha\r\nb\r\nc\e[10;1Hbelow\e[3;5r\e[5;1H\n");
        Assert.Equal(["top", "", "b", "c", ""], [_device.Row(0), _device.Row(1), _device.Row(2), _device.Row(3), _device.Row(4)]);
        Assert.Equal("below", _device.Row(9));
        Write("\e[3;1H\eM");
        Assert.Equal("b", _device.Row(3));
    }

    [Fact]
    public void OriginMode_Home_IsTheTopOfTheRegion()
    {
        Write("\e[5;10r\e[?6h\e[H");
        AssertCursor(4, 0);
        Write("\e[99;1H");
        AssertCursor(9, 0);
    }

    [Theory]
    [InlineData("\e[31m", 0x04)]
    [InlineData("\e[34m", 0x01)]
    [InlineData("\e[33m", 0x06)]
    [InlineData("\e[1;32m", 0x0A)]
    [InlineData("\e[91m", 0x0C)]
    [InlineData("\e[44m", 0x17)]
    [InlineData("\e[103;30m", 0xE0)]
    [InlineData("\e[7m", 0x70)]
    [InlineData("\e[31m\e[m", 0x07)]
    [InlineData("\e[1m\e[22m", 0x07)]
    [InlineData("\e[31;42m\e[39;49m", 0x07)]
    [InlineData("\e[38;5;9m", 0x0C)]
    [InlineData("\e[38;2;255;0;0m", 0x0C)]
    [InlineData("\e[48;5;21m", 0x97)]
    [InlineData("\e[38;5m\e[31m", 0x04)]
    public void Colours_Selected_MakeTheAttribute(string sequence, byte attribute)
    {
        Write(sequence + "x");
        Assert.Equal(attribute, _device.AttributeAt(0, 0));
    }

    [Fact]
    public void Erase_WithABackground_PaintsIt()
    {
        Write("\e[44m\e[K");
        Assert.Equal(0x17, _device.AttributeAt(0, 50));
    }

    [Fact]
    public void Utf8_OfTheCodePage_ShowsItsGlyphs()
    {
        Write("Grüße ┌─┐ 100 °C ☺ “x” 漢 \U0001F600!");
        Assert.Equal("Grüße ┌─┐ 100 °C ☺ \"x\" ?  ? !", _device.Row(0));
    }

    [Fact]
    public void Utf8_CutBetweenBytes_IsOneCharacter()
    {
        foreach (byte value in "ü"u8.ToArray())
        {
            _screen.Write([value]);
        }

        Assert.Equal("ü", _device.Row(0));
    }

    [Fact]
    public void Utf8_Invalid_ShowsAReplacementAndGoesOn()
    {
        _screen.Write([0xC3, (byte)'a', 0xFF, (byte)'b']);
        Assert.Equal("?a?b", _device.Row(0));
    }

    [Fact]
    public void LineDrawing_Selected_ShowsBoxes()
    {
        Write("\e(0lqk\e(Bq\e)0\u000Ex\u000Fx");
        Assert.Equal("┌─┐q│x", _device.Row(0));
    }

    [Fact]
    public void Reports_Asked_AreAnswered()
    {
        var replies = new StringBuilder();
        _screen.Reply = bytes => replies.Append(Encoding.ASCII.GetString(bytes));
        Write("\e[3;7H\e[6n\e[5n\e[c");
        Assert.Equal("\e[3;7R\e[0n\e[?6c", replies.ToString());
    }

    [Fact]
    public void Cursor_HiddenAndShown_TellsTheDevice()
    {
        Write("\e[?25l");
        Assert.False(_device.IsCursorVisible);
        Write("\e[?25h");
        Assert.True(_device.IsCursorVisible);
    }

    [Fact]
    public void AlternateScreen_Left_BringsTheFirstBack()
    {
        Write("shell\e[?1049h\e[Hfull screen");
        Assert.Equal("full screen", _device.Text());
        Write("\e[?1049l");
        Assert.Equal("shell", _device.Text());
        AssertCursor(0, 5);
    }

    [Theory]
    [InlineData("\e]0;title\aX")]
    [InlineData("\e]0;title\e\\X")]
    [InlineData("\eP1$rq\e\\X")]
    [InlineData("\e[?2004hX")]
    [InlineData("\e[>4;1mX")]
    [InlineData("\e[12\u0018X")]
    [InlineData("\e[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20zX")]
    [InlineData("\e%GX")]
    [InlineData("\e=X")]
    public void Sequence_WithoutEffectHere_LeavesNoTrace(string sequence)
    {
        Write(sequence);
        Assert.Equal("X", _device.Text());
    }

    [Fact]
    public void Control_WithinASequence_IsCarriedOut()
    {
        Write("abc\e[2\rCX");
        Assert.Equal("abX", _device.Row(0));
    }

    [Fact]
    public void Reset_AfterEverything_IsLikeNew()
    {
        Write("x\e[31m\e[3;5r\e[?6h\e[?7l\e[?25l\e[4h\e(0\e[?1049h\ec");
        Write("ab\r\nq");
        Assert.Equal("ab\nq", _device.Text());
        Assert.Equal(0x07, _device.AttributeAt(0, 0));
        Assert.True(_device.IsCursorVisible);
    }

    [Fact]
    public void RandomBytes_AnyMix_NeverFailAndLeaveAUsableScreen()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        try
        {
            for (int round = 0; round < 2000; round++)
            {
                _screen.Write(RandomInput(random));
            }

            Write("\u0018\e\\\ecok");
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}: {exception}");
        }

        Assert.True(_device.Text() == "ok", $"seed {seed}: the screen shows\n{_device.Text()}");
    }

    /// <summary>Half noise, half well-formed control sequences with wild parameters.</summary>
    private static byte[] RandomInput(Random random)
    {
        if (random.Next(2) == 0)
        {
            byte[] noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            return noise;
        }

        string parameters = string.Join(';', Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(120).ToString()));
        string prefix = random.Next(4) == 0 ? "?" : "";
        return Encoding.UTF8.GetBytes($"\e[{prefix}{parameters}{(char)random.Next(0x40, 0x7F)}text漢 {(char)random.Next(0x20, 0x3000)}");
    }
}
