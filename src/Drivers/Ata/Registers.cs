namespace KernelSockets.Drivers.Ata;

/// <summary>The command block registers, by offset from its first port (ATA/ATAPI-7 vol. 2 §5.2; 1F0 and 170 on a PC).</summary>
internal static class TaskRegister
{
    /// <summary>Data, 16 bits, RW.</summary>
    public const int Data = 0;

    /// <summary>Error, RO.</summary>
    public const int Error = 1;

    /// <summary>Features, WO.</summary>
    public const int Features = 1;

    /// <summary>Sector Count, RW.</summary>
    public const int Count = 2;

    /// <summary>LBA Low, RW.</summary>
    public const int LbaLow = 3;

    /// <summary>LBA Mid, RW.</summary>
    public const int LbaMid = 4;

    /// <summary>LBA High, RW.</summary>
    public const int LbaHigh = 5;

    /// <summary>Device, RW.</summary>
    public const int Device = 6;

    /// <summary>Status, RO; reading it takes the interrupt back.</summary>
    public const int Status = 7;

    /// <summary>Command, WO; writing it starts the command.</summary>
    public const int Command = 7;

    /// <summary>Registers in the block.</summary>
    public const int BlockSize = 8;
}

/// <summary>Status and Alternate Status (ATA/ATAPI-7 vol. 1 §5.14, vol. 2 §5.4).</summary>
[Flags]
internal enum AtaStatus : byte
{
    /// <summary>Nothing: no device answers.</summary>
    None = 0,

    /// <summary>ERR: the Error register tells why the command failed.</summary>
    Error = 0x01,

    /// <summary>DRQ: the device wants to transfer a word.</summary>
    DataRequest = 0x08,

    /// <summary>DF: the device itself is out of order.</summary>
    DeviceFault = 0x20,

    /// <summary>DRDY: it accepts commands.</summary>
    Ready = 0x40,

    /// <summary>BSY: it is at work, and no other bit counts.</summary>
    Busy = 0x80,

    /// <summary>What a bus without devices reads as.</summary>
    Floating = 0xFF,
}

/// <summary>The Error register (ATA/ATAPI-7 vol. 1 §6).</summary>
[Flags]
internal enum AtaError : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>ABRT: the command is unknown, or could not be completed.</summary>
    Aborted = 0x04,

    /// <summary>IDNF: there is no such sector.</summary>
    IdNotFound = 0x10,

    /// <summary>UNC: the medium cannot be read there.</summary>
    Uncorrectable = 0x40,

    /// <summary>ICRC: the cable has changed data.</summary>
    InterfaceCrc = 0x80,
}

/// <summary>The Device register.</summary>
internal static class DeviceBits
{
    /// <summary>LBA: addresses are sector numbers.</summary>
    public const byte Lba = 0x40;

    /// <summary>Bits that once had to be one.</summary>
    public const byte Obsolete = 0xA0;

    /// <summary>DEV: the second device.</summary>
    public const byte Second = 0x10;
}

/// <summary>The Device Control register, at the control block's only port (3F6 and 376 on a PC; ATA/ATAPI-7 vol. 2 §5.3).</summary>
internal static class ControlBits
{
    /// <summary>nIEN: no interrupts.</summary>
    public const byte InterruptDisable = 0x02;

    /// <summary>SRST: holds both devices in reset.</summary>
    public const byte SoftReset = 0x04;
}

/// <summary>Command codes (ATA/ATAPI-7 vol. 1 §6).</summary>
internal static class AtaCommand
{
    public const byte IdentifyPacketDevice = 0xA1;
    public const byte ReadSectors = 0x20;
    public const byte ReadSectorsExt = 0x24;
    public const byte ReadDmaExt = 0x25;
    public const byte WriteSectors = 0x30;
    public const byte WriteSectorsExt = 0x34;
    public const byte WriteDmaExt = 0x35;
    public const byte ReadDma = 0xC8;
    public const byte WriteDma = 0xCA;
    public const byte FlushCache = 0xE7;
    public const byte FlushCacheExt = 0xEA;
    public const byte IdentifyDevice = 0xEC;
}

/// <summary>The bus master's registers of one channel (82371SB PIIX3 data sheet §2.7; "Programming Interface for Bus Master IDE Controller" 1.0).</summary>
internal static class BusMasterRegister
{
    /// <summary>Command, RW.</summary>
    public const int Command = 0;

    /// <summary>Status, RW; Error and Interrupt are cleared by writing a one.</summary>
    public const int Status = 2;

    /// <summary>Address of the descriptor table, 32 bits, RW.</summary>
    public const int Table = 4;

    /// <summary>Ports of one channel.</summary>
    public const int BlockSize = 8;

    /// <summary>Command bit: transfers while it is set.</summary>
    public const byte Start = 0x01;

    /// <summary>Command bit: from the device to memory.</summary>
    public const byte ToMemory = 0x08;
}

/// <summary>The bus master's Status register.</summary>
[Flags]
internal enum BusMasterStatus : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A transfer is under way, or has ended before all of its memory was used. RO.</summary>
    Active = 0x01,

    /// <summary>Memory could not be reached. Write 1 to clear.</summary>
    Error = 0x02,

    /// <summary>The device has raised its interrupt. Write 1 to clear.</summary>
    Interrupt = 0x04,

    /// <summary>What firmware notes about the devices; kept.</summary>
    DmaCapable = 0x60,
}
