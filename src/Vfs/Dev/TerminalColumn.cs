using System.Buffers;
using System.Text;

namespace KernelSockets.Vfs.Dev;

/// <summary>
/// Follows the output to know the cursor's column, as N_TTY does: text, CR, BS and TAB count, escape sequences (ECMA-48 §5.3, §5.4) take no
/// place. A sequence that moves the cursor is not followed; programs that use one return to a known column by a newline sooner or later.
/// </summary>
/// <remarks>Under the terminal's output lock.</remarks>
internal sealed class TerminalColumn
{
    private const int TabWidth = 8;

    private readonly byte[] _character = new byte[4];
    private int _characterLength;
    private State _state;

    private enum State
    {
        Text,
        Escape,
        Sequence,
        String,
    }

    /// <summary>The column, from 0. At the right margin it is 0: the next character wraps.</summary>
    public int Value { get; private set; }

    /// <summary>Follows bytes as the device gets them.</summary>
    /// <param name="bytes">Output.</param>
    /// <param name="columns">Columns of the terminal.</param>
    public void Follow(ReadOnlySpan<byte> bytes, int columns)
    {
        foreach (byte value in bytes)
        {
            Follow(value, columns);
        }
    }

    private void Follow(byte value, int columns)
    {
        switch (_state)
        {
            case State.Escape:
                _state = value switch
                {
                    (byte)'[' => State.Sequence,
                    (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' => State.String,
                    < 0x30 => State.Escape,
                    _ => State.Text,
                };
                break;
            case State.Sequence:
                _state = value is >= 0x40 and < 0x7F ? State.Text : State.Sequence;
                break;
            case State.String:
                _state = value == '\a' ? State.Text : value == '\e' ? State.Escape : State.String;
                break;
            default:
                FollowText(value, columns);
                break;
        }
    }

    private void FollowText(byte value, int columns)
    {
        switch (value)
        {
            case (byte)'\e':
                _state = State.Escape;
                break;
            case (byte)'\r':
                Value = 0;
                break;
            case (byte)'\b':
                Value = Math.Max(0, Value - 1);
                break;
            case (byte)'\t':
                Value = Math.Min((Value / TabWidth * TabWidth) + TabWidth, columns - 1);
                break;
            case < 0x20 or 0x7F:
                break;
            default:
                FollowCharacter(value, columns);
                break;
        }
    }

    private void FollowCharacter(byte value, int columns)
    {
        if ((value & 0xC0) != 0x80)
        {
            _characterLength = 0;
        }

        if (_characterLength == _character.Length)
        {
            return;
        }

        _character[_characterLength++] = value;
        if (Rune.DecodeFromUtf8(_character.AsSpan(0, _characterLength), out Rune rune, out _) != OperationStatus.NeedMoreData)
        {
            _characterLength = 0;
            int width = TextWidth.Of(rune);
            Value = Value + width > columns ? width : Value + width;
            Value = Value == columns ? 0 : Value;
        }
    }
}
