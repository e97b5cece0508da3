namespace KernelSockets.UserApps.Commands;

/// <summary>Network masks as ifconfig and route take them.</summary>
internal static class NetworkMask
{
    /// <summary>Reads a mask such as 255.255.255.0.</summary>
    /// <returns>False for anything else, holes in the mask included.</returns>
    public static bool TryParse(string text, out int prefixLength)
    {
        prefixLength = 0;
        return Ipv4Address.TryParse(text, out Ipv4Address mask) && mask.TryGetMaskLength(out prefixLength);
    }
}
