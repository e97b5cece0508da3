using System.Text;
using KernelSockets.UserApps.Network.Telnet;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>The telnet protocol (RFC 854, 855, 1073) as telnetd speaks it.</summary>
public sealed class TelnetTests
{
    [Theory]
    [InlineData("ls\r\n", "ls\r")]
    [InlineData("ls\r\0", "ls\r")]
    [InlineData("a\rb", "a\rb")]
    [InlineData("\r\n\r\0\n", "\r\r\n")]
    [InlineData("a\u00FF\u00FFb", "a\u00FFb")]
    [InlineData("\u00FF\u00F4", "\u0003")]
    [InlineData("\u00FF\u00F3", "\u0003")]
    [InlineData("\u00FF\u00EC", "\u0004")]
    [InlineData("\u00FF\u00F7\u00FF\u00F8", "\u007F\u0015")]
    [InlineData("a\u00FF\u00F1b\u00FF\u00F9c\u00FF\u00F2", "abc")]
    [InlineData("a\u00FF\u00FA\u0018\0xterm\u00FF\u00F0b", "ab")]
    [InlineData("a\u00FF\u00FB\u0018b", "ab")]
    public void Keys_AreWhatWasTyped_InWhateverPieces(string sent, string keys)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(sent);
        Assert.Equal(keys, Keys(new TelnetDecoder(), [bytes]));
        Assert.Equal(keys, Keys(new TelnetDecoder(), [.. bytes.Select(static value => new[] { value })]));
    }

    [Theory]
    [InlineData("\u00FF\u00FD\u0001\u00FF\u00FD\u0003\u00FF\u00FB\u001F", "")] // what was offered is taken: nothing more to say
    [InlineData("\u00FF\u00FD\u0018", "\u00FF\u00FC\u0018")]
    [InlineData("\u00FF\u00FB\u0022", "\u00FF\u00FE\u0022")]
    [InlineData("\u00FF\u00FE\u0001\u00FF\u00FE\u0001", "\u00FF\u00FC\u0001")]
    [InlineData("\u00FF\u00FC\u001F\u00FF\u00FE\u0063", "")]
    [InlineData("\u00FF\u00F6", "\r\n[yes]\r\n")]
    public void Options_AreAnsweredOnce_AndRefusalsNever(string sent, string answer)
    {
        List<byte> answers = [];
        new TelnetDecoder().Decode(Encoding.Latin1.GetBytes(sent), [], answers);
        Assert.Equal(answer, Encoding.Latin1.GetString([.. answers]));
    }

    [Theory]
    [InlineData("\u00FF\u00FA\u001F\0\u0050\0\u0018\u00FF\u00F0", 24, 80)]
    [InlineData("\u00FF\u00FA\u001F\0\u00FF\u00FF\u0001\0\u00FF\u00F0", 256, 255)]
    public void Window_IsTold(string sent, int rows, int columns)
    {
        TelnetDecoder decoder = new();
        decoder.Decode(Encoding.Latin1.GetBytes(sent), [], []);
        Assert.Equal((rows, columns), decoder.Window);
        decoder.Decode("x"u8, [], []);
        Assert.Null(decoder.Window);
    }

    [Theory]
    [InlineData("\u00FF\u00FA\u001F\0\u0050\0\u00FF\u00F0")]
    [InlineData("\u00FF\u00FA\u001F\0\u0050\0\u0018\0\u00FF\u00F0")]
    [InlineData("\u00FF\u00FA\u00FF\u00F0")]
    public void Window_Malformed_IsIgnored(string sent)
    {
        TelnetDecoder decoder = new();
        decoder.Decode(Encoding.Latin1.GetBytes(sent), [], []);
        Assert.Null(decoder.Window);
    }

    [Fact]
    public void Decoder_RandomBytes_StaysBounded()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        TelnetDecoder decoder = new();
        byte[] interesting = [255, 255, 250, 240, 251, 252, 253, 254, 244, 31, 1, 3, 13, 10, 0];
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 200)];
            for (int k = 0; k < bytes.Length; k++)
            {
                bytes[k] = random.Next(2) == 0 ? interesting[random.Next(interesting.Length)] : (byte)random.Next(256);
            }

            List<byte> keys = [];
            List<byte> answers = [];
            decoder.Decode(bytes, keys, answers);
            Assert.True(keys.Count <= bytes.Length && answers.Count <= bytes.Length * 5, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("a\r\nb", "a\r\nb")]
    [InlineData("a\rb", "a\r\0b")]
    [InlineData("\u00FF", "\u00FF\u00FF")]
    [InlineData("\r\r\n", "\r\0\r\n")]
    public void Output_IsEncoded_InWhateverPieces(string output, string sent)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(output);
        byte[] encoded = new byte[100];
        int length = new TelnetEncoder().Encode(bytes, encoded);
        Assert.Equal(sent, Encoding.Latin1.GetString(encoded, 0, length));
        TelnetEncoder encoder = new();
        length = 0;
        foreach (byte value in bytes)
        {
            length += encoder.Encode([value], encoded.AsSpan(length));
        }

        Assert.Equal(sent, Encoding.Latin1.GetString(encoded, 0, length));
    }

    [Theory]
    [InlineData("telnetd")]
    [InlineData("telnetd -p 23")]
    [InlineData("telnetd -b junk")]
    [InlineData("telnetd -b 127.0.0.1 -p 0")]
    [InlineData("telnetd -b 127.0.0.1 x")]
    public void Telnetd_Misused_ListensNowhere(string line)
    {
        FakeSystem system = new();
        Assert.StartsWith("telnetd: ", system.Run(line), StringComparison.Ordinal);
        Assert.Equal(2, system.Shell.LastStatus);
    }

    private static string Keys(TelnetDecoder decoder, byte[][] pieces)
    {
        List<byte> keys = [];
        foreach (byte[] piece in pieces)
        {
            decoder.Decode(piece, keys, []);
        }

        return Encoding.Latin1.GetString([.. keys]);
    }
}
