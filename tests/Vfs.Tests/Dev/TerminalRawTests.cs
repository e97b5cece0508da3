using KernelSockets.Vfs.Dev;

namespace KernelSockets.Vfs.Tests.Dev;

/// <summary>Non-canonical input (POSIX XBD 11.1.7), the raw mode of the shell, and changes between the modes.</summary>
public sealed class TerminalRawTests
{
    private readonly TerminalRig _rig = new();

    private TimeSpan Elapsed => _rig.Time.Now - Instant.Zero;

    [Fact]
    public void MinOne_FirstByte_ReturnsAtOnceWithWhatThereIs()
    {
        _rig.Raw(1, 0);
        _rig.TypeAfter(5, "ab\u0003\u007F");
        Assert.Equal(4, _rig.Read(out string text).Count);
        Assert.Equal("ab\u0003\u007F", text);
    }

    [Fact]
    public void MinThree_FewerBytes_WaitsForTheThird()
    {
        _rig.Raw(3, 0);
        _rig.TypeAfter(5, "ab");
        _rig.TypeAfter(50, "c");
        Assert.Equal(3, _rig.Read(out _).Count);
        Assert.Equal(TimeSpan.FromMilliseconds(50), Elapsed);
    }

    [Fact]
    public void MinThree_SmallerBuffer_WaitsOnlyForThat()
    {
        _rig.Raw(3, 0);
        _rig.Type("ab");
        Assert.Equal(2, _rig.Read(out _, size: 2).Count);
    }

    [Fact]
    public void MinZeroTimeZero_NothingThere_ReturnsZero()
    {
        _rig.Raw(0, 0);
        Assert.Equal(IoResult.Ok(0), _rig.Read(out _));
    }

    [Fact]
    public void MinZeroTime_NothingComes_ReturnsZeroAfterTheTime()
    {
        _rig.Raw(0, 5);
        Assert.Equal(IoResult.Ok(0), _rig.Read(out _));
        Assert.Equal(TimeSpan.FromMilliseconds(500), Elapsed);
    }

    [Fact]
    public void MinZeroTime_AByteComes_ReturnsIt()
    {
        _rig.Raw(0, 5);
        _rig.TypeAfter(100, "a");
        Assert.Equal(1, _rig.Read(out _).Count);
        Assert.Equal(TimeSpan.FromMilliseconds(100), Elapsed);
    }

    [Fact]
    public void MinAndTime_PauseBetweenBytes_EndsTheRead()
    {
        _rig.Raw(5, 2);
        _rig.TypeAfter(1000, "a");
        _rig.TypeAfter(1150, "b");
        _rig.TypeAfter(1500, "c");
        Assert.Equal(2, _rig.Read(out string text).Count);
        Assert.Equal("ab", text);
        Assert.Equal(TimeSpan.FromMilliseconds(1350), Elapsed);
    }

    [Fact]
    public void Deadline_BeforeAnyByte_IsEtime()
    {
        _rig.Raw(1, 0);
        Assert.Equal(Errno.ETIME, _rig.Read(out _, 10, Instant.Zero + TimeSpan.FromSeconds(1)).Error);
    }

    [Fact]
    public void Deadline_AfterSomeBytes_ReturnsThem()
    {
        _rig.Raw(3, 0);
        _rig.Type("a");
        Assert.Equal(1, _rig.Read(out _, 10, Instant.Zero + TimeSpan.FromSeconds(1)).Count);
    }

    [Fact]
    public void Interrupted_AfterSomeBytes_ReturnsThem()
    {
        _rig.Raw(3, 0);
        _rig.Type("a");
        _rig.Queues.Queues[0].InterruptNext = true;
        Assert.Equal(1, _rig.Read(out _).Count);
        _rig.Queues.Queues[0].InterruptNext = true;
        Assert.Equal(Errno.EINTR, _rig.Read(out _).Error);
    }

