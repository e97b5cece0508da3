namespace KernelSockets.Drivers.E1000;

/// <summary>
/// Offsets of the registers that the driver uses, in bytes from the base of BAR 0, grouped as in table 13-2 of the "PCI/PCI-X Family of
/// Gigabit Ethernet Controllers Software Developer's Manual (8254x)"; sections below are that manual's.
/// </summary>
/// <remarks>Access: RW read/write, RO read-only, WO write-only, RC cleared by reading, W1C cleared by writing ones.</remarks>
internal static class Register
{
    // §13.4 General

    /// <summary>CTRL, device control (§13.4.1), RW. See <see cref="DeviceControl"/>.</summary>
    public const uint Control = 0x0000;

    /// <summary>CTRL_DUP, a second address of CTRL (§13.4.1), RW; the 82545GM and 82546GB take a reset only here.</summary>
    public const uint ControlDuplicate = 0x0004;

    /// <summary>STATUS, device status (§13.4.2), RO. See <see cref="DeviceStatus"/>.</summary>
    public const uint Status = 0x0008;

    /// <summary>EECD, EEPROM and flash control and data (§13.4.3), RW. See <see cref="EepromControl"/>.</summary>
    public const uint EepromControl = 0x0010;

    /// <summary>EERD, EEPROM read (§13.4.4), RW. See <see cref="EepromRead"/>. Absent on the 82543.</summary>
    public const uint EepromRead = 0x0014;

    /// <summary>CTRL_EXT, extended device control (§13.4.6), RW. See <see cref="ExtendedControl"/>.</summary>
    public const uint ExtendedControl = 0x0018;

    /// <summary>MDIC, management data interface control (§13.4.7), RW. See <see cref="MdiControl"/>.</summary>
    public const uint MdiControl = 0x0020;

    /// <summary>FCAL, flow control address low (§13.4.8), RW.</summary>
    public const uint FlowControlAddressLow = 0x0028;

    /// <summary>FCAH, flow control address high (§13.4.9), RW.</summary>
    public const uint FlowControlAddressHigh = 0x002C;

    /// <summary>FCT, flow control type (§13.4.10), RW.</summary>
    public const uint FlowControlType = 0x0030;

    /// <summary>FCTTV, flow control transmit timer value (§13.4.12), RW.</summary>
    public const uint FlowControlTransmitTimer = 0x0170;

    // §13.4 Interrupt

    /// <summary>ICR, interrupt cause read (§13.4.17), RC and W1C. See <see cref="InterruptCauses"/>.</summary>
    public const uint InterruptCauseRead = 0x00C0;

    /// <summary>ITR, interrupt throttling in units of 256 ns (§13.4.18), RW. 82540 and later.</summary>
    public const uint InterruptThrottling = 0x00C4;

    /// <summary>IMS, interrupt mask set and read (§13.4.20), RW; a one enables.</summary>
    public const uint InterruptMaskSet = 0x00D0;

    /// <summary>IMC, interrupt mask clear (§13.4.21), WO; a one disables.</summary>
    public const uint InterruptMaskClear = 0x00D8;

    // §13.4 Receive

    /// <summary>RCTL, receive control (§13.4.22), RW. See <see cref="ReceiveControl"/>.</summary>
    public const uint ReceiveControl = 0x0100;

    /// <summary>FCRTL, flow control receive threshold low (§13.4.23), RW.</summary>
    public const uint FlowControlThresholdLow = 0x2160;

    /// <summary>FCRTH, flow control receive threshold high (§13.4.24), RW.</summary>
    public const uint FlowControlThresholdHigh = 0x2168;

    /// <summary>RDBAL, receive descriptor base address low (§13.4.25), RW, a multiple of 16.</summary>
    public const uint ReceiveDescriptorBaseLow = 0x2800;

    /// <summary>RDBAH, receive descriptor base address high (§13.4.26), RW.</summary>
    public const uint ReceiveDescriptorBaseHigh = 0x2804;

    /// <summary>RDLEN, receive descriptor ring length in bytes (§13.4.27), RW, a multiple of 128.</summary>
    public const uint ReceiveDescriptorLength = 0x2808;

    /// <summary>RDH, receive descriptor head (§13.4.28), RW; written only while RCTL.EN is 0.</summary>
    public const uint ReceiveDescriptorHead = 0x2810;

    /// <summary>RDT, receive descriptor tail (§13.4.29), RW; one past the last descriptor that the hardware may use.</summary>
    public const uint ReceiveDescriptorTail = 0x2818;

