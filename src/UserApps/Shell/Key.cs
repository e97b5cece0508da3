using System.Text;

namespace KernelSockets.UserApps;

/// <summary>What a person pressed, as far as the line editor cares.</summary>
internal enum KeyKind
{
    /// <summary>A printable character.</summary>
    Character,

    /// <summary>Ctrl and a letter or sign; the rune is the upper-case letter.</summary>
    Control,

    /// <summary>Alt (or Escape first) and a character.</summary>
    Alt,

    /// <summary>Return.</summary>
    Enter,

    /// <summary>Tab.</summary>
    Tab,

    /// <summary>Backspace.</summary>
    Backspace,

    /// <summary>Delete.</summary>
    Delete,

    /// <summary>Cursor left.</summary>
    Left,

    /// <summary>Cursor right.</summary>
    Right,

    /// <summary>Cursor up.</summary>
    Up,

    /// <summary>Cursor down.</summary>
    Down,

    /// <summary>Home.</summary>
    Home,

    /// <summary>End.</summary>
    End,

    /// <summary>Ctrl-Left.</summary>
    WordLeft,

    /// <summary>Ctrl-Right.</summary>
    WordRight,

    /// <summary>A key with a sequence that nothing is bound to.</summary>
    Unknown,
}

/// <summary>One key.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Rune">The character of <see cref="KeyKind.Character"/>, <see cref="KeyKind.Control"/> and
/// <see cref="KeyKind.Alt"/>.</param>
internal readonly record struct Key(KeyKind Kind, Rune Rune = default);
