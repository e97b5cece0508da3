namespace KernelSockets.Filters;

/// <summary>Offsets of absolute loads that stand for facts about a packet and not for its bytes (linux/filter.h).</summary>
internal static class BpfAncillary
{
    /// <summary>SKF_AD_OFF: they begin here, at -0x1000.</summary>
    public const uint Start = 0xFFFF_F000;

    /// <summary>SKF_AD_PROTOCOL.</summary>
    public const uint Protocol = Start;

    /// <summary>SKF_AD_PKTTYPE.</summary>
    public const uint PacketType = Start + 4;

    /// <summary>SKF_AD_IFINDEX.</summary>
    public const uint InterfaceIndex = Start + 8;

    /// <summary>SKF_AD_HATYPE.</summary>
    public const uint HardwareType = Start + 28;

    /// <summary>SKF_AD_CPU: always 0.</summary>
    public const uint Processor = Start + 36;

    /// <summary>SKF_AD_VLAN_TAG and SKF_AD_VLAN_TAG_PRESENT: always 0, tags stay in the frame.</summary>
    public const uint VlanTag = Start + 44;

    /// <summary>See <see cref="VlanTag"/>.</summary>
    public const uint VlanTagPresent = Start + 48;

    /// <summary>True for an offset that no packet can have.</summary>
    public static bool IsNegative(uint offset) => offset > int.MaxValue;

    /// <summary>True for a negative offset that is served.</summary>
    public static bool IsKnown(uint offset) =>
        offset is Protocol or PacketType or InterfaceIndex or HardwareType or Processor or VlanTag or VlanTagPresent;

    /// <summary>The fact.</summary>
    /// <param name="offset">One that is known.</param>
    /// <param name="information">The packet's.</param>
    public static uint Load(uint offset, in BpfPacketInformation information) => offset switch
    {
        Protocol => information.Protocol,
        PacketType => information.PacketType,
        InterfaceIndex => (uint)information.InterfaceIndex,
        HardwareType => information.HardwareType,
        _ => 0,
    };
}
