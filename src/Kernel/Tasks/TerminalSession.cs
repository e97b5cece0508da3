using KernelSockets.Vfs.Dev;

namespace KernelSockets.Kernel.Tasks;

/// <summary>A terminal and which of its jobs Ctrl-C reaches (POSIX's session, with its foreground process group). A job has that of whoever started it.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="foreground">Whom Ctrl-C reaches first.</param>
internal sealed class TerminalSession(Terminal terminal, JobGroup foreground)
{
    /// <summary>The terminal.</summary>
    public Terminal Terminal => terminal;

    /// <summary>Whom Ctrl-C reaches, and who may read; changed with the job table's gate held.</summary>
    public JobGroup Foreground { get; set; } = foreground;

    /// <summary>True once nothing may be started in it any more; protected by the job table's gate.</summary>
    public bool IsHungUp { get; set; }
}
