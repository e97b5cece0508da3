using System.Buffers.Binary;

namespace KernelSockets.UserApps.Network.Telnet;

/// <summary>What comes from a telnet client, taken apart: keys, window sizes, and what the protocol has answered (RFC 854).</summary>
/// <remarks>
/// Used by one task. Bytes may come in any pieces. Nothing that a client sends makes it keep more than a few bytes, and no answer of ours can start a loop: options that
/// are not known are refused, refusals are not answered.
/// </remarks>
internal sealed class TelnetDecoder
{
    private const int LongestSubnegotiation = 16;
    private const int WindowSizeLength = 5;
    private const byte Interrupt = 0x03; // VINTR
    private const byte EndOfFile = 0x04; // VEOF
    private const byte Erase = 0x7F; // VERASE
    private const byte Kill = 0x15; // VKILL

    private readonly byte[] _subnegotiation = new byte[LongestSubnegotiation];
    private readonly HashSet<byte> _ours = [(byte)TelnetOption.Echo, (byte)TelnetOption.SuppressGoAhead];
    private int _subnegotiationLength;
    private State _state;
    private byte _command;
    private bool _isAfterReturn;

    private enum State
    {
        Data,
        Command,
        Option,
        Subnegotiation,
        SubnegotiationCommand,
    }

    /// <summary>What a server says first: it echoes, nobody says Go Ahead, and the client may tell its window's size.</summary>
    public static ReadOnlySpan<byte> Greeting =>
    [
        (byte)TelnetCommand.InterpretAsCommand, (byte)TelnetCommand.Will, (byte)TelnetOption.Echo,
        (byte)TelnetCommand.InterpretAsCommand, (byte)TelnetCommand.Will, (byte)TelnetOption.SuppressGoAhead,
        (byte)TelnetCommand.InterpretAsCommand, (byte)TelnetCommand.Do, (byte)TelnetOption.WindowSize,
    ];

    /// <summary>Rows and columns of the client's window, when it has told them since the last call of <see cref="Decode"/>.</summary>
    public (int Rows, int Columns)? Window { get; private set; }

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">As they came.</param>
    /// <param name="keys">Gets what was typed.</param>
    /// <param name="answers">Gets what is to be sent back.</param>
    public void Decode(ReadOnlySpan<byte> bytes, List<byte> keys, List<byte> answers)
    {
        Window = null;
        foreach (byte value in bytes)
        {
            switch (_state)
            {
                case State.Data:
                    TakeData(value, keys);
                    break;
                case State.Command:
                    TakeCommand(value, keys, answers);
                    break;
                case State.Option:
                    _state = State.Data;
                    Negotiate((TelnetCommand)_command, value, answers);
                    break;
                case State.Subnegotiation:
                    TakeParameter(value);
                    break;
                default:
                    EndSubnegotiation(value);
                    break;
            }
        }
    }

    /// <summary>Enter is CR LF or CR NUL (RFC 854): the terminal gets CR, as from a keyboard.</summary>
    private void TakeData(byte value, List<byte> keys)
    {
        if (value == (byte)TelnetCommand.InterpretAsCommand)
        {
            _state = State.Command;
            return;
        }

        if (!_isAfterReturn || value is not ((byte)'\n' or 0))
        {
            keys.Add(value);
        }

        _isAfterReturn = value == (byte)'\r';
    }

    private void TakeCommand(byte value, List<byte> keys, List<byte> answers)
    {
        _state = State.Data;
        switch ((TelnetCommand)value)
        {
            case TelnetCommand.InterpretAsCommand:
                keys.Add(value);
                break;
            case TelnetCommand.Will or TelnetCommand.Wont or TelnetCommand.Do or TelnetCommand.Dont:
                _command = value;
                _state = State.Option;
                break;
            case TelnetCommand.Subnegotiation:
                _subnegotiationLength = 0;
                _state = State.Subnegotiation;
                break;
            case TelnetCommand.InterruptProcess or TelnetCommand.Break:
                keys.Add(Interrupt);
                break;
            case TelnetCommand.EndOfFile:
                keys.Add(EndOfFile);
                break;
            case TelnetCommand.EraseCharacter:
                keys.Add(Erase);
                break;
            case TelnetCommand.EraseLine:
                keys.Add(Kill);
                break;
            case TelnetCommand.AreYouThere:
                answers.AddRange("\r\n[yes]\r\n"u8);
                break;
            default:
                break; // Go Ahead, Abort Output, Data Mark and others change nothing here
        }
    }

    private void Negotiate(TelnetCommand command, byte option, List<byte> answers)
    {
        TelnetCommand? answer = command switch
        {
            TelnetCommand.Do => _ours.Contains(option) ? null : TelnetCommand.Wont,
            TelnetCommand.Dont => _ours.Remove(option) ? TelnetCommand.Wont : null,
            TelnetCommand.Will => option == (byte)TelnetOption.WindowSize ? null : TelnetCommand.Dont,
            _ => null,
        };
        if (answer is { } told)
        {
            answers.AddRange([(byte)TelnetCommand.InterpretAsCommand, (byte)told, option]);
        }
    }

    private void TakeParameter(byte value)
    {
        if (value == (byte)TelnetCommand.InterpretAsCommand)
        {
            _state = State.SubnegotiationCommand;
        }
        else
        {
            KeepParameter(value);
        }
    }

    private void EndSubnegotiation(byte value)
    {
        if (value == (byte)TelnetCommand.InterpretAsCommand)
        {
            KeepParameter(value);
            _state = State.Subnegotiation;
            return;
        }

        // Whatever else comes behind an IAC ends it; SE should.
        _state = State.Data;
        ReadOnlySpan<byte> told = _subnegotiation.AsSpan(0, Math.Min(_subnegotiationLength, LongestSubnegotiation));
        if (_subnegotiationLength == WindowSizeLength && told[0] == (byte)TelnetOption.WindowSize)
        {
            Window = (BinaryPrimitives.ReadUInt16BigEndian(told[3..]), BinaryPrimitives.ReadUInt16BigEndian(told[1..]));
        }
    }

    private void KeepParameter(byte value)
    {
        if (_subnegotiationLength < LongestSubnegotiation)
        {
            _subnegotiation[_subnegotiationLength] = value;
        }

        _subnegotiationLength = Math.Min(_subnegotiationLength + 1, LongestSubnegotiation + 1);
    }
}
