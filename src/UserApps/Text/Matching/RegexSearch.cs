namespace KernelSockets.UserApps.Text.Matching;

/// <summary>Finds the leftmost match of a line and its longest end, in one pass and time proportional to the line and the pattern.</summary>
internal sealed class RegexSearch
{
    private readonly RegexProgram _program;
    private readonly RegexThreads _threads;
    private readonly List<(int Place, int Start)> _kernel = [];
    private readonly ByteSet? _first;

    /// <summary>Prepares a program without back references.</summary>
    public RegexSearch(RegexProgram program)
    {
        _program = program;
        _threads = new RegexThreads(program);
        _first = FirstBytes();
    }

    /// <summary>Searches from a position on.</summary>
    /// <returns>False when there is no match.</returns>
    public bool TryFind(ReadOnlySpan<byte> line, int from, out int start, out int end)
    {
        (start, end) = (-1, -1);
        _kernel.Clear();
        for (int position = from; position <= line.Length; position++)
        {
            if (_kernel.Count == 0)
            {
                if (start >= 0)
                {
                    break;
                }

                position = SkipTo(line, position);
            }

            RegexNeighbour before = RegexPlaces.Before(line, position);
            RegexNeighbour behind = RegexPlaces.Behind(line, position);
            _threads.Clear();
            foreach ((int place, int began) in _kernel)
            {
                _threads.Add(place, began, before, behind);
            }

            if (start < 0)
            {
                _threads.Add(0, position, before, behind);
            }

            if (_threads.Matched is { } matched && (start < 0 || matched <= start))
            {
                (start, end) = (matched, position);
            }

            Step(line, position, start < 0 ? int.MaxValue : start);
        }

        return start >= 0;
    }

    /// <summary>Takes the byte at a position; threads that began behind the match so far are of no use any more.</summary>
    private void Step(ReadOnlySpan<byte> line, int position, int lastStart)
    {
        _kernel.Clear();
        if (position == line.Length)
        {
            return;
        }

        foreach ((int place, int began) in _threads.Takers)
        {
            if (began <= lastStart && _program[place].Set is { } set && set.Contains(line[position]))
            {
                _kernel.Add((place + 1, began));
            }
        }
    }

    /// <summary>The next position where a match could begin.</summary>
    private int SkipTo(ReadOnlySpan<byte> line, int position)
    {
        while (_first is not null && position < line.Length && !_first.Contains(line[position]))
        {
            position++;
        }

        return position;
    }

    /// <summary>The bytes that a match can begin with; null where one can be empty.</summary>
    private ByteSet? FirstBytes()
    {
        ByteSet first = new();
        bool mayBeEmpty = false;
        HashSet<int> seen = [];
        Stack<int> pending = new([0]);
        while (pending.TryPop(out int place))
        {
            if (!seen.Add(place))
            {
                continue;
            }

            RegexInstruction instruction = _program[place];
            switch (instruction.Operation)
            {
                case RegexOperation.Match:
                    mayBeEmpty = true;
                    break;
                case RegexOperation.Take:
                    first.Add(instruction.Set!);
                    break;
                case RegexOperation.Split:
                    pending.Push(instruction.First);
                    pending.Push(instruction.Second);
                    break;
                case RegexOperation.Jump:
                    pending.Push(instruction.First);
                    break;
                default:
                    pending.Push(place + 1);
                    break;
            }
        }

        return mayBeEmpty ? null : first;
    }
}
