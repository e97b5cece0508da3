using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace KernelSockets.Vfs.Dev;

/// <summary>A terminal's settings: the kernel's <c>struct termios</c> of Linux x86-64, as TCGETS and TCSETS carry it.</summary>
/// <remarks>
/// <code>
///   0        4        8        12       16      17            36
///   | c_iflag| c_oflag| c_cflag| c_lflag|c_line | c_cc[19]    |    little-endian
/// </code>
/// </remarks>
public struct Termios : IEquatable<Termios>
{
    /// <summary>Bytes of the structure.</summary>
    public const int Size = CharactersOffset + CharacterCount;

    /// <summary>Elements of c_cc (NCCS of the kernel, not of the C library).</summary>
    public const int CharacterCount = 19;

    /// <summary>The value in c_cc that switches a function off (_POSIX_VDISABLE).</summary>
    public const byte Disabled = 0;

    private const int InputOffset = 0;
    private const int OutputOffset = 4;
    private const int ControlOffset = 8;
    private const int LocalOffset = 12;
    private const int LineOffset = 16;
    private const int CharactersOffset = 17;

    private CharacterArray _characters;

    /// <summary>c_iflag.</summary>
    public InputModes Input { get; set; }

    /// <summary>c_oflag.</summary>
    public OutputModes Output { get; set; }

    /// <summary>c_cflag.</summary>
    public ControlModes Control { get; set; }

    /// <summary>c_lflag.</summary>
    public LocalModes Local { get; set; }

    /// <summary>c_line: number of the line discipline; 0 is N_TTY.</summary>
    public byte Line { get; set; }

    /// <summary>What a terminal starts with: Linux's tty_std_termios, without flow control by characters, and with UTF-8.</summary>
    public static Termios Default
    {
        get
        {
            var termios = new Termios
            {
                Input = InputModes.ICRNL | InputModes.IMAXBEL | InputModes.IUTF8,
                Output = OutputModes.OPOST | OutputModes.ONLCR,
                Control = ControlModes.B115200 | ControlModes.CS8 | ControlModes.CREAD | ControlModes.HUPCL,
                Local = LocalModes.ISIG | LocalModes.ICANON | LocalModes.ECHO | LocalModes.ECHOE | LocalModes.ECHOK
                    | LocalModes.ECHOCTL | LocalModes.ECHOKE | LocalModes.IEXTEN,
            };

            // INIT_C_CC (include/asm-generic/termios.h).
            ReadOnlySpan<byte> characters = [3, 0x1C, 0x7F, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1A, 0, 0x12, 0x0F, 0x17, 0x16, 0, 0, 0];
            characters.CopyTo(termios._characters);
            return termios;
        }
    }

    /// <summary>An element of c_cc.</summary>
    public byte this[ControlCharacter character]
    {
        readonly get => _characters[(int)character];
        set => _characters[(int)character] = value;
    }

    /// <summary>True when all bits of <paramref name="modes"/> are set in c_iflag.</summary>
    public readonly bool Has(InputModes modes) => (Input & modes) == modes;

    /// <summary>True when all bits of <paramref name="modes"/> are set in c_oflag.</summary>
    public readonly bool Has(OutputModes modes) => (Output & modes) == modes;

    /// <summary>True when all bits of <paramref name="modes"/> are set in c_lflag.</summary>
    public readonly bool Has(LocalModes modes) => (Local & modes) == modes;

    /// <summary>Reads the structure.</summary>
    /// <returns>False when there are fewer than <see cref="Size"/> bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Termios termios)
    {
        termios = default;
        if (bytes.Length < Size)
        {
            return false;
        }

        termios.Input = (InputModes)BinaryPrimitives.ReadUInt32LittleEndian(bytes[InputOffset..]);
        termios.Output = (OutputModes)BinaryPrimitives.ReadUInt32LittleEndian(bytes[OutputOffset..]);
        termios.Control = (ControlModes)BinaryPrimitives.ReadUInt32LittleEndian(bytes[ControlOffset..]);
        termios.Local = (LocalModes)BinaryPrimitives.ReadUInt32LittleEndian(bytes[LocalOffset..]);
        termios.Line = bytes[LineOffset];
        bytes.Slice(CharactersOffset, CharacterCount).CopyTo(termios._characters);
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    /// <exception cref="ArgumentException">There is less room.</exception>
    public readonly void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[InputOffset..], (uint)Input);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[OutputOffset..], (uint)Output);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ControlOffset..], (uint)Control);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[LocalOffset..], (uint)Local);
        bytes[LineOffset] = Line;
        ((ReadOnlySpan<byte>)_characters).CopyTo(bytes.Slice(CharactersOffset, CharacterCount));
    }

    /// <inheritdoc/>
    public readonly bool Equals(Termios other) =>
        Input == other.Input && Output == other.Output && Control == other.Control && Local == other.Local && Line == other.Line
        && ((ReadOnlySpan<byte>)_characters).SequenceEqual(other._characters);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Termios other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Input, Output, Control, Local, Line);

    /// <summary>True when both are the same in every field.</summary>
    public static bool operator ==(Termios left, Termios right) => left.Equals(right);

    /// <summary>True when they differ in some field.</summary>
    public static bool operator !=(Termios left, Termios right) => !left.Equals(right);

    [InlineArray(CharacterCount)]
    private struct CharacterArray
    {
        private byte _first;
    }
}
