namespace KernelSockets.UserApps.Text.Matching;

/// <summary>
/// Tells whether a line has a match anywhere, in one pass and time proportional to its length: a deterministic automaton whose states are made when they are
/// first reached. A back reference counts as matching anything, so with one the answer may only be "perhaps".
/// </summary>
internal sealed class RegexAutomaton
{
    /// <summary>Most states; then all are forgotten and made anew as needed.</summary>
    private const int MaxStates = 4096;

    private const int Unknown = -1;
    private const int Matched = 0;
    private const int EdgeClass = 0;

    private readonly RegexProgram _program;
    private readonly RegexThreads _threads;
    private readonly byte[] _classOf = new byte[ByteSet.Values];
    private readonly List<byte> _representatives = [0];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _states = [];
    private readonly int _classCount;
    private int[] _next = [];
    private int _start;

    /// <summary>Prepares a program.</summary>
    public RegexAutomaton(RegexProgram program)
    {
        _program = program;
        _threads = new RegexThreads(program);
        _classCount = ClassifyBytes() + 1; // the end of the line is a class of its own
        Forget();
    }

    /// <summary>True when some part of the line matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> line)
    {
        int state = _start;
        foreach (byte value in line)
        {
            int next = _next[(state * _classCount) + _classOf[value] + 1];
            state = next != Unknown ? next : Make(state, _classOf[value] + 1);
            if (state == Matched)
            {
                return true;
            }
        }

        int last = _next[(state * _classCount) + EdgeClass];
        return (last != Unknown ? last : Make(state, EdgeClass)) == Matched;
    }

    /// <summary>Bytes that no instruction tells apart are one class.</summary>
    /// <returns>How many classes there are.</returns>
    private int ClassifyBytes()
    {
        int count = 1;
        count = Refine(ByteClass.IsWord, count);
        foreach (RegexInstruction instruction in _program.Instructions)
        {
            count = instruction.Set is { } set ? Refine(set.Contains, count) : count;
        }

        _representatives.Clear();
        for (int i = 0; i < count; i++)
        {
            _representatives.Add((byte)Array.IndexOf(_classOf, (byte)i));
        }

        return count;
    }

    private int Refine(Func<byte, bool> contains, int count)
    {
        Dictionary<(byte Old, bool Inside), byte> classes = [];
        for (int value = 0; value < ByteSet.Values; value++)
        {
            (byte Old, bool Inside) key = (_classOf[value], contains((byte)value));
            if (!classes.TryGetValue(key, out byte number))
            {
                number = (byte)classes.Count;
                classes.Add(key, number);
            }

            _classOf[value] = number;
        }

        return Math.Max(count, classes.Count);
    }

    private void Forget()
    {
        _numbers.Clear();
        _states.Clear();
        _states.Add(""); // the state after a match
        _next = new int[_classCount];
        _start = Number(RegexNeighbour.Edge, [0]);
    }

    /// <summary>The state after another one and a byte of a class.</summary>
    private int Make(int state, int classNumber)
    {
        string kernel = _states[state];
        RegexNeighbour before = (RegexNeighbour)kernel[0];
        byte value = classNumber == EdgeClass ? (byte)0 : _representatives[classNumber - 1];
        RegexNeighbour behind = classNumber == EdgeClass ? RegexNeighbour.Edge : RegexPlaces.Of(value);
        _threads.Clear();
        foreach (char place in kernel.AsSpan(1))
        {
            _threads.Add(place, 0, before, behind);
        }

        int next = Matched;
        if (_threads.Matched is null)
        {
            SortedSet<int> places = [0]; // a match may begin behind this byte, too
            foreach ((int place, int _) in classNumber == EdgeClass ? [] : _threads.Takers)
            {
                AddTaken(places, place, value);
            }

            if (_states.Count >= MaxStates && !_numbers.ContainsKey(Key(behind, places)))
            {
                Forget();
                return Number(behind, places);
            }

            next = Number(behind, places);
        }

        _next[(state * _classCount) + classNumber] = next;
        return next;
    }

    private void AddTaken(SortedSet<int> places, int place, byte value)
    {
        if (_program[place].Set is { } set)
        {
            if (set.Contains(value))
            {
                places.Add(place + 1);
            }
        }
        else
        {
            places.Add(place);
        }
    }

    private static string Key(RegexNeighbour before, SortedSet<int> places) =>
        string.Create(places.Count + 1, (before, places), static (key, source) =>
        {
            key[0] = (char)source.before;
            int i = 1;
            foreach (int place in source.places)
            {
                key[i++] = (char)place; // a program has fewer instructions than a character has values
            }
        });

    private int Number(RegexNeighbour before, SortedSet<int> places)
    {
        string key = Key(before, places);
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _states.Count;
            _numbers.Add(key, number);
            _states.Add(key);
            if (_next.Length < _states.Count * _classCount)
            {
                int used = number * _classCount;
                Array.Resize(ref _next, 2 * _states.Count * _classCount);
                _next.AsSpan(used).Fill(Unknown);
            }
        }

        return number;
    }
}
