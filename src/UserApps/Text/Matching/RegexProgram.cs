namespace KernelSockets.UserApps.Text.Matching;

/// <summary>What an instruction does.</summary>
internal enum RegexOperation
{
    /// <summary>The pattern has matched.</summary>
    Match,

    /// <summary>Takes a byte of a set.</summary>
    Take,

    /// <summary>Goes on at two places; the first is preferred.</summary>
    Split,

    /// <summary>Goes on elsewhere.</summary>
    Jump,

    /// <summary>Remembers the position.</summary>
    Save,

    /// <summary>Leaves a loop whose last round has taken nothing.</summary>
    LeaveIfStill,

    /// <summary>Goes on only where an assertion holds.</summary>
    Assert,

    /// <summary>Takes what a group has matched.</summary>
    Repeat,
}

/// <summary>One instruction of a compiled pattern.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="First">The preferred place; a slot; a group; an assertion.</param>
/// <param name="Second">The other place.</param>
/// <param name="Set">What <see cref="RegexOperation.Take"/> takes.</param>
internal readonly record struct RegexInstruction(RegexOperation Operation, int First = 0, int Second = 0, ByteSet? Set = null);

/// <summary>A pattern as instructions of a nondeterministic automaton (Thompson's construction).</summary>
internal sealed class RegexProgram
{
    /// <summary>Most instructions; intervals within intervals would multiply without end.</summary>
    private const int MaxLength = 60_000;

    private readonly List<RegexInstruction> _instructions = [];
    private readonly int _groupCount;
    private int _slots;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="RegexException">It is too big.</exception>
    public RegexProgram(RegexNode root, int groupCount)
    {
        _groupCount = groupCount;
        _slots = 2 * (groupCount + 1);
        Compile(root);
        Emit(new RegexInstruction(RegexOperation.Match));
    }

    /// <summary>The instructions; the first is where to begin.</summary>
    public IReadOnlyList<RegexInstruction> Instructions => _instructions;

    /// <summary>How many instructions.</summary>
    public int Length => _instructions.Count;

    /// <summary>Groups, without the whole match.</summary>
    public int GroupCount => _groupCount;

    /// <summary>Positions that a run remembers: two for the whole and for each group, then those of loops.</summary>
    public int SlotCount => _slots;

    /// <summary>An instruction.</summary>
    public RegexInstruction this[int index] => _instructions[index];

    private void Compile(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.OneOf one:
                Emit(new RegexInstruction(RegexOperation.Take, Set: one.Set));
                break;
            case RegexNode.Sequence sequence:
                foreach (RegexNode part in sequence.Parts)
                {
                    Compile(part);
                }

                break;
            case RegexNode.Alternatives alternatives:
                CompileAlternatives(alternatives.Choices);
                break;
            case RegexNode.Repeat repeat:
                CompileRepeat(repeat);
                break;
            case RegexNode.Group group:
                Emit(new RegexInstruction(RegexOperation.Save, 2 * group.Number));
                Compile(group.Body);
                Emit(new RegexInstruction(RegexOperation.Save, (2 * group.Number) + 1));
                break;
            case RegexNode.BackReference reference:
                Emit(new RegexInstruction(RegexOperation.Repeat, reference.Number));
                break;
            case RegexNode.Place place:
                Emit(new RegexInstruction(RegexOperation.Assert, (int)place.Assertion));
                break;
        }
    }

    private void CompileAlternatives(IReadOnlyList<RegexNode> choices)
    {
        List<int> exits = [];
        for (int i = 0; i < choices.Count - 1; i++)
        {
            int split = Emit(new RegexInstruction(RegexOperation.Split));
            Compile(choices[i]);
            exits.Add(Emit(new RegexInstruction(RegexOperation.Jump)));
            _instructions[split] = new RegexInstruction(RegexOperation.Split, split + 1, Length);
        }

        Compile(choices[^1]);
        foreach (int exit in exits)
        {
            _instructions[exit] = new RegexInstruction(RegexOperation.Jump, Length);
        }
    }

    private void CompileRepeat(RegexNode.Repeat repeat)
    {
        for (int i = 0; i < repeat.Least; i++)
        {
            Compile(repeat.Body);
        }

        if (repeat.Most is not { } most)
        {
            CompileLoop(repeat.Body);
            return;
        }

        List<int> splits = [];
        for (int i = repeat.Least; i < most; i++)
        {
            splits.Add(Emit(new RegexInstruction(RegexOperation.Split)));
            Compile(repeat.Body);
        }

        foreach (int split in splits)
        {
            _instructions[split] = new RegexInstruction(RegexOperation.Split, split + 1, Length);
        }
    }

    private void CompileLoop(RegexNode body)
    {
        int split = Emit(new RegexInstruction(RegexOperation.Split));
        int? slot = body.MayBeEmpty ? _slots++ : null;
        if (slot is { } before)
        {
            Emit(new RegexInstruction(RegexOperation.Save, before));
        }

        Compile(body);
        int exit = Length + (slot is null ? 1 : 2);
        if (slot is { } mark)
        {
            Emit(new RegexInstruction(RegexOperation.LeaveIfStill, mark, exit));
        }

        Emit(new RegexInstruction(RegexOperation.Jump, split));
        _instructions[split] = new RegexInstruction(RegexOperation.Split, split + 1, exit);
    }

    private int Emit(RegexInstruction instruction)
    {
        if (Length == MaxLength)
        {
            throw new RegexException("Regular expression too big");
        }

        _instructions.Add(instruction);
        return Length - 1;
    }
}
