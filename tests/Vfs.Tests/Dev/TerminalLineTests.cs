using KernelSockets.Vfs.Dev;

namespace KernelSockets.Vfs.Tests.Dev;

/// <summary>Canonical input: lines, editing, echo, signals.</summary>
public sealed class TerminalLineTests
{
    private readonly TerminalRig _rig = new();

    [Fact]
    public void Line_NotEnded_CannotBeRead()
    {
        _rig.Type("abc");
        Assert.Null(_rig.ReadNow());
        _rig.Type("\n");
        Assert.Equal("abc\n", _rig.ReadNow());
        Assert.Null(_rig.ReadNow());
    }

    [Fact]
    public void Enter_SendsReturn_EndsTheLineWithNewline()
    {
        _rig.Type("abc\r");
        Assert.Equal("abc\n", _rig.ReadNow());
        Assert.Equal("abc\r\n", _rig.Output.Take());
    }

    [Fact]
    public void TwoLines_Typed_AreReadOneByOne()
    {
        _rig.Type("one\rtwo\r");
        Assert.Equal("one\n", _rig.ReadNow());
        Assert.Equal("two\n", _rig.ReadNow());
    }

    [Fact]
    public void Line_LongerThanTheBuffer_IsReadInPieces()
    {
        _rig.Type("abcdef\r");
        Assert.Equal("abc", _rig.ReadNow(3));
        Assert.Equal("def", _rig.ReadNow(3));
        Assert.Equal("\n", _rig.ReadNow(3));
    }

    [Fact]
    public void Reader_Waiting_GetsTheLineWhenItIsEnded()
    {
        _rig.TypeAfter(10, "ab");
        _rig.TypeAfter(20, "c\r");
        Assert.True(_rig.Read(out string text).IsSuccess);
        Assert.Equal("abc\n", text);
        Assert.Equal(TimeSpan.FromMilliseconds(20), _rig.Time.Now - Instant.Zero);
    }

    [Fact]
    public void Reader_InTheBackground_WaitsUntilItMayRead()
    {
        bool isForeground = false;
        _rig.Terminal.MayRead = () => isForeground;
        _rig.Type("abc\r");
        Assert.Null(_rig.ReadNow());
        _rig.Time.After(TimeSpan.FromMilliseconds(10), () =>
        {
            isForeground = true;
            _rig.Terminal.WakeReaders();
        });
        Assert.True(_rig.Read(out string text).IsSuccess);
        Assert.Equal(("abc\n", TimeSpan.FromMilliseconds(10)), (text, _rig.Time.Now - Instant.Zero));
    }

    [Fact]
    public void Reader_InTheBackground_OfAHungUpTerminal_ComesToTheEnd()
    {
        _rig.Terminal.MayRead = static () => false;
        _rig.Time.After(TimeSpan.FromMilliseconds(10), _rig.Terminal.HangUp);
        Assert.Equal(IoResult.Ok(0), _rig.Read(out _));
    }

    [Fact]
    public void Reader_WithDeadline_GivesUp()
    {
        _rig.Type("abc");
        Instant deadline = Instant.Zero + TimeSpan.FromSeconds(1);
        Assert.Equal(Errno.ETIME, _rig.Read(out _, 10, deadline).Error);
        Assert.Equal(deadline, _rig.Time.Now);
    }

    [Fact]
    public void Reader_Interrupted_ReturnsEintrAndLeavesTheLine()
    {
        _rig.Queues.Queues[0].InterruptNext = true;
        Assert.Equal(Errno.EINTR, _rig.Read(out _).Error);
        _rig.Type("x\r");
        Assert.Equal("x\n", _rig.ReadNow());
    }

    [Theory]
    [InlineData("abX\u007Fc\r", "abc\n")]
    [InlineData("\u007F\u007Fa\r", "a\n")]
    [InlineData("one two\u0017x\r", "one x\n")]
    [InlineData("one two  \u0017\r", "one \n")]
    [InlineData("a.b-c\u0017\u0017\r", "a.\n")]
    [InlineData("wrong\u0015right\r", "right\n")]
    [InlineData("aü\u007Fb\r", "ab\n")]
    [InlineData("a漢\u007Fb\r", "ab\n")]
    [InlineData("a\u0016\u0003b\r", "a\u0003b\n")]
    [InlineData("a\u0016\u007Fb\r", "a\u007Fb\n")]
    [InlineData("a\u0016\nb\r", "a\nb\n")]
    public void Line_Edited_ReadsAs(string keys, string expected)
    {
        _rig.Type(keys);
        string read = "";
        while (_rig.ReadNow() is { } text)
        {
            read += text;
        }

        Assert.Equal(expected, read);
    }

