using System.Text;
using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text.Edit;

/// <summary>One run of edit: keys change the text until it is quit.</summary>
internal sealed class EditSession(ITerminal terminal, string path, EditText text)
{
    private const int LongestSearch = 60;

    private readonly EditScreen _screen = new(terminal);
    private readonly KeyDecoder _keys = new();
    private readonly byte[] _input = new byte[1];
    private string _message = "Ctrl-S saves, Ctrl-Q quits, Ctrl-F finds";
    private string? _question;
    private string _wanted = "";
    private bool _isQuitting;

    /// <summary>Works until it is quit.</summary>
    /// <returns>Exit status.</returns>
    public int Run()
    {
        while (true)
        {
            Show();
            if (!TryReadKey(out Key key, out int status))
            {
                return status;
            }

            bool wasQuitting = _isQuitting;
            _isQuitting = false;
            _message = "";
            if (_question is not null)
            {
                Answer(key);
            }
            else if (key is { Kind: KeyKind.Control, Rune.Value: 'Q' })
            {
                if (!text.IsModified || wasQuitting)
                {
                    return 0;
                }

                _isQuitting = true;
                _message = "Not saved: Ctrl-Q again quits all the same, Ctrl-S saves";
            }
            else
            {
                Apply(key);
            }
        }
    }

    private void Show()
    {
        string place = $"{path}{(text.IsModified ? " *" : "")}  {text.Row + 1}/{text.Count}  {_message}";
        _screen.Show(text, _question ?? place, _question is not null);
    }

    private bool TryReadKey(out Key key, out int status)
    {
        while (true)
        {
            IoResult read = terminal.Read(_input, Instant.Never);
            if (!read.IsSuccess || read.Count == 0)
            {
                key = default;
                status = read.Error == Errno.EINTR ? App.InterruptedStatus : 1;
                return false;
            }

            if (_keys.TryDecode(_input[0], out key))
            {
                status = 0;
                return true;
            }
        }
    }

    private void Apply(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Character:
                text.Insert(Encoding.UTF8.GetBytes(key.Rune.ToString()));
                break;
            case KeyKind.Tab:
                text.Insert("\t"u8);
                break;
            case KeyKind.Enter:
                text.Split();
                break;
            case KeyKind.Backspace:
                text.DeleteBefore();
                break;
            case KeyKind.Delete:
                text.Delete();
                break;
            case KeyKind.Control:
                ApplyControl((char)key.Rune.Value);
                break;
            default:
                Move(key.Kind);
                break;
        }
    }

    private void Move(KeyKind kind)
    {
        switch (kind)
        {
            case KeyKind.Left:
                text.MoveLeft();
                break;
            case KeyKind.Right:
                text.MoveRight();
                break;
            case KeyKind.Up:
                text.MoveTo(text.Row - 1, text.Column);
                break;
            case KeyKind.Down:
                text.MoveTo(text.Row + 1, text.Column);
                break;
            case KeyKind.Home:
                text.MoveTo(text.Row, 0);
                break;
            case KeyKind.End:
                text.MoveTo(text.Row, int.MaxValue);
                break;
        }
    }

    private void ApplyControl(char letter)
    {
        switch (letter)
        {
            case 'A':
                Move(KeyKind.Home);
                break;
            case 'E':
                Move(KeyKind.End);
                break;
            case 'V':
                text.MoveTo(text.Row + _screen.Rows, text.Column);
                break;
            case 'Y':
                text.MoveTo(text.Row - _screen.Rows, text.Column);
                break;
            case 'K':
                text.CutLine();
                break;
            case 'U':
                text.Paste();
                break;
            case 'F':
                _question = "Find: ";
                break;
            case 'G':
                Find();
                break;
            case 'L':
                _screen.Forget();
                break;
            case 'S':
                Save();
                break;
            default:
                _message = "Ctrl-S saves, Ctrl-Q quits, Ctrl-F finds";
                break;
        }
    }

    /// <summary>A key of the text that is looked for.</summary>
    private void Answer(Key key)
    {
        const int PromptLength = 6;
        string answer = _question![PromptLength..];
        switch (key.Kind)
        {
            case KeyKind.Character when answer.Length < LongestSearch:
                _question += key.Rune;
                break;
            case KeyKind.Backspace when answer.Length > 0:
                _question = _question[..^1];
                break;
            case KeyKind.Enter:
                _wanted = answer.Length > 0 ? answer : _wanted;
                _question = null;
                Find();
                break;
            case KeyKind.Control:
                _question = null; // given up
                break;
        }
    }

    private void Find()
    {
        if (_wanted.Length > 0 && !text.TryFind(Encoding.UTF8.GetBytes(_wanted)))
        {
            _message = $"Not found: {_wanted}";
        }
    }

    private void Save()
    {
        try
        {
            using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            _message = $"Saved {text.Save(stream)} bytes";
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            _message = $"Cannot save: {TextProgram.Reason(path, exception)}";
        }
    }
}