    /// <summary>RDTR, receive interrupt delay timer in units of 1.024 µs (§13.4.30), RW.</summary>
    public const uint ReceiveDelayTimer = 0x2820;

    /// <summary>RADV, receive interrupt absolute delay in units of 1.024 µs (§13.4.31), RW. 82540 and later.</summary>
    public const uint ReceiveAbsoluteDelay = 0x282C;

    // §13.4 Transmit

    /// <summary>TCTL, transmit control (§13.4.33), RW. See <see cref="TransmitControl"/>.</summary>
    public const uint TransmitControl = 0x0400;

    /// <summary>TIPG, transmit inter-packet gap (§13.4.34), RW.</summary>
    public const uint TransmitGap = 0x0410;

    /// <summary>TDBAL, transmit descriptor base address low (§13.4.36), RW, a multiple of 16.</summary>
    public const uint TransmitDescriptorBaseLow = 0x3800;

    /// <summary>TDBAH, transmit descriptor base address high (§13.4.37), RW.</summary>
    public const uint TransmitDescriptorBaseHigh = 0x3804;

    /// <summary>TDLEN, transmit descriptor ring length in bytes (§13.4.38), RW, a multiple of 128.</summary>
    public const uint TransmitDescriptorLength = 0x3808;

    /// <summary>TDH, transmit descriptor head (§13.4.39), RW; written only while TCTL.EN is 0.</summary>
    public const uint TransmitDescriptorHead = 0x3810;

    /// <summary>TDT, transmit descriptor tail (§13.4.40), RW; one past the last descriptor to send. The doorbell.</summary>
    public const uint TransmitDescriptorTail = 0x3818;

    /// <summary>TIDV, transmit interrupt delay in units of 1.024 µs, for descriptors with IDE (§13.4.41), RW; 0 is not allowed.</summary>
    public const uint TransmitDelayTimer = 0x3820;

    /// <summary>TADV, transmit absolute interrupt delay in units of 1.024 µs (§13.4.44), RW. 82540 and later.</summary>
    public const uint TransmitAbsoluteDelay = 0x382C;

    // §13.4.47 Receive checksum offload

    /// <summary>RXCSUM, receive checksum control (§13.4.47), RW. See <see cref="ReceiveChecksum"/>.</summary>
    public const uint ReceiveChecksum = 0x5000;

    // §13.5 Filters

    /// <summary>MTA, multicast table array (§13.5.1), RW, <see cref="MulticastTableLength"/> registers.</summary>
    public const uint MulticastTable = 0x5200;

    /// <summary>Registers in MTA.</summary>
    public const uint MulticastTableLength = 128;

    /// <summary>RAL(0), receive address low (§13.5.2), RW; RAL(n) and RAH(n) follow every 8 bytes.</summary>
    public const uint ReceiveAddressLow = 0x5400;

    /// <summary>RAH(0), receive address high (§13.5.3), RW. See <see cref="ReceiveAddressHighBits"/>.</summary>
    public const uint ReceiveAddressHigh = 0x5404;

    /// <summary>Pairs of RAL and RAH.</summary>
    public const uint ReceiveAddressCount = 16;

    // §13.6 Management

    /// <summary>MANC, management control (table 13-2), RW. See <see cref="ManagementControl"/>. 82540 and later.</summary>
    public const uint ManagementControl = 0x5820;

    // §13.7 Statistics: RC, and they stick at 0xFFFFFFFF. QEMU does not clear CRCERRS to MPC.

    /// <summary>CRCERRS, frames of legal length with a bad CRC (§13.7.1), RC.</summary>
    public const uint CrcErrors = 0x4000;

    /// <summary>ALGNERRC, frames with an alignment error (§13.7.2), RC.</summary>
    public const uint AlignmentErrors = 0x4004;

    /// <summary>RXERRC, frames with RX_ER (§13.7.4), RC.</summary>
    public const uint ReceiveErrors = 0x400C;

    /// <summary>MPC, frames missed because the receive FIFO was full (§13.7.5), RC.</summary>
    public const uint MissedPackets = 0x4010;

    /// <summary>SEC, sequence errors (§13.7.13), RC.</summary>
    public const uint SequenceErrors = 0x4038;

    /// <summary>CEXTERR, carrier extension errors (§13.7.14), RC.</summary>
    public const uint CarrierExtensionErrors = 0x403C;

    /// <summary>RUC, frames under 64 bytes with a good CRC (§13.7.34), RC.</summary>
    public const uint ReceiveUndersize = 0x40A4;

    /// <summary>RFC, frames under 64 bytes with a bad CRC (§13.7.35), RC.</summary>
    public const uint ReceiveFragments = 0x40A8;

