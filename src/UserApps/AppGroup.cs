namespace KernelSockets.UserApps;

/// <summary>The heading that <c>help</c> lists a command under.</summary>
public enum AppGroup
{
    /// <summary>Commands that the shell itself carries out.</summary>
    Shell,

    /// <summary>The machine and what runs on it.</summary>
    System,

    /// <summary>Interfaces, neighbours, hosts.</summary>
    Network,

    /// <summary>Files and what is in them.</summary>
    Files,

    /// <summary>Lines, words and bytes.</summary>
    Text,

    /// <summary>Looking into the kernel and the runtime, and testing them.</summary>
    Diagnostics,

    /// <summary>Ordinary programs.</summary>
    Programs,
}
