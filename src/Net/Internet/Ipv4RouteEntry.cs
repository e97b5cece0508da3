namespace KernelSockets.Net;

/// <summary>One line of the routing table.</summary>
/// <param name="Destination">Network, without host bits.</param>
/// <param name="PrefixLength">Its prefix, 0 to 32.</param>
/// <param name="Gateway">Next hop; 0.0.0.0 when destinations are neighbours themselves.</param>
/// <param name="Interface">Through which interface.</param>
/// <param name="Metric">The lower of two equal routes counts.</param>
internal sealed record Ipv4RouteEntry(Ipv4Address Destination, int PrefixLength, Ipv4Address Gateway, NetInterface Interface, int Metric)
{
    /// <summary>True when destinations are reached without a gateway.</summary>
    public bool IsDirect => Gateway.IsAny;

    /// <summary>True when it leads to an address.</summary>
    public bool Covers(Ipv4Address address) => Destination.IsInSameNetwork(address, PrefixLength);

    /// <summary>True when it counts before another that covers the same addresses: longer prefix, then lower metric.</summary>
    public bool Precedes(Ipv4RouteEntry other) =>
        PrefixLength > other.PrefixLength || (PrefixLength == other.PrefixLength && Metric <= other.Metric);
}
