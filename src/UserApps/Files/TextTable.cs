using System.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>Rows of words in columns that are as wide as their widest word, with a space between.</summary>
internal static class TextTable
{
    /// <summary>Writes the rows.</summary>
    /// <param name="rows">The heading first; all of one length.</param>
    /// <param name="columns">Of each column: how wide it is at least, negative for words at its left; the last is not filled up.</param>
    public static string Format(IReadOnlyList<string[]> rows, params ReadOnlySpan<int> columns)
    {
        Span<int> widths = stackalloc int[columns.Length];
        for (int column = 0; column < columns.Length; column++)
        {
            widths[column] = Math.Abs(columns[column]);
            foreach (string[] row in rows)
            {
                widths[column] = Math.Max(widths[column], row[column].Length);
            }
        }

        StringBuilder text = new();
        foreach (string[] row in rows)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                bool isLast = column == columns.Length - 1;
                string word = columns[column] >= 0 ? row[column].PadLeft(widths[column]) : isLast ? row[column] : row[column].PadRight(widths[column]);
                text.Append(word).Append(isLast ? '\n' : ' ');
            }
        }

        return text.ToString();
    }
}