    [Fact]
    public void Queue_FullOfRawBytes_DropsAndCounts()
    {
        _rig.Raw(1, 0);
        _rig.Type(new string('x', 5000));
        Assert.Equal(4095, _rig.Terminal.Available);
        Assert.Equal(905, _rig.Terminal.Dropped);
    }

    [Fact]
    public void HalfLine_GoingRaw_CanBeRead()
    {
        _rig.Type("half");
        Assert.Null(_rig.ReadNow());
        _rig.Raw(1, 0);
        Assert.Equal("half", _rig.ReadNow());
    }

    [Fact]
    public void EndOfFile_TypedBeforeGoingRaw_IsReadAsTheKeyItWas()
    {
        _rig.Type("a\r\u0004");
        _rig.Raw(1, 0);
        Assert.Equal(3, _rig.Read(out string text).Count);
        Assert.Equal("a\n\u0004", text);
    }

    [Fact]
    public void RawBytes_GoingBackToLines_AreAWholeLine()
    {
        Termios cooked = _rig.Terminal.Termios;
        _rig.Raw(1, 0);
        _rig.Type("ahead");
        _rig.Terminal.Termios = cooked;
        Assert.Equal("ahead", _rig.ReadNow());
        Assert.Null(_rig.ReadNow());
        _rig.Type("x\r");
        Assert.Equal("x\n", _rig.ReadNow());
    }

    [Fact]
    public void WaitingReader_WhenTheModeChanges_FollowsIt()
    {
        _rig.Type("half");
        _rig.Time.After(TimeSpan.FromMilliseconds(5), () => _rig.Raw(1, 0));
        Assert.Equal(4, _rig.Read(out string text).Count);
        Assert.Equal("half", text);
    }

    [Fact]
    public void IsRaw_SetAndTakenBack_RestoresTheSettings()
    {
        _rig.Clear(LocalModes.ECHOE);
        Termios before = _rig.Terminal.Termios;
        _rig.Terminal.IsRaw = true;
        Assert.True(_rig.Terminal.IsRaw);
        _rig.Type("a\r\u0003\u007F");
        Assert.Equal("a\n\u0003\u007F", _rig.ReadNow());
        Assert.Equal("", _rig.Output.Take());
        _rig.Terminal.Write("x\n"u8);
        Assert.Equal("x\r\n", _rig.Output.Take());
        _rig.Terminal.IsRaw = false;
        Assert.Equal(before, _rig.Terminal.Termios);
    }

    [Fact]
    public void Reset_AfterWildSettings_IsCookedAgain()
    {
        _rig.Terminal.IsRaw = true;
        _rig.Terminal.Termios = default;
        _rig.Terminal.Reset();
        Assert.False(_rig.Terminal.IsRaw);
        Assert.Equal(Termios.Default, _rig.Terminal.Termios);
    }

    [Fact]
    public void Flush_Pending_IsForgotten()
    {
        _rig.Type("old\r");
        _rig.Terminal.Flush();
        Assert.Equal(0, _rig.Terminal.Available);
        Assert.Null(_rig.ReadNow());
    }

    [Fact]
    public void RandomInput_AnySettings_NeverFailsAndStaysBounded()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(16)];
            random.NextBytes(bytes);
            _rig.Terminal.Input(bytes);
            if (random.Next(16) == 0)
            {
                _rig.Terminal.Termios = RandomSettings(random);
            }

            if (random.Next(4) == 0)
            {
                _rig.ReadNow(random.Next(1, 64));
            }

            Assert.True(_rig.Terminal.Available is >= 0 and <= 4096, $"seed {seed}");
        }

        _rig.Terminal.Reset();
        _rig.Terminal.Flush();
        _rig.Type("ok\r");
        string? read = _rig.ReadNow();
        Assert.True(read is "ok\n", $"seed {seed}: {read}");
    }

    private static Termios RandomSettings(Random random)
    {
        byte[] bytes = new byte[Termios.Size];
        random.NextBytes(bytes);
        Assert.True(Termios.TryRead(bytes, out Termios termios));
        termios[ControlCharacter.VTIME] = 0;
        return termios;
    }
}
