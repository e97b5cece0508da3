using System.Text;
using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text;

/// <summary>What grep prints of a file.</summary>
internal enum GrepReport
{
    /// <summary>The lines.</summary>
    Lines,

    /// <summary>-o: the parts that match.</summary>
    Parts,

    /// <summary>-c: how many lines.</summary>
    Count,

    /// <summary>-l: its name, if there is a line.</summary>
    NameWith,

    /// <summary>-L: its name, if there is none.</summary>
    NameWithout,

    /// <summary>-q: nothing.</summary>
    Nothing,
}

/// <summary>What grep is to do.</summary>
internal sealed class GrepOptions
{
    /// <summary>The letter that stands for <c>--color</c>.</summary>
    public const char Color = '\u0001';

    private readonly List<byte[]> _patterns = [];
    private RegexSyntax? _syntax;
    private RegexExtent _extent;
    private bool _ignoresCase;
    private bool _hasPatterns;

    /// <summary>-v.</summary>
    public bool IsInverted { get; private set; }

    /// <summary>-n.</summary>
    public bool ShowsNumbers { get; private set; }

    /// <summary>-b.</summary>
    public bool ShowsOffsets { get; private set; }

    /// <summary>What is printed.</summary>
    public GrepReport Report { get; private set; }

    /// <summary>-s.</summary>
    public bool HidesErrors { get; private set; }

    /// <summary>-r or -R.</summary>
    public bool IsRecursive { get; private set; }

    /// <summary>-R.</summary>
    public bool FollowsLinks { get; private set; }

    /// <summary>-a.</summary>
    public bool IsAlwaysText { get; private set; }

    /// <summary>-H or -h; null to decide by the operands.</summary>
    public bool? ShowsNames { get; private set; }

    /// <summary>-m.</summary>
    public long MostLines { get; private set; } = long.MaxValue;

    /// <summary>-B.</summary>
    public long Before { get; private set; } = -1;

    /// <summary>-A.</summary>
    public long After { get; private set; } = -1;

    /// <summary>What lines end with.</summary>
    public byte End { get; private set; } = (byte)'\n';

    /// <summary>What is wrong with the value of an option; null for nothing.</summary>
    public string? Error { get; private set; }

    /// <summary>Takes an option.</summary>
    public void Take(TextProgram program, char option, OptionReader reader)
    {
        switch (option)
        {
            case 'E' or 'F' or 'G':
                TakeSyntax(option == 'E' ? RegexSyntax.Extended : option == 'F' ? RegexSyntax.Fixed : RegexSyntax.Basic);
                break;
            case 'w' or 'x':
                _extent = option == 'x' || _extent == RegexExtent.Line ? RegexExtent.Line : RegexExtent.Words;
                break;
            case 'e':
                AddPatterns(Encoding.UTF8.GetBytes(reader.Value));
                break;
            case 'f':
                AddFile(program, reader);
                break;
            case 'A' or 'B' or 'C':
                TakeContext(option, reader);
                break;
            case 'm':
                MostLines = ReadCount(reader, "max count");
                break;
            case 'c' or 'l' or 'L' or 'q' or 'o':
                TakeReport(option);
                break;
            default:
                TakeFlag(option);
                break;
        }
    }

    /// <summary>Takes the first operand as the pattern, where no option told one.</summary>
    /// <returns>The files; null when there is no pattern.</returns>
    public IReadOnlyList<string>? TakePattern(IReadOnlyList<string> operands)
    {
        if (_hasPatterns)
        {
            return operands;
        }

        if (operands.Count == 0)
        {
            return null;
        }

        AddPatterns(Encoding.UTF8.GetBytes(operands[0]));
        return [.. operands.Skip(1)];
    }

    /// <summary>Compiles the patterns.</summary>
    /// <exception cref="RegexException">One of them is none.</exception>
    public RegularExpression Compile() => new(_patterns, _syntax ?? RegexSyntax.Basic, _ignoresCase, _extent);

    private void TakeSyntax(RegexSyntax syntax)
    {
        Error ??= _syntax is not null && _syntax != syntax ? "conflicting matchers specified" : null;
        _syntax = syntax;
    }

    private void TakeReport(char option)
    {
        GrepReport report = option switch
        {
            'c' => GrepReport.Count,
            'l' => GrepReport.NameWith,
            'L' => GrepReport.NameWithout,
            'q' => GrepReport.Nothing,
            _ => GrepReport.Parts,
        };
        bool isName = report is GrepReport.NameWith or GrepReport.NameWithout;
        Report = report > Report || (isName && Report != GrepReport.Nothing) ? report : Report; // the shortest report wins, the last of -l and -L
    }

    private void TakeFlag(char option)
    {
        _ignoresCase |= option is 'i' or 'y';
        IsInverted |= option == 'v';
        ShowsNumbers |= option == 'n';
        ShowsOffsets |= option == 'b';
        HidesErrors |= option == 's';
        IsRecursive |= option is 'r' or 'R';
        FollowsLinks |= option == 'R';
        IsAlwaysText |= option == 'a';
        ShowsNames = option == 'H' ? true : option == 'h' ? false : ShowsNames;
        End = option == 'z' ? (byte)0 : End;
    }

    private void TakeContext(char option, OptionReader reader)
    {
        long count = ReadCount(reader, "context length argument");
        Before = option == 'B' || (option == 'C' && Before < 0) ? count : Before;
        After = option == 'A' || (option == 'C' && After < 0) ? count : After;
    }

    private long ReadCount(OptionReader reader, string what)
    {
        if (!SizedNumber.TryParse(reader.Value, out long number))
        {
            Error ??= what == "max count" ? "invalid max count" : $"{reader.Value}: invalid {what}";
        }

        return number;
    }

    private void AddPatterns(ReadOnlySpan<byte> lines)
    {
        _hasPatterns = true;
        foreach (Range line in lines.Split((byte)'\n'))
        {
            _patterns.Add(lines[line].ToArray());
        }
    }

    private void AddFile(TextProgram program, OptionReader reader)
    {
        _hasPatterns = true;
        try
        {
            Stream stream = program.Open(reader.Value);
            try
            {
                LineReader lines = new(stream);
                while (lines.TryRead(out ReadOnlySpan<byte> line))
                {
                    _patterns.Add(line.ToArray());
                }
            }
            finally
            {
                program.Close(stream);
            }
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            Error ??= $"{reader.Value}: {TextProgram.Reason(reader.Value, exception)}";
        }
    }
}
