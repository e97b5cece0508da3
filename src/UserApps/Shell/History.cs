namespace KernelSockets.UserApps;

/// <summary>The lines typed so far, oldest first; bounded, the oldest go first. Used by the shell's task only.</summary>
internal sealed class History
{
    /// <summary>Lines kept.</summary>
    public const int Capacity = 500;

    private readonly List<string> _lines = [];
    private int _forgotten;

    /// <summary>Lines held.</summary>
    public int Count => _lines.Count;

    /// <summary>Number that <c>history</c> shows for the oldest line held, from 1.</summary>
    public int FirstNumber => _forgotten + 1;

    /// <summary>A line, 0 being the oldest held.</summary>
    public string this[int index] => _lines[index];

    /// <summary>Remembers a line, unless it is blank or repeats the last one.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || (_lines.Count > 0 && _lines[^1] == line))
        {
            return;
        }

        if (_lines.Count == Capacity)
        {
            _lines.RemoveAt(0);
            _forgotten++;
        }

        _lines.Add(line);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _forgotten += _lines.Count;
        _lines.Clear();
    }
}
