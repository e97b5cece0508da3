using KernelSockets.UserApps.Tests.Fakes;
using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>more on the screen of a simulated machine.</summary>
public sealed class MoreTests
{
    private readonly FakeSystem _system = new();

    [Fact]
    public void Pages_FollowTheKeys()
    {
        int page = _system.Terminal.Rows - 1;
        Assert.Equal($"{page}\n--More--", LastLines(Show("", lines: 100)));
        Assert.Equal($"{page + 1}\n--More--", LastLines(Show("\r", lines: 100)));
        Assert.Equal($"{2 * page}\n--More--", LastLines(Show(" ", lines: 100)));
        Assert.Equal($"{page}\n--More--", LastLines(Show(" b", lines: 100)));
        Assert.Equal("99\n100", LastLines(Show("     ", lines: 100)));
    }

    [Fact]
    public void Search_GoesOnToTheLine()
    {
        string screen = Show("/77\rq", lines: 200);
        Assert.Contains("...skipping\n77\n78\n", screen, StringComparison.Ordinal);
        Assert.Contains("Pattern not found", Show("/nosuch\rq", lines: 200), StringComparison.Ordinal);
        Assert.Contains("\n150\n", Show("/5[05]$\rnnnq", lines: 200), StringComparison.Ordinal);
        Assert.Contains("Unmatched [", Show("/[\rq", lines: 200), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q", 0)]
    [InlineData("\u0003", 130)]
    public void Keys_EndIt(string key, int expected)
    {
        Show(key, lines: 100, out int? status);
        Assert.Equal(expected, status);
        Assert.False(_system.Console.IsRaw);
    }

    [Fact]
    public void WithoutATerminal_ItCopies()
    {
        TextRun run = TextRun.Ours(new More(_system.Terminal, static () => false).Run, ["more"], "a\n\0b"u8.ToArray());
        Assert.Equal(new TextRun(0, "a\n\0b", ""), run);
    }

    private string Show(string keys, int lines) => Show(keys, lines, out _);

    /// <summary>Shows numbered lines until the keys are used up.</summary>
    private string Show(string keys, int lines, out int? status)
    {
        string text = string.Concat(Enumerable.Range(1, lines).Select(static i => $"{i}\n"));
        int before = _system.Transcript.Length;
        _system.Type(keys);
        status = null;
        try
        {
            status = TextRun.Ours(new More(_system.Terminal, static () => true).Run, ["more"], System.Text.Encoding.ASCII.GetBytes(text), output: new TerminalStream(_system.Terminal)).Status;
        }
        catch (Simulation.SimulationStalledException)
        {
            // It waits for a key that never comes.
        }

        return _system.Transcript[before..];
    }

    private static string LastLines(string transcript)
    {
        string text = transcript.Replace("\e[7m", "", StringComparison.Ordinal).Replace("\e[0m", "", StringComparison.Ordinal).Replace("--More--\r\e[K", "", StringComparison.Ordinal);
        return string.Join('\n', text.TrimEnd('\n').Split('\n')[^2..]);
    }

    private sealed class TerminalStream(ITerminal terminal) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => terminal.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => terminal.Write(buffer.AsSpan(offset, count));
    }
}
