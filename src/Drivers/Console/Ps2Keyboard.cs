using System.Text;

namespace KernelSockets.Drivers.Console;

/// <summary>
/// Turns the scan codes of a PS/2 keyboard (set 1, as the controller's translation delivers them) into the bytes that xterm sends for a US
/// layout.
/// </summary>
/// <remarks>Fed by the console's task, one code at a time; not thread-safe. Knows no port. Unknown codes and the controller's answers are
/// ignored.</remarks>
public sealed class Ps2Keyboard
{
    /// <summary>Most bytes that one key makes, for example ESC ESC [ 2 4 ; 8 ~.</summary>
    public const int MaxBytes = 8;

    private const byte ExtendedPrefix = 0xE0;
    private const byte PausePrefix = 0xE1;
    private const byte BreakBit = 0x80;
    private const int PauseRest = 2;

    private const byte LeftControl = 0x1D;
    private const byte LeftShift = 0x2A;
    private const byte RightShift = 0x36;
    private const byte LeftAlt = 0x38;
    private const byte CapsLockKey = 0x3A;
    private const byte NumLockKey = 0x45;
    private const byte KeypadSlash = 0x35;
    private const byte KeypadEnter = 0x1C;
    private const byte KeypadFirst = 0x47;
    private const byte KeypadLast = 0x53;

    private bool _isExtended;
    private int _toSkip;
    private bool _isLeftShift;
    private bool _isRightShift;
    private bool _isLeftControl;
    private bool _isRightControl;
    private bool _isLeftAlt;
    private bool _isRightAlt;

    /// <summary>True while Caps Lock is on; for the LED.</summary>
    public bool IsCapsLock { get; private set; }

    /// <summary>True while Num Lock is on, as it is at the start; for the LED.</summary>
    public bool IsNumLock { get; private set; } = true;

    /// <summary>True when cursor keys are to send ESC O A instead of ESC [ A (DECCKM).</summary>
    public bool IsApplicationMode { get; set; }

    private bool IsShift => _isLeftShift || _isRightShift;

    private bool IsControl => _isLeftControl || _isRightControl;

    private bool IsAlt => _isLeftAlt || _isRightAlt;

    /// <summary>Characters of codes 0x02 to 0x0D, 0x10 to 0x1B, 0x1E to 0x29, 0x2B to 0x35, 0x39 without Shift; 0 for none.</summary>
    private static ReadOnlySpan<byte> Plain =>
        "\0\01234567890-=\0\0qwertyuiop[]\0\0asdfghjkl;'`\0\\zxcvbnm,./\0\0\0 "u8;

    private static ReadOnlySpan<byte> Shifted =>
        "\0\0!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0\0\0 "u8;

    /// <summary>Keypad codes 0x47 to 0x53 with Num Lock.</summary>
    private static ReadOnlySpan<byte> Keypad => "789-456+1230."u8;

    /// <summary>Takes the next code.</summary>
    /// <param name="code">From the data port.</param>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <returns>How many bytes the key sends; 0 for none.</returns>
    public int Decode(byte code, Span<byte> destination)
    {
        if (_toSkip > 0)
        {
            _toSkip--;
            return 0;
        }

        if (code is ExtendedPrefix or PausePrefix)
        {
            _isExtended = code == ExtendedPrefix;
            _toSkip = code == PausePrefix ? PauseRest : 0;
            return 0;
        }

        bool isExtended = _isExtended;
        _isExtended = false;
        bool isPressed = (code & BreakBit) == 0;
        byte key = (byte)(code & ~BreakBit);
        if (TryModifier(key, isExtended, isPressed) || !isPressed)
        {
            return 0;
        }

        return isExtended ? DecodeExtended(key, destination) : DecodePlain(key, destination);
    }

    private bool TryModifier(byte key, bool isExtended, bool isPressed)
    {
        switch (key)
        {
            case LeftShift or RightShift when isExtended:
                return true; // The keyboard's own shifts around cursor keys, for programs of 1983.
            case LeftShift:
                _isLeftShift = isPressed;
                return true;
            case RightShift:
                _isRightShift = isPressed;
                return true;
            case LeftControl:
                SetSide(isExtended, isPressed, ref _isLeftControl, ref _isRightControl);
                return true;
            case LeftAlt:
                SetSide(isExtended, isPressed, ref _isLeftAlt, ref _isRightAlt);
                return true;
            case CapsLockKey when !isExtended:
                IsCapsLock ^= isPressed;
                return true;
            case NumLockKey when !isExtended:
                IsNumLock ^= isPressed;
                return true;
            default:
                return false;
        }
    }

    private static void SetSide(bool isRight, bool isPressed, ref bool left, ref bool right)
    {
        if (isRight)
        {
            right = isPressed;
        }
        else
        {
            left = isPressed;
        }
    }

