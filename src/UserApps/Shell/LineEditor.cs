using System.Text;

namespace KernelSockets.UserApps;

/// <summary>
/// Reads a line from the terminal with readline's default (Emacs) keys: arrows, Home, End, Delete, Ctrl-A B C D E F H K L N P T U W Y,
/// Alt-B D F and Backspace, history by Up and Down, completion by Tab.
/// </summary>
/// <remarks>
/// Runs on the shell's task. Switches the terminal to raw bytes while it reads and takes them one at a time, so that what was typed ahead
/// is
/// left to the program that the line starts.
/// </remarks>
internal sealed class LineEditor(ITerminal terminal, History history, ILineCompleter completer)
{
    /// <summary>Longest line in characters; more is refused with a bell.</summary>
    public const int MaxLength = 1024;

    private readonly KeyDecoder _keys = new();
    private readonly LineBuffer _line = new();
    private readonly LineView _view = new(terminal);
    private readonly List<string> _candidates = [];
    private readonly byte[] _input = new byte[1];
    private string _prompt = "";
    private string _draft = "";
    private int _historyIndex;
    private bool _isTabRepeated;

    /// <summary>Shows the prompt and edits a line until Enter, Ctrl-C, or Ctrl-D at an empty line.</summary>
    public LineResult ReadLine(string prompt)
    {
        _prompt = prompt;
        _line.Set("");
        _draft = "";
        _historyIndex = history.Count;
        _isTabRepeated = false;
        terminal.IsRaw = true;
        _view.Start(terminal.CursorColumn);
        LineResult result = Edit();
        terminal.IsRaw = false;
        return result;
    }

    private LineResult Edit()
    {
        LineOutcome? outcome = Refresh();
        while (outcome is null)
        {
            IoResult read = terminal.Read(_input, Instant.Never);
            if (read.Error == Errno.EINTR)
            {
                outcome = Finish(LineOutcome.Interrupted, "^C");
            }
            else if (!read.IsSuccess || read.Count == 0)
            {
                outcome = LineOutcome.Closed;
            }
            else if (_keys.TryDecode(_input[0], out Key key))
            {
                outcome = Handle(key);
            }
        }

        return new LineResult(outcome.Value, outcome == LineOutcome.Line ? _line.ToString() : "");
    }

    private LineOutcome? Handle(Key key)
    {
        bool wasTab = _isTabRepeated;
        _isTabRepeated = false;
        switch (key.Kind)
        {
            case KeyKind.Enter:
                return Finish(LineOutcome.Line, "");
            case KeyKind.Control when key.Rune.Value == 'C':
                return Finish(LineOutcome.Interrupted, "^C");
            case KeyKind.Control when key.Rune.Value == 'D' && _line.Length == 0:
                return Finish(LineOutcome.EndOfInput, "");
            case KeyKind.Tab:
                return Complete(wasTab) ? Refresh() : Bell();
            default:
                return Apply(key) ? Refresh() : Bell();
        }
    }

    private LineOutcome? Finish(LineOutcome outcome, string mark) =>
        _view.End(mark).IsSuccess ? outcome : LineOutcome.Closed;

    private LineOutcome? Refresh() => AfterWrite(_view.Show(_prompt, _line));

    private LineOutcome? Bell() => AfterWrite(terminal.Write("\a"u8));

    private static LineOutcome? AfterWrite(IoResult result) => result.IsSuccess ? null : LineOutcome.Closed;

    /// <summary>Carries out a key that edits or moves.</summary>
    /// <returns>False when it has no effect.</returns>
    private bool Apply(Key key) => key.Kind switch
    {
        KeyKind.Character => Insert(key.Rune),
        KeyKind.Control => ApplyControl((char)key.Rune.Value),
        KeyKind.Alt => ApplyAlt(key.Rune),
        KeyKind.Backspace => _line.DeleteBefore(),
        KeyKind.Delete => _line.DeleteAt(),
        KeyKind.Left => _line.MoveTo(_line.Cursor - 1),
        KeyKind.Right => _line.MoveTo(_line.Cursor + 1),
        KeyKind.WordLeft => _line.MoveTo(_line.WordLeft()),
        KeyKind.WordRight => _line.MoveTo(_line.WordRight()),
        KeyKind.Home => _line.MoveTo(0),
        KeyKind.End => _line.MoveTo(_line.Length),
        KeyKind.Up => Recall(_historyIndex - 1),
        KeyKind.Down => Recall(_historyIndex + 1),
        _ => false,
    };

    private bool ApplyControl(char letter) => letter switch
    {
        'A' => _line.MoveTo(0),
        'B' => _line.MoveTo(_line.Cursor - 1),
        'D' => _line.DeleteAt(),
        'E' => _line.MoveTo(_line.Length),
        'F' => _line.MoveTo(_line.Cursor + 1),
        'K' => _line.KillTo(_line.Length),
        'L' => Clear(),
        'N' => Recall(_historyIndex + 1),
        'P' => Recall(_historyIndex - 1),
        'T' => _line.Transpose(),
        'U' => _line.KillTo(0),
        'W' => _line.KillTo(_line.BlankWordLeft()),
        'Y' => Yank(),
        _ => false,
    };

    private bool ApplyAlt(Rune rune) => rune.Value switch
    {
        'b' => _line.MoveTo(_line.WordLeft()),
        'd' => _line.KillTo(_line.WordRight()),
        'f' => _line.MoveTo(_line.WordRight()),
        0x7F or '\b' => _line.KillTo(_line.WordLeft()),
        _ => false,
    };

    private bool Insert(Rune rune)
    {
        if (!HasRoomFor(1))
        {
            return false;
        }

        _line.Insert(rune);
        return true;
    }

    private bool HasRoomFor(int count) => _line.Length + count <= MaxLength && _view.Fits(_prompt, _line, count);

    private bool Yank()
    {
        if (_line.Killed.Length == 0 || !HasRoomFor(_line.Killed.Length))
        {
            return false;
        }

        _line.Yank();
        return true;
    }

    private bool Clear()
    {
        _view.Clear();
        return true;
    }

    private bool Recall(int index)
    {
        if ((uint)index > (uint)history.Count || index == _historyIndex)
        {
            return false;
        }

        if (_historyIndex == history.Count)
        {
            _draft = _line.ToString();
        }

        _historyIndex = index;
        _line.Set(index == history.Count ? _draft : history[index]);
        return true;
    }

    private bool Complete(bool isRepeated)
    {
        _candidates.Clear();
        string before = _line.TextBeforeCursor();
        int replaced = completer.Complete(before, _candidates);
        if (_candidates.Count == 0)
        {
            return false;
        }

        string word = before[^replaced..];
        string common = _candidates.Count == 1 ? _candidates[0] + (_candidates[0].EndsWith('/') ? "" : " ") : CommonPrefix(_candidates);
        if (common.Length > word.Length && common.StartsWith(word, StringComparison.Ordinal) && HasRoomFor(common.Length - word.Length))
        {
            _line.Insert(common[word.Length..]);
            return true;
        }

        _isTabRepeated = true;
        return isRepeated && List();
    }

    private bool List()
    {
        _isTabRepeated = false;
        _view.End("");
        terminal.Write(Encoding.UTF8.GetBytes(ColumnLayout.Format(_candidates, terminal.Columns)));
        return true;
    }

    private static string CommonPrefix(List<string> words)
    {
        int length = words[0].Length;
        foreach (string word in words)
        {
            length = Math.Min(length, words[0].AsSpan().CommonPrefixLength(word));
        }

        return words[0][..length];
    }
}
