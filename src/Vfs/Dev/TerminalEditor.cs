using System.Buffers;
using System.Text;

namespace KernelSockets.Vfs.Dev;

/// <summary>
/// The input half of the line discipline: what each byte does to queue and echo, as Linux's N_TTY has it (n_tty_receive_char_special and
/// eraser of drivers/tty/n_tty.c; POSIX XBD chapter 11).
/// </summary>
/// <remarks>Under the terminal's input lock. Knows nothing of readers: the terminal wakes them after each piece of input.</remarks>
internal sealed class TerminalEditor(TerminalInputQueue queue, TerminalEcho echo)
{
    private const int TabWidth = 8;

    private Termios _termios = Termios.Default;
    private bool _isNextLiteral;
    private int _lineColumn;

    /// <summary>The settings in force.</summary>
    public Termios Termios => _termios;

    /// <summary>Set when VINTR or VQUIT was typed; whoever asks takes it down.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>Changes the settings. Where input goes over between lines and raw bytes, what waits can be read as it is.</summary>
    public void Apply(Termios termios)
    {
        bool wasCanonical = _termios.Has(LocalModes.ICANON);
        _termios = termios;
        if (wasCanonical == termios.Has(LocalModes.ICANON))
        {
            return;
        }

        _isNextLiteral = false;
        if (wasCanonical)
        {
            queue.Commit();
        }
        else
        {
            queue.CommitAsLine();
        }
    }

    /// <summary>Takes one byte from the keyboard or line.</summary>
    public void Receive(byte value)
    {
        if (_isNextLiteral)
        {
            _isNextLiteral = false;
            Append(value);
        }
        else if (!TrySignal(value) && TryMap(ref value) && !(Has(LocalModes.ICANON) && TryEdit(value)))
        {
            Append(value);
        }
    }

    private bool Has(LocalModes modes) => _termios.Has(modes);

    private bool Is(byte value, ControlCharacter character) => value == _termios[character] && value != Termios.Disabled;

    private bool TrySignal(byte value)
    {
        if (!Has(LocalModes.ISIG))
        {
            return false;
        }

        bool isInterrupt = Is(value, ControlCharacter.VINTR) || Is(value, ControlCharacter.VQUIT);
        if (!isInterrupt && !Is(value, ControlCharacter.VSUSP))
        {
            return false;
        }

        IsInterrupted |= isInterrupt;
        if (isInterrupt && !Has(LocalModes.NOFLSH))
        {
            queue.Clear();
        }

        EchoCharacter(value);
        return true;
    }

    /// <summary>Maps CR and NL.</summary>
    /// <returns>False when the byte is ignored.</returns>
    private bool TryMap(ref byte value)
    {
        if (value == '\r')
        {
            if (_termios.Has(InputModes.IGNCR))
            {
                return false;
            }

            value = _termios.Has(InputModes.ICRNL) ? (byte)'\n' : value;
        }
        else if (value == '\n' && _termios.Has(InputModes.INLCR))
        {
            value = (byte)'\r';
        }

        return true;
    }

    /// <summary>Carries out the characters that edit or end a line.</summary>
    /// <returns>False for any other.</returns>
    private bool TryEdit(byte value)
    {
        if (Is(value, ControlCharacter.VERASE))
        {
            EraseCharacter(value);
        }
        else if (Is(value, ControlCharacter.VKILL))
        {
            EraseLine(value);
        }
        else if (Has(LocalModes.IEXTEN) && Is(value, ControlCharacter.VWERASE))
        {
            EraseWord(value);
        }
        else if (Has(LocalModes.IEXTEN) && Is(value, ControlCharacter.VLNEXT))
        {
            _isNextLiteral = true;
            EchoLiteralMark();
        }
        else
        {
            return TryEndLine(value);
        }

        return true;
    }

    private bool TryEndLine(byte value)
    {
        if (Is(value, ControlCharacter.VEOF))
        {
            queue.TryEndLine(value, isEndOfFile: true);
        }
        else if (value == '\n')
        {
            EndLine(value, isEchoed: Has(LocalModes.ECHO) || Has(LocalModes.ECHONL));
        }
        else if (Is(value, ControlCharacter.VEOL) || Is(value, ControlCharacter.VEOL2))
        {
            EndLine(value, isEchoed: Has(LocalModes.ECHO));
        }
        else
        {
            return false;
        }

        return true;
    }

    private void EndLine(byte value, bool isEchoed)
    {
        if (!queue.TryEndLine(value, isEndOfFile: false))
        {
            Bell();
        }
        else if (isEchoed)
        {
            echo.Character(value, Has(LocalModes.ECHOCTL));
        }
    }

