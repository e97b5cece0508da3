namespace KernelSockets;

/// <summary>How a file system is checked (<see cref="FileSystemOps.Check"/>).</summary>
[Flags]
public enum CheckOptions
{
    /// <summary>Looks, and changes nothing.</summary>
    None = 0,

    /// <summary>Mends what can be mended, without asking.</summary>
    Repair = 1,

    /// <summary>Checks also what is marked as clean.</summary>
    Force = 2,

    /// <summary>Reports every name.</summary>
    ListFiles = 4,

    /// <summary>Reports what the super block says.</summary>
    ShowSuperBlock = 8,

    /// <summary>Reports how much is in use.</summary>
    Verbose = 16,

    /// <summary>Does not report that it checks, and why.</summary>
    Quiet = 32,
}
