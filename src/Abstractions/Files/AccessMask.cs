namespace KernelSockets;

/// <summary>What somebody wants to do with an inode (Linux's MAY_EXEC, MAY_WRITE, MAY_READ; access(2) uses the same values).</summary>
[Flags]
public enum AccessMask
{
    /// <summary>F_OK: only that it exists.</summary>
    None = 0,

    /// <summary>Execute a file, search a directory.</summary>
    Execute = 1,

    /// <summary>Write.</summary>
    Write = 2,

    /// <summary>Read.</summary>
    Read = 4,
}