    /// <summary>ROC, frames over the limit with a good CRC (§13.7.36), RC.</summary>
    public const uint ReceiveOversize = 0x40AC;

    /// <summary>RJC, frames over the limit with a bad CRC (§13.7.37), RC.</summary>
    public const uint ReceiveJabbers = 0x40B0;

    /// <summary>What every register reads as once the device has left the bus: a master abort on PCI gives all ones.</summary>
    public const uint Absent = 0xFFFF_FFFF;
}

/// <summary>CTRL, §13.4.1.</summary>
[Flags]
internal enum DeviceControl : uint
{
    /// <summary>FD, full duplex when forced, RW.</summary>
    FullDuplex = 1u << 0,

    /// <summary>LRST, link reset (TBI only), RW.</summary>
    LinkReset = 1u << 3,

    /// <summary>ASDE, detect the speed automatically, RW.</summary>
    AutoSpeedDetection = 1u << 5,

    /// <summary>SLU, set link up, RW.</summary>
    SetLinkUp = 1u << 6,

    /// <summary>ILOS, invert loss of signal, RW.</summary>
    InvertLossOfSignal = 1u << 7,

    /// <summary>SPEED = 10b, 1000 Mb/s when forced, RW.</summary>
    Speed1000 = 1u << 9,

    /// <summary>SPEED, both bits, RW.</summary>
    SpeedMask = 3u << 8,

    /// <summary>FRCSPD, force the speed, RW.</summary>
    ForceSpeed = 1u << 11,

    /// <summary>FRCDPLX, force the duplex mode, RW.</summary>
    ForceDuplex = 1u << 12,

    /// <summary>RST, global reset, self-clearing, RW.</summary>
    Reset = 1u << 26,

    /// <summary>RFCE, obey received pause frames, RW.</summary>
    ReceiveFlowControl = 1u << 27,

    /// <summary>TFCE, send pause frames, RW.</summary>
    TransmitFlowControl = 1u << 28,

    /// <summary>VME, take VLAN tags off, RW.</summary>
    VlanMode = 1u << 30,

    /// <summary>PHY_RST, hold the PHY in reset, RW.</summary>
    PhyReset = 1u << 31,
}

/// <summary>STATUS, §13.4.2, all RO.</summary>
[Flags]
internal enum DeviceStatus : uint
{
    /// <summary>FD, the link is full duplex.</summary>
    FullDuplex = 1u << 0,

    /// <summary>LU, link up.</summary>
    LinkUp = 1u << 1,

    /// <summary>Function ID of a two-port device: set on port B.</summary>
    SecondPort = 1u << 2,

    /// <summary>TXOFF, transmission paused by flow control.</summary>
    TransmitPaused = 1u << 4,

    /// <summary>SPEED: 00b 10 Mb/s, 01b 100 Mb/s, 10b and 11b 1000 Mb/s.</summary>
    SpeedMask = 3u << 6,

    /// <summary>SPEED = 01b.</summary>
    Speed100 = 1u << 6,
}

/// <summary>EECD, §13.4.3.</summary>
[Flags]
internal enum EepromControl : uint
{
    /// <summary>SK, clock, RW.</summary>
    Clock = 1u << 0,

    /// <summary>CS, chip select, RW.</summary>
    ChipSelect = 1u << 1,

    /// <summary>DI, data to the EEPROM, RW.</summary>
    DataIn = 1u << 2,

    /// <summary>DO, data from the EEPROM, RO.</summary>
    DataOut = 1u << 3,

    /// <summary>EE_REQ, software asks for access, RW. Not on the 82543.</summary>
    Request = 1u << 6,

    /// <summary>EE_GNT, access granted, RO. Not on the 82543.</summary>
    Grant = 1u << 7,

    /// <summary>EE_SIZE, set when a Microwire EEPROM has 256 words and 8 address bits instead of 64 and 6, RO.</summary>
    LargeMicrowire = 1u << 9,
}

/// <summary>EERD, §13.4.4 (layout of the 82544 to 82546; the 82541 and 82547 differ).</summary>
[Flags]
internal enum EepromRead : uint
{
    /// <summary>START, begins a read, WO.</summary>
    Start = 1u << 0,

    /// <summary>DONE, the data field is valid, RO.</summary>
    Done = 1u << 4,
}

/// <summary>CTRL_EXT, §13.4.6.</summary>
[Flags]
internal enum ExtendedControl : uint
{
    /// <summary>EE_RST, load the configuration from the EEPROM as after power-up, self-clearing, RW.</summary>
    EepromReset = 1u << 13,
}

