namespace KernelSockets.UserApps.Text.Matching;

/// <summary>
/// The places of a program that a simulation has reached without taking a byte, each with where its match began. A place counts once, for the thread
/// that came first, which is the one that began leftmost.
/// </summary>
internal sealed class RegexThreads(RegexProgram program)
{
    private readonly int[] _seenAt = new int[program.Length];
    private readonly List<(int Place, int Start)> _takers = [];
    private readonly Stack<int> _pending = new();
    private int _generation;

    /// <summary>Places that take a byte, in order.</summary>
    public List<(int Place, int Start)> Takers => _takers;

    /// <summary>Where the match that ends here began; null where none does.</summary>
    public int? Matched { get; private set; }

    /// <summary>Forgets all places.</summary>
    public void Clear()
    {
        _generation++;
        _takers.Clear();
        Matched = null;
    }

    /// <summary>Adds a place and all that is reached from it between two neighbours.</summary>
    public void Add(int place, int start, RegexNeighbour before, RegexNeighbour behind)
    {
        _pending.Push(place);
        while (_pending.TryPop(out int next))
        {
            if (_seenAt[next] != _generation)
            {
                _seenAt[next] = _generation;
                Visit(next, start, before, behind);
            }
        }
    }

    private void Visit(int place, int start, RegexNeighbour before, RegexNeighbour behind)
    {
        RegexInstruction instruction = program[place];
        switch (instruction.Operation)
        {
            case RegexOperation.Match:
                Matched ??= start;
                break;
            case RegexOperation.Take:
                _takers.Add((place, start));
                break;
            case RegexOperation.Split:
                _pending.Push(instruction.Second);
                _pending.Push(instruction.First);
                break;
            case RegexOperation.Jump:
                _pending.Push(instruction.First);
                break;
            case RegexOperation.Assert:
                if (((RegexAssertion)instruction.First).Holds(before, behind))
                {
                    _pending.Push(place + 1);
                }

                break;
            case RegexOperation.Repeat:
                _takers.Add((place, start)); // might take anything: only the backtracking search knows
                _pending.Push(place + 1);
                break;
            default:
                _pending.Push(place + 1);
                break;
        }
    }
}
