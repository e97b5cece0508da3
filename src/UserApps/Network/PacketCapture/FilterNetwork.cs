using System.Globalization;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Networks as filters name them: <c>10.77.0.0/24</c>, <c>10.77</c>, <c>10.77.0.0 mask 255.255.255.0</c>.</summary>
internal static class FilterNetwork
{
    private const int MaximumPrefix = Ipv4Address.Bits;

    /// <summary>Reads one.</summary>
    /// <param name="text">The network.</param>
    /// <param name="maskText">What stood behind <c>mask</c>; null for none.</param>
    /// <param name="address">Its address.</param>
    /// <param name="mask">The bits of an address that belong to it.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryParse(string text, string? maskText, out Ipv4Address address, out uint mask)
    {
        string[] parts = text.Split('/');
        mask = 0;
        if (parts.Length > 2 || !TryParsePartial(parts[0], out address, out int octets))
        {
            address = Ipv4Address.Any;
            return $"'{text}' is no network";
        }

        int prefix = octets * 8;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > MaximumPrefix))
        {
            return "mask length must be <= 32";
        }

        mask = Ipv4Address.Mask(prefix).Value;
        if (maskText is not null)
        {
            if (parts.Length == 2 || !Ipv4Address.TryParse(maskText, out Ipv4Address given))
            {
                return $"'{maskText}' is no mask";
            }

            mask = given.Value;
        }

        return (address.Value & ~mask) == 0 ? null : $"non-network bits set in \"{text}\"";
    }

    /// <summary>One to four octets, those at the end left out.</summary>
    private static bool TryParsePartial(string text, out Ipv4Address address, out int octets)
    {
        string[] parts = text.Split('.');
        octets = parts.Length;
        uint value = 0;
        foreach (string part in parts)
        {
            if (octets > Ipv4Address.Size || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte octet))
            {
                address = Ipv4Address.Any;
                return false;
            }

            value = value << 8 | octet;
        }

        address = new Ipv4Address(value << 8 * (Ipv4Address.Size - octets));
        return true;
    }
}
