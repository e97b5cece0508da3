namespace KernelSockets.Vfs.Dev;

/// <summary>The seam below the line discipline: the devices that show a terminal's output, for example serial line and screen
/// together.</summary>
public abstract class TerminalOutput
{
    /// <summary>Sends bytes, newlines already mapped; blocks while the device is slow. Called by tasks, one at a time, under the terminal's
    /// output lock.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes);
}
