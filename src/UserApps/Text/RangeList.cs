namespace KernelSockets.UserApps.Text;

/// <summary>A list of positions from 1, as cut's options have it: <c>1,3-5,7-</c>.</summary>
internal sealed class RangeList
{
    private readonly List<(long First, long Last)> _ranges = [];

    private RangeList()
    {
    }

    /// <summary>Reads a list.</summary>
    /// <param name="text">Numbers and ranges, between commas or blanks.</param>
    /// <param name="isComplement">True to get all other positions.</param>
    /// <param name="list">Sorted, without overlaps; neighbours stay apart.</param>
    /// <param name="error">What is wrong: one of coreutils' sentences, in which <c>{0}</c> stands for what is numbered.</param>
    /// <returns>False when the text is no such list.</returns>
    public static bool TryParse(string text, bool isComplement, out RangeList list, out string error)
    {
        list = new RangeList();
        foreach (string item in text.Split(',', ' ', '\t'))
        {
            if (!TryParseRange(item, out long first, out long last, out error))
            {
                return false;
            }

            list._ranges.Add((first, last));
        }

        error = "";
        list.Merge();
        if (isComplement)
        {
            list.Invert();
        }

        return true;
    }

    /// <summary>True when a position is in the list; positions must come in ascending order, with the same cursor.</summary>
    public bool Contains(long position, ref int cursor)
    {
        while (cursor < _ranges.Count && position > _ranges[cursor].Last)
        {
            cursor++;
        }

        return cursor < _ranges.Count && position >= _ranges[cursor].First;
    }

    /// <summary>True when a range begins at the position; asked after <see cref="Contains"/> with the same cursor.</summary>
    public bool StartsAt(long position, int cursor) => cursor < _ranges.Count && _ranges[cursor].First == position;

    private static bool TryParseRange(string item, out long first, out long last, out string error)
    {
        int dash = item.IndexOf('-', StringComparison.Ordinal);
        string start = dash < 0 ? item : item[..dash];
        string end = dash < 0 ? item : item[(dash + 1)..];
        (first, last) = (1, long.MaxValue);
        error = "";
        if (item == "-")
        {
            error = "invalid range with no endpoint: -";
        }
        else if ((start.Length > 0 && !IsNumber(start, out first)) || (end.Length > 0 && !IsNumber(end, out last)))
        {
            error = dash < 0 ? $"invalid {{0}} value '{item}'" : "invalid {0} range";
        }
        else if (item.Length == 0 || first == 0 || last == 0)
        {
            error = "{0}s are numbered from 1";
        }
        else if (last < first)
        {
            error = "invalid decreasing range";
        }

        return error.Length == 0;
    }

    private static bool IsNumber(string text, out long number) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);

    private void Merge()
    {
        _ranges.Sort();
        int kept = 0;
        for (int i = 1; i < _ranges.Count; i++)
        {
            if (_ranges[i].First <= _ranges[kept].Last)
            {
                _ranges[kept] = (_ranges[kept].First, Math.Max(_ranges[kept].Last, _ranges[i].Last));
            }
            else
            {
                _ranges[++kept] = _ranges[i];
            }
        }

        _ranges.RemoveRange(kept + 1, _ranges.Count - kept - 1);
    }

    private void Invert()
    {
        List<(long First, long Last)> others = [];
        long next = 1;
        foreach ((long first, long last) in _ranges)
        {
            if (first > next)
            {
                others.Add((next, first - 1));
            }

            next = last == long.MaxValue ? long.MaxValue : last + 1;
        }

        if (next < long.MaxValue)
        {
            others.Add((next, long.MaxValue));
        }

        _ranges.Clear();
        _ranges.AddRange(others);
    }
}