    private void Append(byte value)
    {
        if (Has(LocalModes.ECHO) && queue.LineLength == 0 && Has(LocalModes.ICANON))
        {
            _lineColumn = echo.Column();
        }

        if (!queue.TryAppend(value))
        {
            Bell();
            return;
        }

        EchoCharacter(value);
        if (!Has(LocalModes.ICANON))
        {
            queue.Commit();
        }
    }

    private void Bell()
    {
        if (_termios.Has(InputModes.IMAXBEL))
        {
            echo.Raw((byte)'\a');
        }
    }

    private void EchoCharacter(byte value)
    {
        if (Has(LocalModes.ECHO))
        {
            echo.Character(value, Has(LocalModes.ECHOCTL));
        }
    }

    /// <summary>Shows a ^ that the literal character then overwrites.</summary>
    private void EchoLiteralMark()
    {
        if (Has(LocalModes.ECHO | LocalModes.ECHOCTL))
        {
            echo.Raw("^\b"u8);
        }
    }

    private void EraseCharacter(byte key)
    {
        if (queue.LineLength == 0)
        {
            return;
        }

        if (Has(LocalModes.ECHO) && !Has(LocalModes.ECHOE))
        {
            EchoCharacter(key);
        }

        EraseLast();
    }

    private void EraseWord(byte key)
    {
        if (Has(LocalModes.ECHO) && !Has(LocalModes.ECHOE) && queue.LineLength > 0)
        {
            EchoCharacter(key);
        }

        bool hasSeenWord = false;
        while (queue.LineLength > 0)
        {
            bool isWord = IsWordByte(queue.LineByte(queue.LineLength - 1));
            if (hasSeenWord && !isWord)
            {
                return;
            }

            hasSeenWord |= isWord;
            EraseLast();
        }
    }

    private void EraseLine(byte key)
    {
        if (queue.LineLength == 0)
        {
            return;
        }

        bool isWiped = Has(LocalModes.ECHO | LocalModes.ECHOE | LocalModes.ECHOK | LocalModes.ECHOKE);
        while (queue.LineLength > 0)
        {
            if (isWiped)
            {
                EraseLast();
            }
            else
            {
                queue.TryRemoveLast(out _);
            }
        }

        if (!isWiped && Has(LocalModes.ECHO))
        {
            EchoCharacter(key);
            echo.Raw(Has(LocalModes.ECHOK) ? "\n"u8 : default);
        }
    }

    /// <summary>Takes the last character of the line away, with all its bytes, and wipes it.</summary>
    private void EraseLast()
    {
        Span<byte> character = stackalloc byte[4];
        int start = character.Length;
        while (start > 0 && queue.TryRemoveLast(out byte value))
        {
            character[--start] = value;
            if (!_termios.Has(InputModes.IUTF8) || (value & 0xC0) != 0x80)
            {
                break;
            }
        }

        if (start < character.Length && Has(LocalModes.ECHO | LocalModes.ECHOE))
        {
            Wipe(character[start..]);
        }
    }

    private void Wipe(ReadOnlySpan<byte> character)
    {
        if (character[0] == '\t')
        {
            int column = LineEndColumn();
            echo.Back(TabWidth - (column % TabWidth));
            return;
        }

        echo.Wipe(ColumnsOf(character));
    }

    private int ColumnsOf(ReadOnlySpan<byte> character)
    {
        if (TerminalEcho.IsTwoColumns(character[0]))
        {
            return Has(LocalModes.ECHOCTL) ? 2 : 0;
        }

        if (character[0] < 0x80 || !_termios.Has(InputModes.IUTF8))
        {
            return 1;
        }

        return Rune.DecodeFromUtf8(character, out Rune rune, out _) == OperationStatus.Done ? TextWidth.Of(rune) : 1;
    }

    /// <summary>The column where the line in work ends, tabs expanded.</summary>
    private int LineEndColumn()
    {
        int column = _lineColumn;
        Span<byte> character = stackalloc byte[4];
        for (int i = 0; i < queue.LineLength;)
        {
            int length = 0;
            do
            {
                character[length++] = queue.LineByte(i++);
            }
            while (length < character.Length && i < queue.LineLength && (queue.LineByte(i) & 0xC0) == 0x80);
            column = character[0] == '\t' ? (column / TabWidth * TabWidth) + TabWidth : column + ColumnsOf(character[..length]);
        }

        return column;
    }

    private static bool IsWordByte(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or >= 0x80;
}
