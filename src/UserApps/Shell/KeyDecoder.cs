using System.Buffers;
using System.Text;

namespace KernelSockets.UserApps;

/// <summary>
/// Turns a terminal's bytes into keys: UTF-8, control characters, and the sequences of VT100, xterm and the Linux console for the
/// keys without a character (ECMA-48 §5.4 for their form).
/// </summary>
/// <remarks>
/// Fed one byte at a time, so that sequences may be cut anywhere. An Escape waits for the next byte however late it is, as readline does
/// where
/// Escape alone means nothing. Invalid UTF-8 is dropped. Used by one task.
/// </remarks>
internal sealed class KeyDecoder
{
    private const byte Escape = 0x1B;
    private const byte DeleteCharacter = 0x7F;
    private const int MaxParameter = 9999;
    private const int CtrlModifier = 5;

    private readonly byte[] _utf8 = new byte[4];
    private State _state;
    private int _utf8Count;
    private int _parameter;
    private int _firstParameter;
    private bool _isAlt;

    private enum State
    {
        Ground,
        Escape,
        Csi,
        Ss3,
    }

    /// <summary>Takes the next byte.</summary>
    /// <param name="value">From the terminal.</param>
    /// <param name="key">The key that it completes.</param>
    /// <returns>False when no key is complete yet.</returns>
    public bool TryDecode(byte value, out Key key)
    {
        switch (_state)
        {
            case State.Escape:
                return TryAfterEscape(value, out key);
            case State.Csi:
                return TryCsi(value, out key);
            case State.Ss3:
                _state = State.Ground;
                key = FromFinal(value, 0);
                return true;
            default:
                return TryGround(value, out key);
        }
    }

    private bool TryGround(byte value, out Key key)
    {
        if (value >= 0x80 || _utf8Count > 0)
        {
            return TryUtf8(value, out key);
        }

        key = FromAscii(value);
        _isAlt = false;
        if (value != Escape)
        {
            return true;
        }

        _state = State.Escape;
        return false;
    }

    private Key FromAscii(byte value)
    {
        if (_isAlt)
        {
            return new Key(KeyKind.Alt, new Rune(value));
        }

        return value switch
        {
            (byte)'\r' or (byte)'\n' => new Key(KeyKind.Enter),
            (byte)'\t' => new Key(KeyKind.Tab),
            DeleteCharacter or (byte)'\b' => new Key(KeyKind.Backspace),
            < 0x20 => new Key(KeyKind.Control, new Rune((char)(value + '@'))),
            _ => new Key(KeyKind.Character, new Rune(value)),
        };
    }

    private bool TryUtf8(byte value, out Key key)
    {
        key = default;
        if (_utf8Count > 0 && (value & 0xC0) != 0x80)
        {
            _utf8Count = 0;
            return TryDecode(value, out key);
        }

        _utf8[_utf8Count++] = value;
        OperationStatus status = Rune.DecodeFromUtf8(_utf8.AsSpan(0, _utf8Count), out Rune rune, out _);
        if (status == OperationStatus.NeedMoreData)
        {
            return false;
        }

        _utf8Count = 0;
        key = new Key(_isAlt ? KeyKind.Alt : KeyKind.Character, rune);
        _isAlt = false;
        return status == OperationStatus.Done && !Rune.IsControl(rune);
    }

    private bool TryAfterEscape(byte value, out Key key)
    {
        key = default;
        switch (value)
        {
            case (byte)'[':
                _state = State.Csi;
                _parameter = 0;
                _firstParameter = -1;
                return false;
            case (byte)'O':
                _state = State.Ss3;
                return false;
            case Escape:
                return false;
            default:
                _state = State.Ground;
                _isAlt = true;
                return TryGround(value, out key);
        }
    }

    private bool TryCsi(byte value, out Key key)
    {
        key = default;
        if (value is >= (byte)'0' and <= (byte)'9')
        {
            _parameter = Math.Min((_parameter * 10) + value - '0', MaxParameter);
            return false;
        }

        if (value == ';')
        {
            _firstParameter = _firstParameter < 0 ? _parameter : _firstParameter;
            _parameter = 0;
            return false;
        }

        if (value is >= 0x20 and < 0x40)
        {
            return false;
        }

        _state = value == Escape ? State.Escape : State.Ground;
        bool hasModifier = _firstParameter >= 0;
        int modifier = hasModifier ? _parameter : 0;
        key = value == '~' ? FromTilde(hasModifier ? _firstParameter : _parameter) : FromFinal(value, modifier);
        return value is >= 0x40 and < 0x7F;
    }

    private static Key FromTilde(int number) => new(number switch
    {
        1 or 7 => KeyKind.Home,
        3 => KeyKind.Delete,
        4 or 8 => KeyKind.End,
        _ => KeyKind.Unknown,
    });

    private static Key FromFinal(byte value, int modifier) => new((char)value switch
    {
        'A' => KeyKind.Up,
        'B' => KeyKind.Down,
        'C' => modifier == CtrlModifier ? KeyKind.WordRight : KeyKind.Right,
        'D' => modifier == CtrlModifier ? KeyKind.WordLeft : KeyKind.Left,
        'F' => KeyKind.End,
        'H' => KeyKind.Home,
        'M' => KeyKind.Enter,
        _ => KeyKind.Unknown,
    });
}
