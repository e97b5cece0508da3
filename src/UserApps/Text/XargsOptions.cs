using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>How xargs takes its input apart, and how much of it a command gets.</summary>
internal sealed class XargsOptions
{
    private const int DefaultBytes = 131_072;

    /// <summary>-0 or -d: what ends a word; null for blanks and newlines.</summary>
    public byte? Delimiter { get; private set; }

    /// <summary>-I.</summary>
    public string? Replaced { get; private set; }

    /// <summary>-n.</summary>
    public int MostWords { get; private set; } = int.MaxValue;

    /// <summary>-L, and 1 with -I.</summary>
    public int MostLines { get; private set; } = int.MaxValue;

    /// <summary>-s.</summary>
    public int MostBytes { get; private set; } = DefaultBytes;

    /// <summary>-r, and with -I.</summary>
    public bool NeedsWords { get; private set; }

    /// <summary>-t.</summary>
    public bool IsVerbose { get; private set; }

    /// <summary>Takes an option; what is wrong with its value goes to the reader.</summary>
    public void Take(char option, OptionReader reader)
    {
        switch (option)
        {
            case '0':
                Delimiter = 0;
                break;
            case 'd':
                TakeDelimiter(reader);
                break;
            case 'I':
                (Replaced, NeedsWords, MostWords) = (reader.Value, true, int.MaxValue);
                break;
            case 'L':
                MostLines = reader.NumberBetween(1, int.MaxValue);
                break;
            case 'n':
                MostWords = reader.NumberBetween(1, int.MaxValue);
                break;
            case 's':
                MostBytes = reader.NumberBetween(1, int.MaxValue);
                break;
            case 'r':
                NeedsWords = true;
                break;
            case 't':
                IsVerbose = true;
                break;
        }
    }

    private void TakeDelimiter(OptionReader reader)
    {
        byte[] value = PrintfEscape.Expand(Encoding.UTF8.GetBytes(reader.Value), out _);
        if (value.Length == 1)
        {
            Delimiter = value[0];
        }
        else
        {
            reader.Reject($"invalid input delimiter specification {reader.Value}: the delimiter must be either a single character or an escape sequence starting with \\.");
        }
    }
}
