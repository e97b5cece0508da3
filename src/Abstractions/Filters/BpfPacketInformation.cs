namespace KernelSockets.Filters;

/// <summary>What is known about a packet besides its bytes, for the loads from negative offsets (SKF_AD_* in linux/filter.h).</summary>
public readonly record struct BpfPacketInformation
{
    /// <summary>Bytes that the packet had on the wire; 0 when all of them are there.</summary>
    public int WireLength { get; init; }

    /// <summary>SKF_AD_PROTOCOL: its EtherType.</summary>
    public ushort Protocol { get; init; }

    /// <summary>SKF_AD_PKTTYPE: whose it is, as sll_pkttype says.</summary>
    public byte PacketType { get; init; }

    /// <summary>SKF_AD_IFINDEX: its interface, from 1.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>SKF_AD_HATYPE: hardware type of its interface.</summary>
    public ushort HardwareType { get; init; }
}
