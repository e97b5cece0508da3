namespace KernelSockets.Net;

/// <summary>
/// Chooses interface, next hop and source for a destination (RFC 1122 §3.3.1): our own addresses over the loopback interface, then the
/// interface
/// with the longest matching prefix, then the default gateway.
/// </summary>
/// <remarks>Used by <see cref="Ipv4"/> under the stack's gate. There are few interfaces, so a scan beats any index.</remarks>
internal sealed class Ipv4Routes
{
    private readonly NetStack _stack;

    public Ipv4Routes(NetStack stack) => _stack = stack;

    /// <summary>The default gateway; 0.0.0.0 for none.</summary>
    public Ipv4Address Gateway { get; set; }

    /// <summary>Finds the way to a destination, over one interface if the sender is bound to it.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="bound">The only interface to use; null for whichever the routes choose.</param>
    /// <param name="route">The way; its source is 0.0.0.0 when <paramref name="bound"/> has no address.</param>
    /// <returns>False when there is none: ENETUNREACH.</returns>
    public bool TryFind(Ipv4Address destination, NetInterface? bound, out Ipv4Route route)
    {
        if (bound is null)
        {
            return TryFind(destination, out route);
        }

        bool isOwn = bound.IsLoopback ? IsOwnAddress(destination) : bound.HasAddress && destination == bound.Address;
        if (isOwn)
        {
            return TryFind(destination, out route);
        }

        // Linux takes an unknown destination to be on the link when the sender insists on an interface (ip_route_output_key).
        bool isGroup = destination.IsMulticast || bound.IsBroadcast(destination);
        bool isIndirect = !isGroup && !bound.IsOnLink(destination) && !Gateway.IsAny && bound.IsOnLink(Gateway);
        route = new Ipv4Route(bound, isIndirect ? Gateway : destination, bound.Address);
        bool isPossible = bound.IsLoopback ? isGroup : !destination.IsLoopback;
        return isPossible && bound.IsUp && !destination.IsAny;
    }

    /// <summary>Finds the way to a destination.</summary>
    /// <returns>False when there is none: ENETUNREACH.</returns>
    public bool TryFind(Ipv4Address destination, out Ipv4Route route)
    {
        if (IsOwnAddress(destination))
        {
            NetInterface loopback = _stack.Loopback;
            route = new Ipv4Route(loopback, destination, destination.IsLoopback ? loopback.Address : destination);
            return loopback.IsUp;
        }

        NetInterface? direct = destination.IsBroadcast ? FirstUsable() : FindOnLink(destination);
        if (direct is not null)
        {
            route = new Ipv4Route(direct, destination, direct.Address);
            return !destination.IsAny;
        }

        NetInterface? indirect = Gateway.IsAny ? null : FindOnLink(Gateway);
        if (indirect is null && destination.IsMulticast)
        {
            indirect = FirstUsable();
        }

        route = indirect is null
            ? default
            : new Ipv4Route(indirect, destination.IsMulticast ? destination : Gateway, indirect.Address);
        return indirect is not null && !destination.IsAny;
    }

    /// <summary>The interface, if any, whose own network an address is in; the longest prefix wins.</summary>
    public NetInterface? FindOnLink(Ipv4Address address)
    {
        NetInterface? best = null;
        foreach (NetInterface candidate in _stack.InterfaceList)
        {
            if (!candidate.IsLoopback && candidate.IsUp && candidate.IsOnLink(address)
                && (best is null || candidate.PrefixLength > best.PrefixLength))
            {
                best = candidate;
            }
        }

        return best;
    }

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

    /// <summary>Drops the gateway when no interface's network holds it any more, up or down.</summary>
    public void ForgetUnreachableGateway()
    {
        foreach (NetInterface candidate in _stack.InterfaceList)
        {
            if (!candidate.IsLoopback && candidate.IsOnLink(Gateway))
            {
                return;
            }
        }

        Gateway = Ipv4Address.Any;
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
