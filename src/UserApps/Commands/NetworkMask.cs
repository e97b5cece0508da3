using System.Numerics;

namespace KernelSockets.UserApps.Commands;

/// <summary>Network masks as ifconfig and route take them.</summary>
internal static class NetworkMask
{
    /// <summary>Reads a mask such as 255.255.255.0.</summary>
    /// <returns>False for anything else, holes in the mask included.</returns>
    public static bool TryParse(string text, out int prefixLength)
    {
        prefixLength = 0;
        if (!Ipv4Address.TryParse(text, out Ipv4Address mask))
        {
            return false;
        }

        prefixLength = BitOperations.PopCount(mask.Value);
        return Ipv4Address.Mask(prefixLength) == mask;
    }

    /// <summary>The prefix of the address's class, as the kernels have it that the commands were written for (RFC 791 §3.2).</summary>
    public static int OfClass(Ipv4Address address) => (address.Value >> 28) switch
    {
        < 8 => address.IsAny ? 0 : 8,
        < 12 => 16,
        _ => 24,
    };
}
