namespace KernelSockets.Drivers.Console;

/// <summary>Colours as SGR sets them (ECMA-48 §8.3.117, with xterm's bright colours), and the VGA attribute they make.</summary>
internal struct TextAttributes
{
    private const byte DefaultForeground = 7;
    private const byte DefaultBackground = 0;
    private const byte Bright = 8;

    private byte _foreground;
    private byte _background;
    private bool _isBold;
    private bool _isInverse;
    private bool _isConcealed;

    /// <summary>Light grey on black.</summary>
    public static TextAttributes Default => new() { _foreground = DefaultForeground, _background = DefaultBackground };

    /// <summary>The cell for a character.</summary>
    public readonly ushort Cell(byte glyph)
    {
        int foreground = ToVga(_isBold ? (byte)(_foreground | Bright) : _foreground);
        int background = ToVga(_background);
        if (_isInverse)
        {
            (foreground, background) = (background, foreground);
        }

        foreground = _isConcealed ? background : foreground;
        return (ushort)(background << 12 | foreground << 8 | glyph);
    }

    /// <summary>The cell for erased places: the background stays, as xterm has it (bce).</summary>
    public readonly ushort Blank() => (ushort)((ToVga(_background) << 12) | (ToVga(DefaultForeground) << 8) | ' ');

    /// <summary>Carries out the parameters of SGR; unknown ones are skipped.</summary>
    public void Apply(ReadOnlySpan<int> parameters)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            if (parameters[i] is 38 or 48)
            {
                bool isForeground = parameters[i] == 38;
                byte color = ExtendedColor(parameters[(i + 1)..], out int used);
                i += used;
                SetColor(isForeground, used == 0 ? (isForeground ? _foreground : _background) : color);
            }
            else
            {
                Apply(parameters[i]);
            }
        }
    }

    private void Apply(int parameter)
    {
        switch (parameter)
        {
            case 0:
                this = Default;
                break;
            case 1 or 22:
                _isBold = parameter == 1;
                break;
            case 7 or 27:
                _isInverse = parameter == 7;
                break;
            case 8 or 28:
                _isConcealed = parameter == 8;
                break;
            case (>= 30 and <= 37) or (>= 90 and <= 97):
                _foreground = (byte)(parameter < 90 ? parameter - 30 : (parameter - 90) | Bright);
                break;
            case (>= 40 and <= 47) or (>= 100 and <= 107):
                _background = (byte)(parameter < 100 ? parameter - 40 : (parameter - 100) | Bright);
                break;
            case 39:
                _foreground = DefaultForeground;
                break;
            case 49:
                _background = DefaultBackground;
                break;
            default:
                break;
        }
    }

    private void SetColor(bool isForeground, byte color)
    {
        if (isForeground)
        {
            _foreground = color;
        }
        else
        {
            _background = color;
        }
    }

    /// <summary>Reads <c>5;N</c> (palette of 256) or <c>2;R;G;B</c> and picks one of the sixteen colours.</summary>
    /// <param name="parameters">What follows 38 or 48.</param>
    /// <param name="used">How many of them belong to it; 0 when they make no colour.</param>
    private static byte ExtendedColor(ReadOnlySpan<int> parameters, out int used)
    {
        used = 0;
        if (parameters is [5, < 256, ..])
        {
            used = 2;
            return FromPalette(parameters[1]);
        }

        if (parameters is [2, < 256, < 256, < 256, ..])
        {
            used = 4;
            return FromRgb(parameters[1], parameters[2], parameters[3]);
        }

        return 0;
    }

    /// <summary>xterm's palette: 16 colours, a cube of 6 by 6 by 6, 24 greys.</summary>
    private static byte FromPalette(int index)
    {
        if (index < 16)
        {
            return (byte)index;
        }

        if (index >= 232)
        {
            int level = ((index - 232) * 10) + 8;
            return FromRgb(level, level, level);
        }

        int cube = index - 16;
        return FromRgb(cube / 36 * 51, cube / 6 % 6 * 51, cube % 6 * 51);
    }

    private static byte FromRgb(int red, int green, int blue)
    {
        int most = Math.Max(red, Math.Max(green, blue));
        if (most < 64)
        {
            return 0;
        }

        // Dark grey is the bright black.
        if (most < 144 && Math.Min(red, Math.Min(green, blue)) > most * 3 / 4)
        {
            return Bright;
        }

        int half = most / 2;
        int color = (red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0);
        return (byte)(most > 191 ? color | Bright : color);
    }

    /// <summary>ANSI numbers colours red, green, blue from bit 0; VGA blue, green, red.</summary>
    private static int ToVga(byte color) => (color & 0b1010) | (color & 1) << 2 | (color & 4) >> 2;
}
