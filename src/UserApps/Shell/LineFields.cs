using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Cuts a line into fields for <c>read</c> (POSIX XCU read, §2.6.5): the last one gets the rest as it is.</summary>
internal static class LineFields
{
    /// <summary>Cuts a line.</summary>
    /// <param name="line">Its characters, and whether each was escaped and so separates nothing.</param>
    /// <param name="count">How many fields, at least one.</param>
    /// <param name="separators">The value of IFS.</param>
    /// <returns>As many as asked for; empty ones where the line has fewer.</returns>
    public static string[] Split(List<(char Character, bool IsEscaped)> line, int count, string separators)
    {
        string[] fields = new string[count];
        Array.Fill(fields, "");
        int position = SkipBlanks(line, 0, separators);
        for (int i = 0; i < count - 1; i++)
        {
            int end = position;
            while (end < line.Count && !IsSeparator(line[end], separators))
            {
                end++;
            }

            fields[i] = Text(line, position, end);
            position = AfterSeparator(line, end, separators);
        }

        fields[^1] = Rest(line, position, separators);
        return fields;
    }

    /// <summary>The last field: blanks at its end do not count, nor a single separator that ends it.</summary>
    private static string Rest(List<(char Character, bool IsEscaped)> line, int start, string separators)
    {
        int end = TrimBlanks(line, start, line.Count, separators);
        bool isOneField = true;
        for (int i = start; i < end - 1; i++)
        {
            isOneField &= !IsSeparator(line[i], separators);
        }

        if (isOneField && end > start && IsSeparator(line[end - 1], separators))
        {
            end = TrimBlanks(line, start, end - 1, separators);
        }

        return Text(line, start, end);
    }

    private static int TrimBlanks(List<(char Character, bool IsEscaped)> line, int start, int end, string separators)
    {
        while (end > start && IsBlank(line[end - 1], separators))
        {
            end--;
        }

        return end;
    }

    private static int AfterSeparator(List<(char Character, bool IsEscaped)> line, int position, string separators)
    {
        position = SkipBlanks(line, position, separators);
        if (position < line.Count && IsSeparator(line[position], separators))
        {
            position = SkipBlanks(line, position + 1, separators);
        }

        return position;
    }

    private static int SkipBlanks(List<(char Character, bool IsEscaped)> line, int position, string separators)
    {
        while (position < line.Count && IsBlank(line[position], separators))
        {
            position++;
        }

        return position;
    }

    private static bool IsSeparator((char Character, bool IsEscaped) item, string separators) =>
        !item.IsEscaped && separators.Contains(item.Character, StringComparison.Ordinal);

    private static bool IsBlank((char Character, bool IsEscaped) item, string separators) =>
        item.Character is ' ' or '\t' or '\n' && IsSeparator(item, separators);

    private static string Text(List<(char Character, bool IsEscaped)> line, int start, int end)
    {
        StringBuilder text = new();
        for (int i = start; i < end; i++)
        {
            text.Append(line[i].Character);
        }

        return text.ToString();
    }
}
