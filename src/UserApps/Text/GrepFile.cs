using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text;

/// <summary>The search of one file, and what is printed of it.</summary>
internal sealed class GrepFile(TextProgram program, GrepOptions options, RegularExpression expression, GrepGroups groups, string name, bool showsName)
{
    private const char OfMatch = ':';
    private const char OfContext = '-';

    private readonly Queue<(byte[] Line, long Offset)> _before = new();
    private readonly byte[] _prefixName = System.Text.Encoding.UTF8.GetBytes(name);
    private long _number;
    private long _offset;
    private long _lastPrinted;
    private long _contextLeft;
    private long _found;
    private bool _hasPrinted;

    private bool HasContext => options.Before >= 0 || options.After >= 0;

    private bool PrintsLines => options.Report is GrepReport.Lines or GrepReport.Parts;

    private bool StopsAtFirst => options.Report is GrepReport.NameWith or GrepReport.NameWithout or GrepReport.Nothing;

    /// <summary>Searches and prints.</summary>
    /// <returns>True where the file has what was looked for.</returns>
    public bool Run(Stream stream)
    {
        LineReader lines = program.Lines(stream, options.End);
        while ((_found < options.MostLines || (_contextLeft > 0 && _found > 0)) && lines.TryRead(out ReadOnlySpan<byte> line))
        {
            _number++;
            bool isFound = expression.IsMatch(line) != options.IsInverted;
            if (isFound && _found < options.MostLines)
            {
                if (!TakeFound(line, IsBinary(lines)))
                {
                    break;
                }
            }
            else
            {
                TakeOther(line, IsBinary(lines));
            }

            _offset += line.Length + (lines.IsTerminated ? 1 : 0);
        }

        return Finish();
    }

    private bool IsBinary(LineReader lines) => lines.HasNul && !options.IsAlwaysText && options.End != 0;

    /// <summary>A line that was looked for.</summary>
    /// <returns>False when nothing more of the file matters.</returns>
    private bool TakeFound(ReadOnlySpan<byte> line, bool isBinary)
    {
        _found++;
        if (StopsAtFirst)
        {
            return false;
        }

        if (PrintsLines && isBinary)
        {
            program.Output.Flush();
            Console.Error.WriteLine($"{program.Name}: {name}: binary file matches");
            return false;
        }

        if (PrintsLines)
        {
            PrintBefore();
            if (options.Report == GrepReport.Lines)
            {
                Print(line, _offset, _number, OfMatch);
            }
            else if (!options.IsInverted)
            {
                PrintParts(line);
            }

            _lastPrinted = _number;
            _hasPrinted = true;
            _contextLeft = Math.Max(options.After, 0);
        }

        return true;
    }

    /// <summary>Another line, which may be context.</summary>
    private void TakeOther(ReadOnlySpan<byte> line, bool isBinary)
    {
        if (!PrintsLines || isBinary)
        {
            return;
        }

        if (_contextLeft > 0)
        {
            _contextLeft--;
            _lastPrinted = _number;
            PrintContext(line, _offset, _number);
        }
        else if (options.Before > 0)
        {
            _before.Enqueue((line.ToArray(), _offset));
            if (_before.Count > options.Before)
            {
                _before.Dequeue();
            }
        }
    }

    private void PrintBefore()
    {
        long first = _number - _before.Count;
        bool isApart = _hasPrinted ? first > _lastPrinted + 1 : groups.IsAnyPrinted;
        if (HasContext && isApart)
        {
            program.Output.Write("--\n");
        }

        groups.IsAnyPrinted = true;
        foreach ((byte[] line, long offset) in _before)
        {
            PrintContext(line, offset, first++);
        }

        _before.Clear();
    }

    private void PrintContext(ReadOnlySpan<byte> line, long offset, long number)
    {
        if (options.Report == GrepReport.Lines)
        {
            Print(line, offset, number, OfContext);
        }
    }

    private void PrintParts(ReadOnlySpan<byte> line)
    {
        int from = 0;
        while (from <= line.Length && expression.TryFind(line, from, out int start, out int end))
        {
            if (end > start)
            {
                Print(line[start..end], _offset + start, _number, OfMatch);
            }

            from = end > start ? end : start + 1;
        }
    }

    private void Print(ReadOnlySpan<byte> text, long offset, long number, char separator)
    {
        ByteWriter output = program.Output;
        if (showsName)
        {
            output.WriteLine(_prefixName, (byte)separator);
        }

        if (options.ShowsNumbers)
        {
            output.Write(number);
            output.Write((byte)separator);
        }

        if (options.ShowsOffsets)
        {
            output.Write(offset);
            output.Write((byte)separator);
        }

        output.WriteLine(text, options.End);
    }

    private bool Finish()
    {
        ByteWriter output = program.Output;
        switch (options.Report)
        {
            case GrepReport.Count:
                if (showsName)
                {
                    output.WriteLine(_prefixName, (byte)OfMatch);
                }

                output.Write(_found);
                output.Write((byte)'\n');
                break;
            case GrepReport.NameWith when _found > 0:
                output.WriteLine(_prefixName);
                break;
            case GrepReport.NameWithout when _found == 0:
                output.WriteLine(_prefixName);
                break;
        }

        return _found > 0;
    }
}
