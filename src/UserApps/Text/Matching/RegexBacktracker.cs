using System.Collections;

namespace KernelSockets.UserApps.Text.Matching;

/// <summary>
/// Matches at one place by trying one way after the other. It knows what the groups matched, which back references need and replacements print; the other
/// searches do not. Each run has a bound on its steps, since back references can make it exponential.
/// </summary>
internal sealed class RegexBacktracker(RegexProgram program, bool ignoresCase, bool hasBackReference)
{
    private const int MaxSteps = 20_000_000;
    private const long MaxMemory = 1 << 26;

    private readonly int[] _slots = new int[program.SlotCount];
    private readonly Stack<Step> _steps = new();
    private int[] _best = [];
    private int _bestEnd;
    private BitArray? _seen;
    private int _count;

    /// <summary>Matches from a position on.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where the match begins.</param>
    /// <param name="end">Where it must end; null for the longest.</param>
    /// <param name="groups">Start and end of the match and of each group; -1 where a group took no part.</param>
    /// <returns>False when nothing matches there.</returns>
    /// <exception cref="RegexException">It would take too long.</exception>
    public bool TryMatch(ReadOnlySpan<byte> line, int start, int? end, out int[] groups)
    {
        _slots.AsSpan().Fill(-1);
        _steps.Clear();
        _bestEnd = -1;
        _count = 0;
        int last = end ?? line.Length;
        long size = (long)program.Length * (last - start + 1);
        _seen = !hasBackReference && size <= MaxMemory ? new BitArray((int)size) : null;
        _steps.Push(new Step(0, start));
        while (_steps.TryPop(out Step step))
        {
            if (step.Slot >= 0)
            {
                _slots[step.Slot] = step.Position;
            }
            else if (Run(line, step, start, end))
            {
                break;
            }
        }

        groups = _best;
        if (_bestEnd >= 0)
        {
            (_best[0], _best[1]) = (start, _bestEnd);
        }

        return _bestEnd >= 0;
    }

    /// <summary>Follows one way to its end.</summary>
    /// <returns>True when no better match is possible.</returns>
    private bool Run(ReadOnlySpan<byte> line, Step step, int start, int? end)
    {
        int place = step.Place;
        int position = step.Position;
        int last = end ?? line.Length;
        while (true)
        {
            if (++_count > MaxSteps)
            {
                throw new RegexException("Regular expression takes too long to match");
            }

            if (_seen is not null)
            {
                int index = (place * (last - start + 1)) + position - start;
                if (_seen[index])
                {
                    return false;
                }

                _seen[index] = true;
            }

            RegexInstruction instruction = program[place];
            switch (instruction.Operation)
            {
                case RegexOperation.Match:
                    return Accept(position, end, last);
                case RegexOperation.Take when position < last && instruction.Set!.Contains(line[position]):
                    position++;
                    place++;
                    break;
                case RegexOperation.Split:
                    _steps.Push(new Step(instruction.Second, position));
                    place = instruction.First;
                    break;
                case RegexOperation.Jump:
                    place = instruction.First;
                    break;
                case RegexOperation.Save:
                    _steps.Push(new Step(0, _slots[instruction.First], instruction.First));
                    _slots[instruction.First] = position;
                    place++;
                    break;
                case RegexOperation.LeaveIfStill:
                    place = _slots[instruction.First] == position ? instruction.Second : place + 1;
                    break;
                case RegexOperation.Assert when ((RegexAssertion)instruction.First).Holds(RegexPlaces.Before(line, position), RegexPlaces.Behind(line, position)):
                    place++;
                    break;
                case RegexOperation.Repeat when TryRepeat(line[..last], instruction.First, ref position):
                    place++;
                    break;
                default:
                    return false;
            }
        }
    }

    private bool Accept(int position, int? end, int last)
    {
        if (position > _bestEnd && (end is null || position == end))
        {
            _bestEnd = position;
            _best = _slots[..(2 * (program.GroupCount + 1))];
        }

        return _bestEnd == last;
    }

    private bool TryRepeat(ReadOnlySpan<byte> line, int group, ref int position)
    {
        int from = _slots[2 * group];
        int to = _slots[(2 * group) + 1];
        if (from < 0 || to < from || to - from > line.Length - position)
        {
            return false;
        }

        for (int i = 0; i < to - from; i++)
        {
            byte wanted = line[from + i];
            byte found = line[position + i];
            if (ignoresCase ? ByteClass.ToUpper(wanted) != ByteClass.ToUpper(found) : wanted != found)
            {
                return false;
            }
        }

        position += to - from;
        return true;
    }

    /// <summary>A way not yet tried, or with a slot what to put back into it.</summary>
    private readonly record struct Step(int Place, int Position, int Slot = -1);
}
