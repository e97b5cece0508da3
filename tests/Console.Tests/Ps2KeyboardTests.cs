using System.Text;

namespace KernelSockets.Drivers.Console.Tests;

public sealed class Ps2KeyboardTests
{
    private readonly Ps2Keyboard _keyboard = new();

    private string Type(params byte[] codes)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[Ps2Keyboard.MaxBytes];
        foreach (byte code in codes)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, _keyboard.Decode(code, buffer)));
        }

        return text.ToString();
    }

    [Fact]
    public void Letters_PressedAndReleased_SendThemselvesOnce() => Assert.Equal("ks", Type(0x25, 0xA5, 0x1F, 0x9F));

    [Fact]
    public void Rows_Pressed_FollowTheUsLayout()
    {
        Assert.Equal("1234567890-=", Type(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13));
        Assert.Equal("qwertyuiop[]", Type(0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B));
        Assert.Equal("asdfghjkl;'`", Type(0x1E, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29));
        Assert.Equal("\\zxcvbnm,./ ", Type(0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x39));
    }

    [Fact]
    public void Shift_HeldAndReleased_ShiftsBetween() => Assert.Equal("A!a", Type(0x2A, 0x1E, 0x02, 0xAA, 0x1E));

    [Fact]
    public void BothShifts_OneReleased_StillShift() => Assert.Equal("A", Type(0x2A, 0x36, 0xAA, 0x1E));

    [Fact]
    public void CapsLock_On_ShiftsLettersOnly() => Assert.Equal("A1a", Type(0x3A, 0xBA, 0x1E, 0x02, 0x2A, 0x1E));

    [Theory]
    [InlineData(0x2E, "\u0003")]
    [InlineData(0x20, "\u0004")]
    [InlineData(0x1E, "\u0001")]
    [InlineData(0x1A, "\e")]
    [InlineData(0x2B, "\u001C")]
    [InlineData(0x39, "\0")]
    [InlineData(0x0E, "\b")]
    [InlineData(0x35, "\u001F")]
    public void Control_WithKey_SendsTheControlCharacter(byte code, string expected)
    {
        Assert.Equal(expected, Type(0x1D, code));
        Assert.Equal(expected, Type(0x9D, 0xE0, 0x1D, code));
    }

    [Fact]
    public void Alt_WithLetter_PutsEscapeInFront() => Assert.Equal("\ebx", Type(0x38, 0x30, 0xB8, 0x2D));

    [Theory]
    [InlineData(0x48, "\e[A")]
    [InlineData(0x50, "\e[B")]
    [InlineData(0x4D, "\e[C")]
    [InlineData(0x4B, "\e[D")]
    [InlineData(0x47, "\e[H")]
    [InlineData(0x4F, "\e[F")]
    [InlineData(0x52, "\e[2~")]
    [InlineData(0x53, "\e[3~")]
    [InlineData(0x49, "\e[5~")]
    [InlineData(0x51, "\e[6~")]
    [InlineData(0x1C, "\r")]
    [InlineData(0x35, "/")]
    public void ExtendedKey_Pressed_SendsXtermsSequence(byte code, string expected)
    {
        Assert.Equal(expected, Type(0xE0, code, 0xE0, (byte)(code | 0x80)));
        Assert.Equal(expected, Type(0xE0, 0x2A, 0xE0, code, 0xE0, 0xAA));
    }

    [Theory]
    [InlineData(new byte[] { 0x3B }, "\eOP")]
    [InlineData(new byte[] { 0x3E }, "\eOS")]
    [InlineData(new byte[] { 0x3F }, "\e[15~")]
    [InlineData(new byte[] { 0x40 }, "\e[17~")]
    [InlineData(new byte[] { 0x44 }, "\e[21~")]
    [InlineData(new byte[] { 0x57 }, "\e[23~")]
    [InlineData(new byte[] { 0x58 }, "\e[24~")]
    [InlineData(new byte[] { 0x2A, 0x3B }, "\e[1;2P")]
    [InlineData(new byte[] { 0x1D, 0x38, 0x2A, 0x58 }, "\e[24;8~")]
    public void FunctionKey_Pressed_SendsXtermsSequence(byte[] codes, string expected) => Assert.Equal(expected, Type(codes));

    [Fact]
    public void Control_WithArrow_HasTheModifier() => Assert.Equal("\e[1;5C", Type(0x1D, 0xE0, 0x4D));

    [Fact]
    public void ApplicationMode_Arrow_SendsSs3()
    {
        _keyboard.IsApplicationMode = true;
        Assert.Equal("\eOA", Type(0xE0, 0x48));
    }

    [Fact]
    public void Keypad_ByNumLock_IsDigitsOrCursor()
    {
        Assert.Equal("7", Type(0x47));
        Assert.Equal("\e[H", Type(0x45, 0xC5, 0x47));
        Assert.Equal("+-", Type(0x4E, 0x4A));
    }

    [Theory]
    [InlineData(0x0E, "\u007F")]
    [InlineData(0x0F, "\t")]
    [InlineData(0x1C, "\r")]
    [InlineData(0x01, "\e")]
    public void EditingKey_Pressed_SendsItsByte(byte code, string expected) => Assert.Equal(expected, Type(code));

    [Fact]
    public void Tab_WithShift_IsBackTab() => Assert.Equal("\e[Z", Type(0x2A, 0x0F));

    [Fact]
    public void Pause_Pressed_SendsNothingAndHoldsNothing() => Assert.Equal("a", Type(0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5, 0x1E));

    [Fact]
    public void UnknownCodes_All_AreIgnored()
    {
        Assert.Equal("", Type(0xFA, 0xFE, 0xEE, 0xFF, 0x00, 0x7F, 0x54, 0x60, 0xE0, 0x5B, 0xE0, 0xDB, 0xE0, 0x00));
        Assert.Equal("a", Type(0x1E));
    }

    [Fact]
    public void RandomCodes_AnyMix_NeverFail()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        byte[] buffer = new byte[Ps2Keyboard.MaxBytes];
        for (int i = 0; i < 200_000; i++)
        {
            int length = _keyboard.Decode((byte)random.Next(256), buffer);
            Assert.True(length is >= 0 and <= Ps2Keyboard.MaxBytes, $"seed {seed}");
        }
    }
}
