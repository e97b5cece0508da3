namespace KernelSockets.Net;

/// <summary>
/// Chooses interface, next hop and source for a destination (RFC 1122 §3.3.1): our own addresses over the loopback interface, else what the
/// routing table says.
/// </summary>
/// <remarks>
/// Used by <see cref="Ipv4"/> under the stack's gate. ICMP redirects never change a route (deviation from RFC 1122 §3.2.2.2, as Linux with
/// accept_redirects=0): anybody on the link could send traffic his way with them.
/// </remarks>
internal sealed class Ipv4Routes
{
    private readonly NetStack _stack;

    public Ipv4Routes(NetStack stack) => _stack = stack;

    /// <summary>The routing table.</summary>
    public Ipv4RouteTable Table { get; } = new();

    /// <summary>Finds the way to a destination, over one interface if the sender is bound to it.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="bound">The only interface to use; null for whichever the routes choose.</param>
    /// <param name="route">The way; its source is 0.0.0.0 when <paramref name="bound"/> has no address.</param>
    /// <returns>False when there is none: ENETUNREACH.</returns>
    public bool TryFind(Ipv4Address destination, NetInterface? bound, out Ipv4Route route)
    {
        if (IsForSelf(destination, bound))
        {
            NetInterface loopback = _stack.Loopback;
            route = new Ipv4Route(loopback, destination, destination.IsLoopback ? loopback.Address : destination);
            return loopback.IsUp;
        }

        return bound is null ? TryFindFree(destination, out route) : TryFindBound(destination, bound, out route);
    }

    /// <summary>Adds a static route.</summary>
    /// <param name="destination">Network.</param>
    /// <param name="prefixLength">Its prefix.</param>
    /// <param name="gateway">Next hop; 0.0.0.0 for none.</param>
    /// <param name="via">Through which interface; null for the one that reaches the gateway.</param>
    /// <param name="metric">Not negative.</param>
    /// <returns>As <see cref="INetworkControl.AddRoute"/>; <see cref="Errno.ENETDOWN"/> through an interface that is down.</returns>
    public Errno Add(Ipv4Address destination, int prefixLength, Ipv4Address gateway, NetInterface? via, int metric)
    {
        if (prefixLength is < 0 or > Ipv4Address.Bits || metric < 0 || gateway.IsMulticast || gateway.IsBroadcast
            || (destination.Value & ~Ipv4Address.Mask(prefixLength).Value) != 0)
        {
            return Errno.EINVAL;
        }

        if (!gateway.IsAny)
        {
            via = FindDirect(gateway, via);
            return via is null ? Errno.ENETUNREACH : Table.Add(new Ipv4RouteEntry(destination, prefixLength, gateway, via, metric));
        }

        if (via is null)
        {
            return Errno.ENODEV;
        }

        return via.IsUp ? Table.Add(new Ipv4RouteEntry(destination, prefixLength, gateway, via, metric)) : Errno.ENETDOWN;
    }

    /// <summary>The interface that reaches a neighbour without a gateway; null for none, or for ourselves.</summary>
    public NetInterface? FindDirect(Ipv4Address neighbour, NetInterface? via = null) =>
        !IsOwnAddress(neighbour) && Table.Find(neighbour, via) is { IsDirect: true } entry ? entry.Interface : null;

    /// <summary>
    /// True for an address of any interface, whichever it came in on (the weak model of RFC 1122 §3.3.4.2), and for 127/8.
    /// </summary>
    public bool IsOwnAddress(Ipv4Address address)
    {
        if (address.IsLoopback)
        {
            return true;
        }

        foreach (NetInterface candidate in _stack.InterfaceList)
        {
            if (candidate.Address == address && candidate.HasAddress)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsForSelf(Ipv4Address destination, NetInterface? bound) => bound is null || bound.IsLoopback
        ? IsOwnAddress(destination)
        : bound.HasAddress && destination == bound.Address;

    private bool TryFindFree(Ipv4Address destination, out Ipv4Route route)
    {
        Ipv4RouteEntry? entry = Table.Find(destination);
        bool isGroup = destination.IsBroadcast || destination.IsMulticast;
        NetInterface? through = entry?.Interface;
        if (isGroup)
        {
            through ??= FirstUsable(); // a host with one network knows where a group must be; Linux wants a route for it
        }

        if (through is null || destination.IsAny)
        {
            route = default;
            return false;
        }

        Ipv4Address source = through.HasAddress ? through.Address : FirstUsable()?.Address ?? Ipv4Address.Any;
        route = new Ipv4Route(through, isGroup || entry!.IsDirect ? destination : entry.Gateway, source);
        return true;
    }

    private bool TryFindBound(Ipv4Address destination, NetInterface bound, out Ipv4Route route)
    {
        bool isGroup = destination.IsMulticast || bound.IsBroadcast(destination);
        Ipv4RouteEntry? entry = isGroup ? null : Table.Find(destination, bound);

        // Without a route, Linux takes a destination to be on the link when the sender insists on an interface (ip_route_output_key).
        Ipv4Address nextHop = entry is null || entry.IsDirect ? destination : entry.Gateway;
        route = new Ipv4Route(bound, nextHop, bound.Address);
        bool isPossible = bound.IsLoopback ? isGroup : !destination.IsLoopback;
        return isPossible && bound.IsUp && !destination.IsAny;
    }

    private NetInterface? FirstUsable()
    {
        foreach (NetInterface candidate in _stack.InterfaceList)
        {
            if (!candidate.IsLoopback && candidate.IsUp && candidate.HasAddress)
            {
                return candidate;
            }
        }

        return null;
    }
}
