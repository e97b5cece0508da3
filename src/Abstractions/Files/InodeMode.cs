namespace KernelSockets;

/// <summary>Type and permissions of an inode: st_mode (Linux include/uapi/linux/stat.h).</summary>
[Flags]
public enum InodeMode : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>S_IFIFO.</summary>
    Fifo = 0x1000,

    /// <summary>S_IFCHR.</summary>
    CharacterDevice = 0x2000,

    /// <summary>S_IFDIR.</summary>
    Directory = 0x4000,

    /// <summary>S_IFBLK.</summary>
    BlockDevice = 0x6000,

    /// <summary>S_IFREG.</summary>
    Regular = 0x8000,

    /// <summary>S_IFLNK.</summary>
    SymbolicLink = 0xA000,

    /// <summary>S_IFSOCK.</summary>
    Socket = 0xC000,

    /// <summary>S_IFMT: the bits that hold the type, a number and not flags.</summary>
    TypeMask = 0xF000,

    /// <summary>S_ISUID.</summary>
    SetUserId = 0x800,

    /// <summary>S_ISGID.</summary>
    SetGroupId = 0x400,

    /// <summary>S_ISVTX.</summary>
    Sticky = 0x200,

    /// <summary>0111: the right to execute, of anybody.</summary>
    AnyExecute = 0x49,

    /// <summary>0666: what a program asks for that creates a file.</summary>
    ReadWriteForAll = 0x1B6,

    /// <summary>0755: what directories usually have.</summary>
    DefaultDirectory = 0x1ED,

    /// <summary>0644: what files usually have.</summary>
    DefaultFile = 0x1A4,

    /// <summary>0777.</summary>
    AllForAll = 0x1FF,

    /// <summary>07777: the bits that chmod changes.</summary>
    PermissionMask = 0xFFF,
}

/// <summary>Questions about <see cref="InodeMode"/>.</summary>
public static class InodeModeExtensions
{
    /// <summary>The type alone.</summary>
    public static InodeMode Type(this InodeMode mode) => mode & InodeMode.TypeMask;

    /// <summary>True for directories.</summary>
    public static bool IsDirectory(this InodeMode mode) => mode.Type() == InodeMode.Directory;

    /// <summary>True for regular files.</summary>
    public static bool IsRegular(this InodeMode mode) => mode.Type() == InodeMode.Regular;

    /// <summary>True for symbolic links.</summary>
    public static bool IsSymbolicLink(this InodeMode mode) => mode.Type() == InodeMode.SymbolicLink;
}
