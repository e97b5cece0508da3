namespace KernelSockets.Drivers.Console;

/// <summary>The seam for a screen of character cells: VGA text memory at 0xB8000 and the CRT controller's cursor in the kernel, an array in
/// tests.</summary>
/// <remarks>
/// A cell is what VGA text mode has: bits 0 to 7 the character in code page 437, 8 to 11 the foreground, 12 to 15 the background, as IBM's
/// colour
/// numbers (bit 0 blue, 1 green, 2 red, 3 bright). Bit 15 means a bright background, so blinking must be off (attribute mode control, bit 3
/// clear).
/// Called under the screen's lock.
/// </remarks>
public abstract class TextFrameBuffer
{
    /// <summary>Cells in a row.</summary>
    public abstract int Columns { get; }

    /// <summary>Rows.</summary>
    public abstract int Rows { get; }

    /// <summary>Shows a cell.</summary>
    /// <param name="index">Row times <see cref="Columns"/> plus column.</param>
    /// <param name="cell">Character and colours.</param>
    public abstract void Write(int index, ushort cell);

    /// <summary>Puts the cursor somewhere.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="column">From 0.</param>
    /// <param name="visible">False to hide it.</param>
    public abstract void SetCursor(int row, int column, bool visible);
}
