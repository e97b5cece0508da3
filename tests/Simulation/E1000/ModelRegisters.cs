namespace KernelSockets.Simulation.E1000;

/// <summary>
/// The register file by offset: what may be read and written, and which bits must stay zero. Written down from the manual a second time
/// on purpose, not shared with the driver: a wrong offset in one of the two shows as an access to a register that does not exist.
/// </summary>
public static class ModelRegisters
{
    /// <summary>Bytes of BAR 0.</summary>
    public const int FileSize = 0x20000;

    public const uint CTRL = 0x0000;
    public const uint CTRL_DUP = 0x0004;
    public const uint STATUS = 0x0008;
    public const uint EECD = 0x0010;
    public const uint EERD = 0x0014;
    public const uint CTRL_EXT = 0x0018;
    public const uint MDIC = 0x0020;
    public const uint FCAL = 0x0028;
    public const uint FCAH = 0x002C;
    public const uint FCT = 0x0030;
    public const uint VET = 0x0038;
    public const uint ICR = 0x00C0;
    public const uint ITR = 0x00C4;
    public const uint ICS = 0x00C8;
    public const uint IMS = 0x00D0;
    public const uint IMC = 0x00D8;
    public const uint RCTL = 0x0100;
    public const uint FCTTV = 0x0170;
    public const uint TCTL = 0x0400;
    public const uint TIPG = 0x0410;
    public const uint LEDCTL = 0x0E00;
    public const uint PBA = 0x1000;
    public const uint FCRTL = 0x2160;
    public const uint FCRTH = 0x2168;
    public const uint RDBAL = 0x2800;
    public const uint RDBAH = 0x2804;
    public const uint RDLEN = 0x2808;
    public const uint RDH = 0x2810;
    public const uint RDT = 0x2818;
    public const uint RDTR = 0x2820;
    public const uint RADV = 0x282C;
    public const uint TDBAL = 0x3800;
    public const uint TDBAH = 0x3804;
    public const uint TDLEN = 0x3808;
    public const uint TDH = 0x3810;
    public const uint TDT = 0x3818;
    public const uint TIDV = 0x3820;
    public const uint TXDCTL = 0x3828;
    public const uint TADV = 0x382C;
    public const uint CRCERRS = 0x4000;
    public const uint RXERRC = 0x400C;
    public const uint MPC = 0x4010;
    public const uint SEC = 0x4038;
    public const uint CEXTERR = 0x403C;
    public const uint RLEC = 0x4040;
    public const uint GPRC = 0x4074;
    public const uint BPRC = 0x4078;
    public const uint MPRC = 0x407C;
    public const uint GPTC = 0x4080;
    public const uint GORCL = 0x4088;
    public const uint GORCH = 0x408C;
    public const uint GOTCL = 0x4090;
    public const uint GOTCH = 0x4094;
    public const uint RNBC = 0x40A0;
    public const uint RUC = 0x40A4;
    public const uint RFC = 0x40A8;
    public const uint ROC = 0x40AC;
    public const uint RJC = 0x40B0;
    public const uint TORL = 0x40C0;
    public const uint TORH = 0x40C4;
    public const uint TOTL = 0x40C8;
    public const uint TOTH = 0x40CC;
    public const uint TPR = 0x40D0;
    public const uint TPT = 0x40D4;
    public const uint RXCSUM = 0x5000;
    public const uint MTA = 0x5200;
    public const uint RAL = 0x5400;
    public const uint RAH = 0x5404;
    public const uint VFTA = 0x5600;
    public const uint MANC = 0x5820;

    /// <summary>Registers in MTA and in VFTA.</summary>
    public const int TableLength = 128;

    /// <summary>Pairs of RAL and RAH.</summary>
    public const int AddressCount = 16;

    private const uint FirstStatistic = CRCERRS;
    private const uint LastStatistic = 0x40FC;

    /// <summary>Reserved offsets among the statistics (table 13-2).</summary>
    private static readonly uint[] s_gaps = [0x4024, 0x402C, 0x4044, 0x4084, 0x4098, 0x409C];

    /// <summary>How a register may be used; null when there is none.</summary>
    public static RegisterAccess? Find(uint offset, bool is82543) => offset switch
    {
        EERD or ITR or RADV or TADV or MANC or MDIC when is82543 => null,
        CTRL or CTRL_DUP or EECD or EERD or CTRL_EXT or MDIC or FCAL or FCAH or FCT or VET or IMS or ITR or LEDCTL or PBA => RegisterAccess.ReadWrite,
        RCTL or FCTTV or TCTL or TIPG or FCRTL or FCRTH or RXCSUM or MANC or ICR or TXDCTL => RegisterAccess.ReadWrite,
        RDBAL or RDBAH or RDLEN or RDH or RDT or RDTR or RADV => RegisterAccess.ReadWrite,
        TDBAL or TDBAH or TDLEN or TDH or TDT or TIDV or TADV => RegisterAccess.ReadWrite,
        STATUS => RegisterAccess.ReadOnly,
        ICS or IMC => RegisterAccess.WriteOnly,
        >= MTA and < MTA + (4 * TableLength) => RegisterAccess.ReadWrite,
        >= RAL and < RAL + (8 * AddressCount) => RegisterAccess.ReadWrite,
        >= VFTA and < VFTA + (4 * TableLength) => RegisterAccess.ReadWrite,
        _ when IsStatistic(offset) && !s_gaps.Contains(offset) => RegisterAccess.ReadOnly,
        _ => null,
    };

    /// <summary>True for the registers of §13.7.</summary>
    public static bool IsStatistic(uint offset) => offset is >= FirstStatistic and <= LastStatistic;

    /// <summary>Statistics that QEMU does not clear when they are read.</summary>
    public static bool IsKeptByQemu(uint offset) => offset is (>= CRCERRS and <= MPC) or SEC or CEXTERR or RLEC or RNBC or RFC or RJC;

    /// <summary>Bits that must be written as zero.</summary>
    public static uint MustBeZero(uint offset) => offset switch
    {
        RCTL => 0xF920_4C01,
        TCTL => 0xFC80_0005,
        RDBAL or TDBAL => 0xF,
        RDLEN or TDLEN => 0xFFF0_007F,
        RDH or RDT or TDH or TDT or RADV or TADV or TIDV or ITR => 0xFFFF_0000,
        RDTR => 0x7FFF_0000,
        TIPG => 0xC000_0000,
        RXCSUM => 0xFFFF_FC00,
        IMS or ICS => 0xFFFE_0020,
        EERD => 0xFFFF_00FE & ~0x10u,
        >= RAL and < RAL + (8 * AddressCount) when (offset & 4) != 0 => 0x7FFC_0000,
        _ => 0,
    };
}
