namespace KernelSockets;

/// <summary>The number of a device: which driver (major) and which of its devices (minor).</summary>
/// <param name="Major">Driver; 12 bits in Linux's encoding.</param>
/// <param name="Minor">Device of that driver; 20 bits.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    private const int MajorShift = 8;
    private const int HighMinorShift = 12;
    private const uint LowMinorMask = 0xFF;
    private const uint MajorMask = 0xFFF;

    /// <summary>No device.</summary>
    public static DeviceNumber None => default;

    /// <summary>The number as st_dev, st_rdev and mknod carry it (Linux's new_encode_dev: minor 31:20 and 7:0, major 19:8).</summary>
    public ulong Encoded => (Minor & LowMinorMask) | ((Major & MajorMask) << MajorShift) | ((Minor & ~LowMinorMask) << HighMinorShift);

    /// <summary>The inverse of <see cref="Encoded"/>.</summary>
    public static DeviceNumber Decode(ulong encoded)
    {
        uint value = (uint)encoded;
        return new DeviceNumber((value >> MajorShift) & MajorMask, (value & LowMinorMask) | ((value >> HighMinorShift) & ~LowMinorMask));
    }
}
