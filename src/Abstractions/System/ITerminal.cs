namespace KernelSockets;

/// <summary>The console as the shell's line editor sees it: keys come in as bytes, as a terminal sends them; no echo, no line
/// discipline.</summary>
public interface ITerminal
{
    /// <summary>Columns of the screen, for wrapping.</summary>
    int Columns { get; }

    /// <summary>Rows of the screen.</summary>
    int Rows { get; }

    /// <summary>
    /// Column that the cursor has reached by the output so far, from 0, as far as text and plain control characters tell; a prompt need not
    /// start at the margin when a program has ended without a newline.
    /// </summary>
    int CursorColumn => 0;

    /// <summary>Switches between the line discipline (echo, editing, Ctrl-C as an interrupt) and raw bytes.</summary>
    /// <remarks>Two mappings stay on in raw mode: Enter arrives as a newline, and a newline in the output also returns to the
    /// margin.</remarks>
    bool IsRaw { get; set; }

    /// <summary>Waits for input and returns what there is.</summary>
    /// <param name="destination">At least one byte.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>At least one byte; 0 bytes at end of input; <see cref="Errno.ETIME"/>; <see cref="Errno.EINTR"/>.</returns>
    IoResult Read(Span<byte> destination, Instant deadline);

    /// <summary>Writes bytes to the screen and the serial line; blocks while they are slow.</summary>
    IoResult Write(ReadOnlySpan<byte> source);
}
