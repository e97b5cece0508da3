namespace KernelSockets.Wire;

/// <summary>Where the fields of a DHCP message lie (RFC 2131 §2, figure 1).</summary>
/// <remarks>
/// <code>
///   0    1       2      3     4     8      10      12       16       20       24       28       44      108    236     240
///   | op | htype | hlen | hops| xid | secs | flags | ciaddr | yiaddr | siaddr | giaddr | chaddr | sname | file | magic | options
/// </code>
/// </remarks>
public static class DhcpFormat
{
    internal const ushort ServerPort = 67;
    internal const ushort ClientPort = 68;

    internal const byte BootRequest = 1;
    internal const byte BootReply = 2;
    internal const byte EthernetType = 1;
    internal const ushort BroadcastFlag = 0x8000;
    internal const uint Magic = 0x6382_5363;

    internal const int HardwareTypeOffset = 1;
    internal const int HardwareLengthOffset = 2;
    internal const int TransactionOffset = 4;
    internal const int SecondsOffset = 8;
    internal const int FlagsOffset = 10;
    internal const int ClientAddressOffset = 12;
    internal const int YourAddressOffset = 16;
    internal const int HardwareOffset = 28;
    internal const int ServerNameOffset = 44;
    internal const int FileOffset = 108;
    internal const int MagicOffset = 236;
    internal const int OptionsOffset = 240;

    /// <summary>Shortest message sent: that of BOOTP, below which old relays drop (RFC 1542 §2.1).</summary>
    internal const int MinimumSent = 300;

    /// <summary>Longest message sent; every server takes it (RFC 2131 §2).</summary>
    internal const int MaximumSent = 548;
}
