namespace KernelSockets;

/// <summary>Flags of open and F_SETFL, with Linux x86-64's values (include/uapi/asm-generic/fcntl.h).</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>O_RDONLY: the access mode 0.</summary>
    ReadOnly = 0,

    /// <summary>O_WRONLY.</summary>
    WriteOnly = 1,

    /// <summary>O_RDWR.</summary>
    ReadWrite = 2,

    /// <summary>O_ACCMODE: the bits that hold the access mode. As one itself it asks for the right to read and write, and gives neither, as in Linux.</summary>
    AccessMask = 3,

    /// <summary>O_CREAT.</summary>
    Create = 0x40,

    /// <summary>O_EXCL: fail when it exists.</summary>
    Exclusive = 0x80,

    /// <summary>O_NOCTTY.</summary>
    NoControllingTerminal = 0x100,

    /// <summary>O_TRUNC.</summary>
    Truncate = 0x200,

    /// <summary>O_APPEND: every write goes to the end.</summary>
    Append = 0x400,

    /// <summary>O_NONBLOCK.</summary>
    NonBlocking = 0x800,

    /// <summary>O_DSYNC.</summary>
    DataSync = 0x1000,

    /// <summary>FASYNC.</summary>
    Async = 0x2000,

    /// <summary>O_DIRECT.</summary>
    Direct = 0x4000,

    /// <summary>O_LARGEFILE; without meaning on 64-bit systems.</summary>
    LargeFile = 0x8000,

    /// <summary>O_DIRECTORY: fail when it is no directory.</summary>
    Directory = 0x10000,

    /// <summary>O_NOFOLLOW: fail when the last component is a symbolic link.</summary>
    NoFollow = 0x20000,

    /// <summary>O_NOATIME.</summary>
    NoAccessTime = 0x40000,

    /// <summary>O_CLOEXEC: a property of the descriptor, not of the file.</summary>
    CloseOnExec = 0x80000,

    /// <summary>O_SYNC without O_DSYNC's bit.</summary>
    Sync = 0x100000,

    /// <summary>O_PATH: names a file without opening it.</summary>
    PathOnly = 0x200000,

    /// <summary>The flags that F_SETFL may change.</summary>
    Changeable = Append | NonBlocking | Async | Direct | NoAccessTime,

    /// <summary>The flags that only matter while opening: F_GETFL does not tell them.</summary>
    CreationOnly = Create | Exclusive | NoControllingTerminal | Truncate | CloseOnExec,
}
