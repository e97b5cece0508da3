using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Collects the pieces of a word that is expanded, and cuts it into fields (POSIX XCU §2.6.5).</summary>
/// <remarks>Fields are kept as patterns, see <see cref="ShellPattern"/>: what was quoted is escaped.</remarks>
/// <param name="separators">The value of IFS; null for a word that is not to be cut, such as a value assigned.</param>
internal sealed class FieldBuilder(string? separators)
{
    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();
    private bool _isStarted;
    private bool _isAfterBlank;

    /// <summary>Ends the word.</summary>
    /// <returns>Its fields, as patterns.</returns>
    public List<string> Finish()
    {
        EndField();
        return _fields;
    }

    /// <summary>Ends a word that is not cut.</summary>
    /// <returns>It, as a pattern.</returns>
    public string FinishWhole() => _field.ToString();

    /// <summary>Adds quoted text. Even an empty one makes a field.</summary>
    public void AppendQuoted(string text)
    {
        Start();
        _field.Append(ShellPattern.Escape(text));
    }

    /// <summary>Adds text from the source, which may hold patterns, and is not cut.</summary>
    public void AppendSource(string text)
    {
        if (text.Length > 0)
        {
            Start();
            _field.Append(text);
        }
    }

    /// <summary>Adds what an expansion outside of quotes has given: it may hold patterns, and is cut.</summary>
    public void AppendExpanded(string text)
    {
        foreach (char c in text)
        {
            if (separators is null || !separators.Contains(c, StringComparison.Ordinal))
            {
                Start();
                _field.Append(c == '\\' ? "\\" : "").Append(c);
            }
            else if (c is ' ' or '\t' or '\n')
            {
                _isAfterBlank |= _isStarted;
                EndField();
            }
            else
            {
                EndFieldAtSeparator();
            }
        }
    }

    /// <summary>Ends a field between two of <c>"$@"</c>.</summary>
    public void Break()
    {
        if (separators is null)
        {
            _field.Append(' ');
        }
        else
        {
            EndField();
        }
    }

    private void Start()
    {
        _isStarted = true;
        _isAfterBlank = false;
    }

    /// <summary>A separator that is no blank ends a field, even an empty one; but not twice, where a blank before it has ended it.</summary>
    private void EndFieldAtSeparator()
    {
        _isStarted |= !_isAfterBlank;
        _isAfterBlank = false;
        EndField();
    }

    private void EndField()
    {
        if (_isStarted)
        {
            _fields.Add(_field.ToString());
        }

        _field.Clear();
        _isStarted = false;
    }
}
