using System.Text;
using KernelSockets.Drivers.Console;
using KernelSockets.Drivers.Console.Tests;

namespace KernelSockets.UserApps.Tests;

/// <summary>Whatever was shown before, after an update the screen looks as if prompt and line had been written on it at once.</summary>
public sealed class LineViewTests
{
    private const string Prompt = "ks:/# ";
    private const int Columns = 20;
    private const int Rows = 12;
    private const string Alphabet = "abcdefgh 漢字ü\u0301";

    [Fact]
    public void RandomEdits_AfterEachUpdate_TheScreenIsWhatAPersonExpects()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int round = 0; round < 40; round++)
        {
            RunRound(random, startColumn: random.Next(Columns), seed);
        }
    }

    private static void RunRound(Random random, int startColumn, int seed)
    {
        var terminal = new ScreenTerminal();
        terminal.Write(Encoding.ASCII.GetBytes(new string('.', startColumn)));
        var view = new LineView(terminal);
        var line = new LineBuffer();
        view.Start(startColumn);
        for (int step = 0; step < 100; step++)
        {
            Edit(line, random);
            view.Show(Prompt, line);
            (string text, (int Row, int Column) cursor) = Expected(startColumn, line);
            Assert.True(text == terminal.Device.Text(), $"seed {seed}, step {step}: expected\n{text}\nbut the screen shows\n{terminal.Device.Text()}");
            (int Row, int Column) actual = (terminal.Device.CursorRow, terminal.Device.CursorColumn);
            Assert.True(cursor == actual, $"seed {seed}, step {step}: the cursor is at {actual} instead of {cursor}");
        }
    }

    private static void Edit(LineBuffer line, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                line.DeleteBefore();
                break;
            case 1:
                line.MoveTo(random.Next(line.Length + 1));
                break;
            case 2:
                line.KillTo(random.Next(line.Length + 1));
                break;
            case 3:
                line.Set(RandomText(random, random.Next(60)));
                break;
            case 4:
                line.MoveTo(line.Length);
                break;
            default:
                if (line.Length < 90)
                {
                    line.Insert(RandomText(random, random.Next(1, 4)));
                }

                break;
        }
    }

    private static string RandomText(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    private static (string Text, (int Row, int Column) Cursor) Expected(int startColumn, LineBuffer line)
    {
        string before = line.TextBeforeCursor();
        ArrayFrameBuffer whole = Draw(startColumn, line.ToString());
        ArrayFrameBuffer partial = Draw(startColumn, before);
        return (whole.Text(), (partial.CursorRow, partial.CursorColumn));
    }

    private static ArrayFrameBuffer Draw(int startColumn, string text)
    {
        var device = new ArrayFrameBuffer(Columns, Rows);
        var screen = new VgaScreen(device);
        screen.Write(Encoding.UTF8.GetBytes(new string('.', startColumn) + Prompt + text));

        // The screen keeps the cursor in a full row; the editor puts it where the next character goes.
        if (screen.CursorColumn == Columns - 1 && IsFull(startColumn, text))
        {
            screen.Write(" \r"u8);
        }

        return device;
    }

    private static bool IsFull(int startColumn, string text)
    {
        int column = startColumn;
        foreach (Rune rune in (Prompt + text).EnumerateRunes())
        {
            int width = TextWidth.Of(rune);
            column = column + width > Columns ? width : column + width;
        }

        return column == Columns;
    }

    private sealed class ScreenTerminal : ITerminal
    {
        private readonly VgaScreen _screen;

        public ScreenTerminal()
        {
            Device = new ArrayFrameBuffer(LineViewTests.Columns, LineViewTests.Rows);
            _screen = new VgaScreen(Device);
        }

        public ArrayFrameBuffer Device { get; }

        public int Columns => LineViewTests.Columns;

        public int Rows => LineViewTests.Rows;

        public bool IsRaw { get; set; }

        public IoResult Read(Span<byte> destination, Instant deadline) => Errno.EIO;

        public IoResult Write(ReadOnlySpan<byte> source)
        {
            _screen.Write(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(source).Replace("\n", "\r\n", StringComparison.Ordinal)));
            return IoResult.Ok(source.Length);
        }
    }
}