    [Fact]
    public void FinishedLine_CannotBeErased()
    {
        _rig.Type("a\r\u007F\u0015\u0017b\r");
        Assert.Equal("a\n", _rig.ReadNow());
        Assert.Equal("b\n", _rig.ReadNow());
    }

    [Theory]
    [InlineData("ab\u007F", "ab\b \b")]
    [InlineData("\u007F", "")]
    [InlineData("\u0001\u007F", "^A\b \b\b \b")]
    [InlineData("漢\u007F", "漢\b \b\b \b")]
    [InlineData("e\u0301\u007F", "e\u0301")]
    [InlineData("ab cd\u0017", "ab cd\b \b\b \b")]
    [InlineData("abc\u0015", "abc\b \b\b \b\b \b")]
    [InlineData("a\t\u007F", "a\t\b\b\b\b\b\b\b")]
    [InlineData("a\tb\t\u007F", "a\tb\t\b\b\b\b\b\b\b")]
    [InlineData("\u0016\u0003", "^\b^C")]
    public void Editing_IsEchoed_AsWiping(string keys, string expected)
    {
        _rig.Type(keys);
        Assert.Equal(expected, _rig.Output.Take());
    }

    [Fact]
    public void Tab_ErasedBehindAPrompt_GoesBackToWhereItWas()
    {
        _rig.Terminal.Write("name: "u8);
        _rig.Output.Take();
        _rig.Type("\t\u007F");
        Assert.Equal("\t\b\b", _rig.Output.Take());
    }

    [Fact]
    public void Erase_WithoutEchoe_ShowsTheKey()
    {
        _rig.Clear(LocalModes.ECHOE);
        _rig.Type("ab\u007F");
        Assert.Equal("ab^?", _rig.Output.Take());
    }

    [Fact]
    public void Kill_WithoutEchoke_StartsANewRow()
    {
        _rig.Clear(LocalModes.ECHOKE);
        _rig.Type("ab\u0015");
        Assert.Equal("ab^U\r\n", _rig.Output.Take());
        _rig.Type("c\r");
        Assert.Equal("c\n", _rig.ReadNow());
    }

    [Fact]
    public void Echo_Off_ShowsNothing()
    {
        _rig.Clear(LocalModes.ECHO);
        _rig.Type("secret\u007F\u0015x\r");
        Assert.Equal("", _rig.Output.Take());
        Assert.Equal("x\n", _rig.ReadNow());
    }

    [Fact]
    public void Echo_OffButEchonl_ShowsTheNewline()
    {
        _rig.Clear(LocalModes.ECHO);
        _rig.Set(LocalModes.ECHONL);
        _rig.Type("secret\r");
        Assert.Equal("\r\n", _rig.Output.Take());
    }

    [Fact]
    public void ControlCharacters_WithoutEchoctl_GoOutAsTheyAre()
    {
        _rig.Clear(LocalModes.ECHOCTL);
        _rig.Type("\u0001");
        Assert.Equal("\u0001", _rig.Output.Take());
    }

    [Fact]
    public void EndOfFile_AtAnEmptyLine_ReadsZeroBytesOnce()
    {
        _rig.Type("\u0004");
        Assert.Equal("", _rig.ReadNow());
        Assert.Null(_rig.ReadNow());
        Assert.Equal("", _rig.Output.Take());
    }

    [Fact]
    public void EndOfFile_WithinALine_PushesIt()
    {
        _rig.Type("abc\u0004");
        Assert.Equal("abc", _rig.ReadNow());
        Assert.Null(_rig.ReadNow());
    }

    [Fact]
    public void EndOfFile_RightBehindAFullBuffer_IsNoSecondEnd()
    {
        _rig.Type("abc\u0004");
        Assert.Equal("abc", _rig.ReadNow(3));
        Assert.Null(_rig.ReadNow(3));
    }

