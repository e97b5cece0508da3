using System.Buffers;
using System.Text;

namespace KernelSockets.Drivers.Console;

/// <summary>
/// Takes a terminal's byte stream apart: UTF-8 text, control characters, escape and control sequences (ECMA-48 §5, ECMA-35 §13), after the
/// state
/// machine that DEC's terminals follow. Any byte sequence is fine; what makes no sense is dropped.
/// </summary>
/// <remarks>Not thread-safe. Allocates nothing after construction.</remarks>
internal sealed class EscapeParser(IEscapeHandler handler)
{
    private const byte EscapeCharacter = 0x1B;
    private const byte Cancel = 0x18;
    private const byte Substitute = 0x1A;
    private const byte Delete = 0x7F;
    private const byte StringTerminator = (byte)'\\';

    /// <summary>Parameters kept; more are dropped.</summary>
    private const int MaxParameters = 16;

    /// <summary>Greatest value of a parameter; no screen is that large.</summary>
    private const int MaxValue = 9999;

    private readonly int[] _parameters = new int[MaxParameters];
    private readonly byte[] _utf8 = new byte[4];
    private int _utf8Count;
    private int _parameterCount;
    private byte _prefix;
    private byte _intermediate;
    private State _state;

    private enum State
    {
        Ground,
        Escape,
        Sequence,
        String,
        StringEscape,
    }

    /// <summary>Takes bytes, cut anywhere.</summary>
    public void Parse(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            Parse(value);
        }
    }

    private void Parse(byte value)
    {
        if (_utf8Count > 0 && (value & 0xC0) != 0x80)
        {
            _utf8Count = 0;
            handler.Print(Rune.ReplacementChar);
        }

        switch (_state)
        {
            case State.String:
                ParseString(value);
                break;
            case State.StringEscape:
                ParseStringEscape(value);
                break;
            case var _ when value < 0x20:
                ParseControl(value);
                break;
            case State.Escape:
                ParseEscape(value);
                break;
            case State.Sequence:
                ParseSequence(value);
                break;
            default:
                ParseText(value);
                break;
        }
    }

    private void ParseControl(byte value)
    {
        switch (value)
        {
            case EscapeCharacter:
                _state = State.Escape;
                _intermediate = 0;
                break;
            case Cancel or Substitute:
                _state = State.Ground;
                break;
            default:
                handler.Execute(value);
                break;
        }
    }

    private void ParseText(byte value)
    {
        if (value == Delete)
        {
            return;
        }

        if (value < 0x80)
        {
            handler.Print(new Rune(value));
            return;
        }

        _utf8[_utf8Count++] = value;
        OperationStatus status = Rune.DecodeFromUtf8(_utf8.AsSpan(0, _utf8Count), out Rune rune, out _);
        if (status != OperationStatus.NeedMoreData)
        {
            // A C1 control in UTF-8 is dropped: it is a control character, and terminals that act on it are rare.
            _utf8Count = 0;
            if (!Rune.IsControl(rune))
            {
                handler.Print(rune);
            }
        }
    }

    private void ParseEscape(byte value)
    {
        switch (value)
        {
            case >= 0x80 or Delete:
                _state = State.Ground;
                break;
            case < 0x30:
                _intermediate = value;
                break;
            case (byte)'[' when _intermediate == 0:
                BeginSequence();
                break;
            case (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' when _intermediate == 0:
                _state = State.String;
                break;
            default:
                _state = State.Ground;
                handler.Escape(_intermediate, value);
                break;
        }
    }

    private void BeginSequence()
    {
        _state = State.Sequence;
        _prefix = 0;
        _parameterCount = 1;
        _parameters[0] = 0;
    }

    private void ParseSequence(byte value)
    {
        switch (value)
        {
            case >= 0x80 or Delete:
                _state = State.Ground;
                break;
            case >= 0x40:
                _state = State.Ground;
                handler.Control(_prefix, _parameters.AsSpan(0, Math.Min(_parameterCount, MaxParameters)), _intermediate, value);
                break;
            case >= (byte)'0' and <= (byte)'9':
                AddDigit(value - '0');
                break;
            case (byte)';' or (byte)':':
                AddParameter();
                break;
            case >= 0x3C:
                _prefix = value;
                break;
            default:
                _intermediate = value;
                break;
        }
    }

    private void AddDigit(int digit)
    {
        if (_parameterCount <= MaxParameters)
        {
            ref int parameter = ref _parameters[_parameterCount - 1];
            parameter = Math.Min((parameter * 10) + digit, MaxValue);
        }
    }

    private void AddParameter()
    {
        // One beyond the last marks that the rest is dropped.
        _parameterCount = Math.Min(_parameterCount + 1, MaxParameters + 1);
        if (_parameterCount <= MaxParameters)
        {
            _parameters[_parameterCount - 1] = 0;
        }
    }

    /// <summary>Skips the text of OSC, DCS, SOS, PM and APC (ECMA-48 §5.6): titles and the like.</summary>
    private void ParseString(byte value)
    {
        _state = value switch
        {
            EscapeCharacter => State.StringEscape,
            (byte)'\a' or Cancel or Substitute => State.Ground,
            _ => State.String,
        };
    }

    private void ParseStringEscape(byte value)
    {
        _state = State.Escape;
        _intermediate = 0;
        if (value == StringTerminator)
        {
            _state = State.Ground;
            return;
        }

        Parse(value);
    }
}
