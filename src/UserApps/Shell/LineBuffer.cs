using System.Runtime.InteropServices;
using System.Text;

namespace KernelSockets.UserApps;

/// <summary>The text of the line being edited, its cursor, and the editing steps, with readline's meanings. Knows nothing of the
/// screen.</summary>
internal sealed class LineBuffer
{
    private readonly List<Rune> _runes = [];
    private Rune[] _killed = [];

    /// <summary>The text.</summary>
    public ReadOnlySpan<Rune> Runes => CollectionsMarshal.AsSpan(_runes);

    /// <summary>Characters in the line.</summary>
    public int Length => _runes.Count;

    /// <summary>Characters before the cursor.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces the text and puts the cursor behind it.</summary>
    public void Set(string text)
    {
        _runes.Clear();
        foreach (Rune rune in text.EnumerateRunes())
        {
            _runes.Add(rune);
        }

        Cursor = _runes.Count;
    }

    /// <summary>Inserts one character at the cursor.</summary>
    public void Insert(Rune rune) => _runes.Insert(Cursor++, rune);

    /// <summary>Inserts text at the cursor.</summary>
    public void Insert(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            Insert(rune);
        }
    }

    /// <summary>Deletes the character before the cursor.</summary>
    public bool DeleteBefore() => MoveTo(Cursor - 1) && DeleteAt();

    /// <summary>Deletes the character under the cursor.</summary>
    public bool DeleteAt()
    {
        if (Cursor == _runes.Count)
        {
            return false;
        }

        _runes.RemoveAt(Cursor);
        return true;
    }

    /// <summary>Puts the cursor somewhere.</summary>
    /// <returns>False when there is no such place, and nothing has changed.</returns>
    public bool MoveTo(int position)
    {
        if ((uint)position > (uint)_runes.Count)
        {
            return false;
        }

        Cursor = position;
        return true;
    }

    /// <summary>Start of the word before the cursor; a word is a run of letters and digits.</summary>
    public int WordLeft()
    {
        int position = Cursor;
        while (position > 0 && !Rune.IsLetterOrDigit(_runes[position - 1]))
        {
            position--;
        }

        while (position > 0 && Rune.IsLetterOrDigit(_runes[position - 1]))
        {
            position--;
        }

        return position;
    }

    /// <summary>End of the word after the cursor.</summary>
    public int WordRight()
    {
        int position = Cursor;
        while (position < _runes.Count && !Rune.IsLetterOrDigit(_runes[position]))
        {
            position++;
        }

        while (position < _runes.Count && Rune.IsLetterOrDigit(_runes[position]))
        {
            position++;
        }

        return position;
    }

    /// <summary>Start of the blank-delimited word before the cursor, as Ctrl-W takes it.</summary>
    public int BlankWordLeft()
    {
        int position = Cursor;
        while (position > 0 && Rune.IsWhiteSpace(_runes[position - 1]))
        {
            position--;
        }

        while (position > 0 && !Rune.IsWhiteSpace(_runes[position - 1]))
        {
            position--;
        }

        return position;
    }

    /// <summary>Cuts the text between the cursor and <paramref name="position"/>; <see cref="Yank"/> brings it back.</summary>
    public bool KillTo(int position)
    {
        int start = Math.Min(position, Cursor);
        int count = Math.Abs(position - Cursor);
        if (count == 0)
        {
            return false;
        }

        _killed = _runes.GetRange(start, count).ToArray();
        _runes.RemoveRange(start, count);
        Cursor = start;
        return true;
    }

    /// <summary>What <see cref="Yank"/> would insert.</summary>
    public ReadOnlySpan<Rune> Killed => _killed;

    /// <summary>Inserts what was cut last.</summary>
    public void Yank()
    {
        foreach (Rune rune in _killed)
        {
            Insert(rune);
        }
    }

    /// <summary>Exchanges the characters around the cursor, or the last two at the end of the line (readline's transpose-chars).</summary>
    public bool Transpose()
    {
        int second = Cursor == _runes.Count ? Cursor - 1 : Cursor;
        if (second < 1)
        {
            return false;
        }

        (_runes[second - 1], _runes[second]) = (_runes[second], _runes[second - 1]);
        Cursor = second + 1;
        return true;
    }

    /// <summary>The text before the cursor.</summary>
    public string TextBeforeCursor() => ToText(Runes[..Cursor]);

    /// <inheritdoc/>
    public override string ToString() => ToText(Runes);

    private static string ToText(ReadOnlySpan<Rune> runes)
    {
        var text = new StringBuilder(runes.Length);
        foreach (Rune rune in runes)
        {
            text.Append(rune.ToString());
        }

        return text.ToString();
    }
}