    [Fact]
    public void NulByte_InALine_IsData()
    {
        _rig.Type("a\0b\r");
        Assert.Equal("a\0b\n", _rig.ReadNow());
    }

    [Theory]
    [InlineData("\u0003", "^C")]
    [InlineData("\u001C", "^\\")]
    public void Interrupt_Typed_CallsBackAndDropsWhatWaits(string key, string echo)
    {
        int interrupts = 0;
        _rig.Terminal.Interrupted = () => interrupts++;
        _rig.Type("old\rhalf" + key + "new\r");
        Assert.Equal(1, interrupts);
        Assert.Equal("new\n", _rig.ReadNow());
        Assert.Equal("old\r\nhalf" + echo + "new\r\n", _rig.Output.Take());
    }

    [Fact]
    public void Interrupt_WithNoflsh_KeepsWhatWaits()
    {
        _rig.Set(LocalModes.NOFLSH);
        _rig.Type("old\r\u0003");
        Assert.Equal("old\n", _rig.ReadNow());
    }

    [Fact]
    public void Interrupt_WithoutIsig_IsData()
    {
        int interrupts = 0;
        _rig.Terminal.Interrupted = () => interrupts++;
        _rig.Clear(LocalModes.ISIG);
        _rig.Type("a\u0003\r");
        Assert.Equal("a\u0003\n", _rig.ReadNow());
        Assert.Equal(0, interrupts);
    }

    [Fact]
    public void Interrupt_Callback_MayUseTheTerminal()
    {
        _rig.Terminal.Interrupted = () => _rig.Terminal.Write("!"u8);
        _rig.Type("\u0003");
        Assert.Equal("^C!", _rig.Output.Take());
    }

    [Fact]
    public void Suspend_Typed_IsSwallowed()
    {
        _rig.Type("a\u001Ab\r");
        Assert.Equal("ab\n", _rig.ReadNow());
    }

    [Fact]
    public void DisabledCharacter_NeverMatches()
    {
        _rig.Change(termios =>
        {
            termios[ControlCharacter.VINTR] = Termios.Disabled;
            return termios;
        });
        _rig.Type("a\0\u0003\r");
        Assert.Equal("a\0\u0003\n", _rig.ReadNow());
    }

    [Theory]
    [InlineData(InputModes.None, "a\rb\n")]
    [InlineData(InputModes.ICRNL, "a\nb\n")]
    [InlineData(InputModes.IGNCR, "ab\n")]
    public void InputModes_MapReturn(InputModes modes, string expected)
    {
        _rig.Change(termios =>
        {
            termios.Input = modes;
            return termios;
        });
        _rig.Type("a\rb\n");
        string read = _rig.ReadNow() + _rig.ReadNow();
        Assert.Equal(expected, read);
    }

    [Fact]
    public void Inlcr_MapsNewline()
    {
        _rig.Raw(1, 0);
        _rig.Change(termios =>
        {
            termios.Input = InputModes.INLCR;
            return termios;
        });
        _rig.Type("a\nb");
        Assert.Equal("a\rb", _rig.ReadNow());
    }

    [Fact]
    public void ExtraLineEnd_Set_EndsLines()
    {
        _rig.Change(termios =>
        {
            termios[ControlCharacter.VEOL] = (byte)';';
            return termios;
        });
        _rig.Type("a;b");
        Assert.Equal("a;", _rig.ReadNow());
        Assert.Null(_rig.ReadNow());
    }

    [Fact]
    public void Queue_Full_CountsWhatItDropsAndStillEndsTheLine()
    {
        _rig.Clear(LocalModes.ECHO);
        _rig.Type(new string('x', 5000) + "\r");
        Assert.Equal(5000 - 4095, _rig.Terminal.Dropped);
        Assert.Equal(new string('\a', 5000 - 4095), _rig.Output.Take());
        Assert.Equal(new string('x', 4095) + "\n", _rig.ReadNow(8192));
        _rig.Type("y\r");
        Assert.Equal("y\n", _rig.ReadNow());
    }

    [Fact]
    public void Queue_FullOfLines_RefusesFurtherOnes()
    {
        _rig.Clear(LocalModes.ECHO);
        _rig.Type(new string('\r', 5000));
        Assert.Equal(4096, _rig.Terminal.Available);
        Assert.Equal(5000 - 4096, _rig.Terminal.Dropped);
    }
}
