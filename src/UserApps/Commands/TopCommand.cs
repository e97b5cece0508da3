using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>top: the tasks, those that use the processor first, again and again.</summary>
internal sealed class TopCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "top";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "watch tasks use the processor";

    /// <inheritdoc/>
    public override string Help => """
        Usage: top [-b] [-d SECONDS] [-n TIMES]
        Shows the tasks by the processor time they used since the last look; q or Ctrl-C ends it, a blank looks at once.
          -b          plain output, one table after the other; keys are not read
          -d SECONDS  time between two looks (2)
          -n TIMES    looks before it ends by itself (no end; 1 with -b)

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("bd:n:", arguments);
        bool isBatch = false;
        TimeSpan delay = TimeSpan.FromSeconds(2);
        int? times = null;
        while (options.TryNext(out char option))
        {
            switch (option)
            {
                case 'b':
                    isBatch = true;
                    break;
                case 'd':
                    delay = ReadDelay(options);
                    break;
                default:
                    times = options.NumberBetween(1, int.MaxValue);
                    break;
            }
        }

        if (options.Error is { } error || options.Operands.Count > 0)
        {
            return Misused(options.Error ?? $"extra operand '{options.Operands[0]}'");
        }

        var view = new TopView(system);
        return isBatch ? RunBatch(view, delay, times ?? 1) : RunOnScreen(view, delay, times ?? int.MaxValue);
    }

    private static TimeSpan ReadDelay(OptionReader options)
    {
        if (double.TryParse(options.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= 0.1 and <= 86400)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        options.Reject($"bad delay interval '{options.Value}': 0.1 to 86400 seconds");
        return TimeSpan.Zero;
    }

    private int RunBatch(TopView view, TimeSpan delay, int times)
    {
        for (int i = 0; i < times; i++)
        {
            if (i > 0)
            {
                Console.Out.WriteLine();
                if (system.Jobs.Sleep(delay) != Errno.Success)
                {
                    return App.InterruptedStatus;
                }
            }

            Console.Out.Write(view.Look(int.MaxValue));
        }

        return 0;
    }

    private int RunOnScreen(TopView view, TimeSpan delay, int times)
    {
        ITerminal terminal = system.Terminal;
        terminal.IsRaw = true;
        Console.Out.Write("\e[?1049h\e[?25l\e[2J");
        try
        {
            for (int i = 0; i < times; i++)
            {
                Console.Out.Write(OnScreen(view.Look(terminal.Rows - 1), terminal.Columns));
                if (i + 1 < times && WaitForKey(terminal, delay) is { } status)
                {
                    return status;
                }
            }

            return 0;
        }
        finally
        {
            Console.Out.Write("\e[?25h\e[?1049l");
            terminal.IsRaw = false;
        }
    }

    /// <summary>Waits for the next look.</summary>
    /// <returns>The exit status when a key ends the program; null to go on.</returns>
    private int? WaitForKey(ITerminal terminal, TimeSpan delay)
    {
        Instant deadline = system.Clock.Now + delay;
        byte[] key = new byte[1];
        while (true)
        {
            IoResult result = terminal.Read(key, deadline);
            if (result.Error == Errno.ETIME)
            {
                return null;
            }

            if (result.Error == Errno.EINTR || (result.Count == 1 && key[0] == 3))
            {
                return App.InterruptedStatus;
            }

            if (!result.IsSuccess || result.Count == 0 || key[0] == 'q')
            {
                return 0;
            }

            if (key[0] == ' ')
            {
                return null;
            }
        }
    }

    /// <summary>Lays lines over what is shown: each is cut to the screen and erases the rest of its row, so nothing flickers.</summary>
    private static string OnScreen(string text, int columns)
    {
        var screen = new StringBuilder("\e[H");
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            screen.Append(line.Length < columns ? line : line[..(columns - 1)]).Append("\e[K\n");
        }

        return screen.Append("\e[J").ToString();
    }
}
