using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text.Ed;

/// <summary>What the command s does: a pattern, what comes in its place, and how often.</summary>
internal sealed class EdSubstitution(RegularExpression pattern, byte[] replacement, int firstCount, bool isGlobal)
{
    /// <summary>In the replacement: a newline that splits the line.</summary>
    private const byte Newline = (byte)'\n';

    /// <summary>What comes in the place of a match; % alone stands for it next time.</summary>
    public byte[] Replacement => replacement;

    /// <summary>The pattern, for s without one.</summary>
    public RegularExpression Pattern => pattern;

    /// <summary>How often in a line: from which match on.</summary>
    public int FirstCount => firstCount;

    /// <summary>All matches from that one on.</summary>
    public bool IsGlobal => isGlobal;

    /// <summary>Applies it to a line.</summary>
    /// <param name="line">The text.</param>
    /// <param name="result">The lines that it becomes: more than one with newlines in the replacement.</param>
    /// <returns>False when the line stays as it is.</returns>
    public bool TryApply(byte[] line, out List<EdLine> result)
    {
        List<byte> text = [];
        int position = 0;
        int count = 0;
        bool isChanged = false;
        while (position <= line.Length && (!isChanged || isGlobal) && pattern.TryFindGroups(line, position, out int[] groups))
        {
            (int start, int end) = (groups[0], groups[1]);
            text.AddRange(line[position..start]);
            if (++count >= firstCount)
            {
                isChanged = true;
                Expand(text, line, groups);
            }
            else
            {
                text.AddRange(line[start..end]);
            }

            position = end;
            if (start == end)
            {
                if (end < line.Length)
                {
                    text.Add(line[end]);
                }

                position = end + 1;
            }
        }

        text.AddRange(position < line.Length ? line[position..] : []);
        result = Split([.. text]);
        return isChanged;
    }

    private void Expand(List<byte> text, byte[] line, int[] groups)
    {
        for (int i = 0; i < replacement.Length; i++)
        {
            byte value = replacement[i];
            bool isEscaped = value == '\\' && i + 1 < replacement.Length;
            value = isEscaped ? replacement[++i] : value;
            int group = !isEscaped && value == '&' ? 0 : isEscaped && char.IsAsciiDigit((char)value) ? value - '0' : -1;
            if (group < 0)
            {
                text.Add(value);
            }
            else if ((2 * group) + 1 < groups.Length && groups[2 * group] >= 0)
            {
                text.AddRange(line[groups[2 * group]..groups[(2 * group) + 1]]);
            }
        }
    }

    private static List<EdLine> Split(byte[] text)
    {
        List<EdLine> lines = [];
        ReadOnlySpan<byte> all = text;
        foreach (Range range in all.Split(Newline))
        {
            lines.Add(new EdLine(all[range].ToArray()));
        }

        return lines;
    }
}
