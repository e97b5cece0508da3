using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Arranges names in columns, downward first, as ls(1) and readline do.</summary>
internal static class ColumnLayout
{
    private const int Gap = 2;

    /// <summary>The names in as few rows as fit.</summary>
    /// <param name="names">ASCII names.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <returns>Rows, each ended by a newline.</returns>
    public static string Format(List<string> names, int width)
    {
        int longest = 0;
        foreach (string name in names)
        {
            longest = Math.Max(longest, name.Length);
        }

        int columns = Math.Max(1, width / (longest + Gap));
        int rows = (names.Count + columns - 1) / columns;
        var text = new StringBuilder();
        for (int row = 0; row < rows; row++)
        {
            for (int index = row; index < names.Count; index += rows)
            {
                bool isLast = index + rows >= names.Count;
                text.Append(isLast ? names[index] : names[index].PadRight(longest + Gap));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
