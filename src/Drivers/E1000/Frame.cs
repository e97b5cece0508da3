namespace KernelSockets.Drivers.E1000;

/// <summary>Sizes of Ethernet frames in bytes (IEEE 802.3 §3.2.7), without FCS unless said.</summary>
internal static class Frame
{
    /// <summary>Destination, source, type.</summary>
    public const int HeaderSize = 14;

    /// <summary>Frame check sequence.</summary>
    public const int FcsSize = 4;

    /// <summary>The largest payload.</summary>
    public const int Mtu = 1500;

    /// <summary>The shortest frame on the wire.</summary>
    public const int Minimum = 60;

    /// <summary>The longest frame, with an 802.1Q tag.</summary>
    public const int Maximum = HeaderSize + 4 + Mtu;

    /// <summary>The group bit, in the first byte of the destination.</summary>
    public const byte GroupBit = 1;
}