/// <summary>MDIC, §13.4.7: data 15:0, register 20:16, PHY 25:21.</summary>
[Flags]
internal enum MdiControl : uint
{
    /// <summary>PHYADD = 1, the internal PHY, RW.</summary>
    InternalPhy = 1u << 21,

    /// <summary>OP = 01b, write, RW.</summary>
    WriteOperation = 1u << 26,

    /// <summary>OP = 10b, read, RW.</summary>
    ReadOperation = 2u << 26,

    /// <summary>R, ready: the operation has ended, RW.</summary>
    Ready = 1u << 28,

    /// <summary>E, error, RW.</summary>
    Error = 1u << 30,
}

/// <summary>ICR, IMS and IMC, §13.4.17 to §13.4.21.</summary>
[Flags]
internal enum InterruptCauses : uint
{
    /// <summary>TXDW, a transmit descriptor with RS was written back.</summary>
    TransmitDescriptorWritten = 1u << 0,

    /// <summary>TXQE, the transmit queue ran empty.</summary>
    TransmitQueueEmpty = 1u << 1,

    /// <summary>LSC, the link went up or down.</summary>
    LinkStatusChange = 1u << 2,

    /// <summary>RXSEQ, receive sequence error (TBI).</summary>
    ReceiveSequenceError = 1u << 3,

    /// <summary>RXDMT0, free receive descriptors fell to the threshold RCTL.RDMTS.</summary>
    ReceiveDescriptorsLow = 1u << 4,

    /// <summary>RXO, receive overrun: a frame was missed.</summary>
    ReceiveOverrun = 1u << 6,

    /// <summary>RXT0, receive timer: frames wait in the ring.</summary>
    ReceiveTimer = 1u << 7,

    /// <summary>Every cause.</summary>
    All = 0xFFFF_FFFF,
}

/// <summary>RCTL, §13.4.22, all RW. Buffer size 2048 is BSIZE = 00b with BSEX = 0.</summary>
[Flags]
internal enum ReceiveControl : uint
{
    /// <summary>EN, receiver on.</summary>
    Enable = 1u << 1,

    /// <summary>SBP, store bad packets.</summary>
    StoreBadPackets = 1u << 2,

    /// <summary>UPE, unicast promiscuous.</summary>
    UnicastPromiscuous = 1u << 3,

    /// <summary>MPE, multicast promiscuous.</summary>
    MulticastPromiscuous = 1u << 4,

    /// <summary>LPE, frames over 1522 bytes.</summary>
    LongPackets = 1u << 5,

    /// <summary>BAM, accept broadcast.</summary>
    AcceptBroadcast = 1u << 15,

    /// <summary>SECRC, take the CRC off. Not on the 82543 and 82544.</summary>
    StripCrc = 1u << 26,
}

/// <summary>TCTL, §13.4.33, all RW.</summary>
[Flags]
internal enum TransmitControl : uint
{
    /// <summary>EN, transmitter on.</summary>
    Enable = 1u << 1,

    /// <summary>PSP, pad short packets to 64 bytes.</summary>
    PadShortPackets = 1u << 3,

    /// <summary>CT = 15 attempts before a frame is given up in half duplex, the value of IEEE 802.3.</summary>
    CollisionThreshold = 15u << 4,

    /// <summary>COLD = 64 byte times: full duplex, and half duplex at 10 and 100 Mb/s.</summary>
    CollisionDistance = 64u << 12,

    /// <summary>COLD = 512 byte times: half duplex at 1000 Mb/s.</summary>
    CollisionDistanceGigabitHalf = 512u << 12,

    /// <summary>RTLC, retransmit on late collision.</summary>
    RetransmitLateCollision = 1u << 24,
}

/// <summary>RXCSUM, §13.4.47, all RW.</summary>
[Flags]
internal enum ReceiveChecksum : uint
{
    /// <summary>IPOFL, check the IPv4 header.</summary>
    Ip = 1u << 8,

    /// <summary>TUOFL, check TCP and UDP.</summary>
    Transport = 1u << 9,
}

/// <summary>RAH, §13.5.3: address bytes 4 and 5 in 15:0.</summary>
[Flags]
internal enum ReceiveAddressHighBits : uint
{
    /// <summary>RAH, the address bits, RW.</summary>
    AddressMask = 0xFFFF,

    /// <summary>AV, the entry is valid, RW.</summary>
    Valid = 1u << 31,
}

/// <summary>MANC, table 13-2.</summary>
[Flags]
internal enum ManagementControl : uint
{
    /// <summary>ARP_EN, the device answers ARP requests by itself, RW.</summary>
    AnswerArp = 1u << 13,
}
