namespace KernelSockets;

/// <summary>Numbers of ioctl requests (Linux x86-64), and how much memory their argument points to.</summary>
public static class IoctlRequest
{
    /// <summary>TCGETS: struct termios.</summary>
    public const uint TerminalGetSettings = 0x5401;

    /// <summary>TCSETS.</summary>
    public const uint TerminalSetSettings = 0x5402;

    /// <summary>TCSETSW: after output has drained.</summary>
    public const uint TerminalSetSettingsDrain = 0x5403;

    /// <summary>TCSETSF: after output has drained and input is thrown away.</summary>
    public const uint TerminalSetSettingsFlush = 0x5404;

    /// <summary>TIOCGPGRP: pid_t.</summary>
    public const uint TerminalGetForeground = 0x540F;

    /// <summary>TIOCSPGRP: pid_t.</summary>
    public const uint TerminalSetForeground = 0x5410;

    /// <summary>TIOCOUTQ: int.</summary>
    public const uint OutputQueueLength = 0x5411;

    /// <summary>TIOCGWINSZ: struct winsize.</summary>
    public const uint TerminalGetSize = 0x5413;

    /// <summary>TIOCSWINSZ.</summary>
    public const uint TerminalSetSize = 0x5414;

    /// <summary>FIONREAD (TIOCINQ): int, bytes that can be read.</summary>
    public const uint BytesAvailable = 0x541B;

    /// <summary>FIONBIO: int, switches O_NONBLOCK.</summary>
    public const uint SetNonBlocking = 0x5421;

    /// <summary>BLKROGET: int, 1 when the device only reads.</summary>
    public const uint BlockGetReadOnly = 0x125E;

    /// <summary>BLKGETSIZE: unsigned long, in units of 512 bytes.</summary>
    public const uint BlockGetSize = 0x1260;

    /// <summary>BLKFLSBUF: no argument.</summary>
    public const uint BlockFlushBuffers = 0x1261;

    /// <summary>BLKSSZGET: int, bytes a logical sector.</summary>
    public const uint BlockGetSectorSize = 0x1268;

    /// <summary>BLKPBSZGET: unsigned int, bytes a physical sector.</summary>
    public const uint BlockGetPhysicalSectorSize = 0x127B;

    /// <summary>BLKBSZGET: int, although its number tells of eight bytes.</summary>
    public const uint BlockGetBlockSize = 0x80081270;

    /// <summary>BLKGETSIZE64: u64, bytes.</summary>
    public const uint BlockGetSize64 = 0x80081272;

    private const uint SocketFirst = 0x8900;
    private const uint SocketLast = 0x89FF;
    private const uint InterfaceList = 0x8912;
    private const int InterfaceRequestSize = 40;
    private const int InterfaceListSize = 16;
    private const uint AddRoute = 0x890B;
    private const uint DeleteRoute = 0x890C;
    private const int RouteSize = 120;
    private const uint DeleteNeighbour = 0x8953;
    private const uint SetNeighbour = 0x8955;
    private const int NeighbourSize = 68;
    private const uint SocketFirstOther = 0x8900;
    private const uint StampFirst = 0x8906;
    private const uint SocketLastOther = 0x8907;
    private const int TimeSize = 16;
    private const int TermiosSize = 36;
    private const int WindowSize = 8;
    private const uint OldStyleLimit = 0x10000;
    private const int SizeShift = 16;
    private const uint SizeMask = 0x3FFF;

    /// <summary>Bytes that the argument of a request points to; 0 when it is a number or unknown.</summary>
    public static int ArgumentSize(uint request) => request switch
    {
        >= TerminalGetSettings and <= TerminalSetSettingsFlush => TermiosSize,
        TerminalGetSize or TerminalSetSize => WindowSize,
        TerminalGetForeground or TerminalSetForeground or OutputQueueLength or BytesAvailable or SetNonBlocking => sizeof(int),
        BlockGetReadOnly or BlockGetSectorSize or BlockGetPhysicalSectorSize or BlockGetBlockSize => sizeof(int),
        BlockGetSize => sizeof(long),
        InterfaceList => InterfaceListSize,
        AddRoute or DeleteRoute => RouteSize,
        >= DeleteNeighbour and <= SetNeighbour => NeighbourSize,
        >= SocketFirstOther and < StampFirst => sizeof(int),
        StampFirst or SocketLastOther => TimeSize,
        >= SocketFirst and <= SocketLast => InterfaceRequestSize,
        >= OldStyleLimit => (int)((request >> SizeShift) & SizeMask),
        _ => 0,
    };
}