    private int DecodeExtended(byte key, Span<byte> destination) => key switch
    {
        KeypadSlash => SendCharacter((byte)'/', destination),
        KeypadEnter => SendCharacter((byte)'\r', destination),
        _ => DecodeCursor(key, destination),
    };

    private int DecodePlain(byte key, Span<byte> destination)
    {
        switch (key)
        {
            case 0x01:
                return SendCharacter((byte)'\e', destination);
            case 0x0E:
                return SendCharacter(IsControl ? (byte)'\b' : (byte)0x7F, destination);
            case 0x0F:
                return IsShift ? Send("\e[Z", destination) : SendCharacter((byte)'\t', destination);
            case 0x1C:
                return SendCharacter((byte)'\r', destination);
            case 0x37:
                return SendCharacter((byte)'*', destination);
            case >= KeypadFirst and <= KeypadLast:
                return DecodeKeypad(key, destination);
            case 0x56:
                return SendCharacter(IsShift ? (byte)'|' : (byte)'\\', destination);
            case >= 0x3B and <= 0x44:
                return SendFunction(key - 0x3A, destination);
            case 0x57 or 0x58:
                return SendFunction(key - 0x57 + 11, destination);
            default:
                return DecodeCharacter(key, destination);
        }
    }

    private int DecodeKeypad(byte key, Span<byte> destination)
    {
        byte character = Keypad[key - KeypadFirst];
        return character is (byte)'-' or (byte)'+' || IsNumLock != IsShift
            ? SendCharacter(character, destination)
            : DecodeCursor(key, destination);
    }

    private int DecodeCharacter(byte key, Span<byte> destination)
    {
        byte character = key < Plain.Length ? Plain[key] : (byte)0;
        if (character == 0)
        {
            return 0;
        }

        bool isUpper = IsShift ^ (IsCapsLock && char.IsAsciiLetter((char)character));
        character = isUpper ? Shifted[key] : character;
        return SendCharacter(IsControl ? WithControl(character) : character, destination);
    }

    /// <summary>What Ctrl makes of a character, as xterm has it.</summary>
    private static byte WithControl(byte character) => character switch
    {
        >= (byte)'@' and <= (byte)'~' => (byte)(character & 0x1F),
        (byte)' ' or (byte)'2' => 0,
        >= (byte)'3' and <= (byte)'7' => (byte)(character - '3' + 0x1B),
        (byte)'8' or (byte)'?' => 0x7F,
        (byte)'-' or (byte)'/' => 0x1F,
        _ => character,
    };

    /// <summary>Keys that have no character: xterm's sequences, by the code they have with the extended prefix.</summary>
    private int DecodeCursor(byte key, Span<byte> destination) => key switch
    {
        0x47 => SendLetter('H', destination),
        0x48 => SendLetter('A', destination),
        0x49 => SendTilde(5, destination),
        0x4B => SendLetter('D', destination),
        0x4C => SendLetter('E', destination),
        0x4D => SendLetter('C', destination),
        0x4F => SendLetter('F', destination),
        0x50 => SendLetter('B', destination),
        0x51 => SendTilde(6, destination),
        0x52 => SendTilde(2, destination),
        0x53 => SendTilde(3, destination),
        _ => 0,
    };

    private int SendFunction(int number, Span<byte> destination)
    {
        if (number <= 4)
        {
            char letter = (char)('P' + number - 1);
            return Modifier == 1 ? Send($"\eO{letter}", destination) : Send($"\e[1;{Modifier}{letter}", destination);
        }

        // F5 is 15, F6 17; the gaps are those of the VT220's keyboard.
        int code = number + 10 + (number > 5 ? 1 : 0) + (number > 10 ? 1 : 0);
        return SendTilde(code, destination);
    }

    /// <summary>xterm's modifier parameter: 1 + Shift + 2 Alt + 4 Ctrl.</summary>
    private int Modifier => 1 + (IsShift ? 1 : 0) + (IsAlt ? 2 : 0) + (IsControl ? 4 : 0);

    private int SendLetter(char letter, Span<byte> destination)
    {
        if (Modifier == 1)
        {
            return Send($"\e{(IsApplicationMode ? 'O' : '[')}{letter}", destination);
        }

        return Send($"\e[1;{Modifier}{letter}", destination);
    }

    private int SendTilde(int code, Span<byte> destination) =>
        Modifier == 1 ? Send($"\e[{code}~", destination) : Send($"\e[{code};{Modifier}~", destination);

    private int SendCharacter(byte character, Span<byte> destination)
    {
        int length = 0;
        if (IsAlt)
        {
            destination[length++] = (byte)'\e';
        }

        destination[length++] = character;
        return length;
    }

    private static int Send(string text, Span<byte> destination) => Encoding.ASCII.GetBytes(text, destination);
}
