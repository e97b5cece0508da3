namespace KernelSockets.Simulation.Ata;

/// <summary>A command as a drive has received it.</summary>
/// <param name="Code">Command code.</param>
/// <param name="IsSecond">The second drive's.</param>
/// <param name="Sector">First sector; 0 for commands without.</param>
/// <param name="Count">Sectors; 0 for commands without.</param>
public readonly record struct ModelCommand(byte Code, bool IsSecond, long Sector, int Count)
{
    /// <summary>IDENTIFY DEVICE.</summary>
    public const byte Identify = 0xEC;

    /// <summary>IDENTIFY PACKET DEVICE.</summary>
    public const byte IdentifyPacket = 0xA1;

    /// <summary>FLUSH CACHE.</summary>
    public const byte Flush = 0xE7;

    /// <summary>FLUSH CACHE EXT.</summary>
    public const byte FlushExt = 0xEA;

    /// <summary>True for commands with 48-bit address.</summary>
    public bool IsExtended => Code is 0x24 or 0x25 or 0x34 or 0x35 or FlushExt;

    /// <summary>True for transfers by the bus master.</summary>
    public bool IsDma => Code is 0xC8 or 0xCA or 0x25 or 0x35;

    /// <summary>True for writes.</summary>
    public bool IsWrite => Code is 0x30 or 0x34 or 0xCA or 0x35;

    /// <summary>True for reads and writes of sectors.</summary>
    public bool IsTransfer => IsDma || Code is 0x20 or 0x24 or 0x30 or 0x34;
}

/// <summary>What a drive or the controller does wrong with a command.</summary>
public enum ModelFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>ERR with UNC: the medium is bad.</summary>
    MediumError,

    /// <summary>ERR with ABRT.</summary>
    Abort,

    /// <summary>ERR with ICRC and ABRT: the cable has changed data.</summary>
    CableError,

    /// <summary>DF.</summary>
    DeviceFault,

    /// <summary>BSY until a reset.</summary>
    NoAnswer,

    /// <summary>The command is carried out, but its interrupt does not arrive.</summary>
    LostInterrupt,

    /// <summary>The bus master cannot reach memory; the drive waits until a reset.</summary>
    BusError,

    /// <summary>The drive ends after half of the data without an error.</summary>
    ShortTransfer,
}
