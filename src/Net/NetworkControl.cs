namespace KernelSockets.Net;

/// <summary>
/// Configuration and state of one stack for the commands of the shell: the stack's side of <see cref="INetworkControl"/>.
/// </summary>
/// <remarks>May be called from any task; every member takes the stack's gate. What it returns are copies.</remarks>
public sealed class NetworkControl : INetworkControl
{
    private readonly NetStack _stack;

    /// <summary>Controls <paramref name="stack"/>.</summary>
    public NetworkControl(NetStack stack) => _stack = stack;

    /// <inheritdoc/>
    public IReadOnlyList<InterfaceInformation> Interfaces()
    {
        lock (_stack.Gate)
        {
            List<InterfaceInformation> all = new(_stack.InterfaceList.Length);
            foreach (NetInterface netInterface in _stack.InterfaceList)
            {
                all.Add(Describe(netInterface));
            }

            return all;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Also <see cref="Errno.EADDRINUSE"/> when another interface has the address.</remarks>
    public Errno SetAddress(string name, Ipv4Address address, int prefixLength)
    {
        lock (_stack.Gate)
        {
            if (_stack.FindInterface(name) is not { } netInterface)
            {
                return Errno.ENODEV;
            }

            if (address.IsAny)
            {
                Assign(netInterface, address, 0);
                return Errno.Success;
            }

            if (prefixLength is < 0 or > Ipv4Address.Bits || !IsHostAddress(netInterface, address, prefixLength))
            {
                return Errno.EINVAL;
            }

            if (netInterface.Address != address && !netInterface.IsLoopback && _stack.Ipv4.Routes.IsOwnAddress(address))
            {
                return Errno.EADDRINUSE;
            }

            Assign(netInterface, address, prefixLength);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public Errno SetMtu(string name, int mtu)
    {
        lock (_stack.Gate)
        {
            if (_stack.FindInterface(name) is not { } netInterface)
            {
                return Errno.ENODEV;
            }

            if (mtu < NetInterface.MinimumMtu || mtu > netInterface.MaximumMtu)
            {
                return Errno.EINVAL;
            }

            netInterface.Mtu = mtu;
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    /// <remarks><see cref="Errno.ENODEV"/> for no such interface.</remarks>
    public Errno SetUp(string name, bool isUp)
    {
        lock (_stack.Gate)
        {
            if (_stack.FindInterface(name) is not { } netInterface)
            {
                return Errno.ENODEV;
            }

            if (netInterface.IsUp == isUp)
            {
                return Errno.Success;
            }

            netInterface.IsUp = isUp;
            if (isUp)
            {
                _stack.JoinNetwork(netInterface);
            }
            else
            {
                _stack.LeaveNetwork(netInterface);
            }

            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public Errno SetGateway(Ipv4Address gateway)
    {
        lock (_stack.Gate)
        {
            Ipv4Routes routes = _stack.Ipv4.Routes;
            if (gateway.IsAny)
            {
                routes.Table.DeleteDefaults();
                return Errno.Success;
            }

            if (routes.FindDirect(gateway) is not { } netInterface)
            {
                return Errno.ENETUNREACH;
            }

            routes.Table.DeleteDefaults();
            return routes.Add(Ipv4Address.Any, 0, gateway, netInterface, metric: 0);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<RouteInformation> Routes()
    {
        lock (_stack.Gate)
        {
            IReadOnlyList<Ipv4RouteEntry> entries = _stack.Ipv4.Routes.Table.Entries;
            List<RouteInformation> all = new(entries.Count);
            foreach (Ipv4RouteEntry entry in entries)
            {
                all.Add(new RouteInformation(
                    entry.Destination, entry.PrefixLength, entry.Gateway, entry.Interface.Name, entry.Metric, entry.Interface.IsUp));
            }

            return all;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Also <see cref="Errno.ENETDOWN"/> when the interface is down. As in Linux, two routes may differ in nothing but their gateway: the
    /// newer one counts.
    /// </remarks>
    public Errno AddRoute(Ipv4Address destination, int prefixLength, Ipv4Address gateway, string? interfaceName, int metric)
    {
        lock (_stack.Gate)
        {
            NetInterface? via = interfaceName is null ? null : _stack.FindInterface(interfaceName);
            return interfaceName is not null && via is null
                ? Errno.ENODEV
                : _stack.Ipv4.Routes.Add(destination, prefixLength, gateway, via, metric);
        }
    }

    /// <inheritdoc/>
    /// <remarks><see cref="Errno.ENODEV"/> for no such interface.</remarks>
    public Errno DeleteRoute(Ipv4Address destination, int prefixLength, Ipv4Address? gateway, string? interfaceName)
    {
        lock (_stack.Gate)
        {
            NetInterface? via = interfaceName is null ? null : _stack.FindInterface(interfaceName);
            return interfaceName is not null && via is null
                ? Errno.ENODEV
                : _stack.Ipv4.Routes.Table.Delete(destination, prefixLength, gateway, via);
        }
    }

    /// <inheritdoc/>
    public Errno SetPromiscuous(string name, bool isPromiscuous) => ChangeFilter(name, filter => filter.SetPromiscuousByHand(isPromiscuous));

    /// <inheritdoc/>
    public Errno SetAllMulticast(string name, bool isAllMulticast) => ChangeFilter(name, filter => filter.SetAllMulticastByHand(isAllMulticast));

    /// <inheritdoc/>
    public IReadOnlyList<ProtocolCounter> Counters()
    {
        lock (_stack.Gate)
        {
            return ProtocolCounters.Read(_stack);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<SocketInformation> Sockets()
    {
        lock (_stack.Gate)
        {
            List<SocketInformation> all = [];
            foreach (StackSocketOps module in _stack.SocketModules.OfType<StackSocketOps>())
            {
                all.AddRange(module.Describe());
            }

            return all;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<NeighbourInformation> Neighbours()
    {
        lock (_stack.Gate)
        {
            List<NeighbourInformation> all = new(_stack.Arp.Table.Count);
            foreach (Neighbour neighbour in _stack.Arp.Table.All)
            {
                all.Add(new NeighbourInformation(
                    neighbour.Address,
                    neighbour.HasHardware ? neighbour.Hardware : MacAddress.Any,
                    NameOf(neighbour.State),
                    neighbour.Interface!.Name));
            }

            return all;
        }
    }

    /// <inheritdoc/>
    public Errno DeleteNeighbour(Ipv4Address address)
    {
        lock (_stack.Gate)
        {
            foreach (Neighbour neighbour in _stack.Arp.Table.All)
            {
                if (neighbour.Address == address)
                {
                    _stack.Arp.Remove(neighbour);
                    return Errno.Success;
                }
            }

            return Errno.ENXIO;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Also <see cref="Errno.EINVAL"/> for a hardware address that is no single station's, or for our own address.</remarks>
    public Errno AddNeighbour(Ipv4Address address, MacAddress hardwareAddress)
    {
        lock (_stack.Gate)
        {
            if (hardwareAddress.IsMulticast || hardwareAddress == MacAddress.Any || _stack.Ipv4.Routes.IsOwnAddress(address))
            {
                return Errno.EINVAL;
            }

            return _stack.Ipv4.Routes.FindDirect(address) is { } netInterface
                ? _stack.Arp.AddPermanent(netInterface, address, hardwareAddress)
                : Errno.ENETUNREACH;
        }
    }

    private static bool IsHostAddress(NetInterface netInterface, Ipv4Address address, int prefixLength)
    {
        if (!address.IsUnicast || address.IsLoopback != netInterface.IsLoopback)
        {
            return false;
        }

        uint hostPart = address.Value & ~Ipv4Address.Mask(prefixLength).Value;
        bool hasReservedHosts = prefixLength < Ipv4Address.Bits - 1; // RFC 3021: both addresses of a /31 are hosts
        return !hasReservedHosts || (hostPart != 0 && hostPart != ~Ipv4Address.Mask(prefixLength).Value);
    }

    private static string NameOf(NeighbourState state) => state switch
    {
        NeighbourState.Incomplete => "INCOMPLETE",
        NeighbourState.Reachable => "REACHABLE",
        NeighbourState.Stale => "STALE",
        NeighbourState.Delay => "DELAY",
        NeighbourState.Probe => "PROBE",
        NeighbourState.Permanent => "PERMANENT",
        _ => "FAILED",
    };

    private static InterfaceInformation Describe(NetInterface netInterface) => new(
        netInterface.Name,
        netInterface.Device.Address,
        netInterface.Address,
        netInterface.PrefixLength,
        netInterface.Mtu,
        netInterface.IsUp,
        netInterface.Device.IsLinkUp,
        netInterface.IsLoopback,
        netInterface.Device.Model,
        Copy(netInterface.Device.Statistics))
    {
        IsPromiscuous = netInterface.Filter.IsPromiscuous,
        IsAllMulticast = netInterface.Filter.IsAllMulticast,
    };

    private static NetworkDeviceStatistics Copy(NetworkDeviceStatistics live) => new()
    {
        ReceivedPackets = live.ReceivedPackets,
        ReceivedBytes = live.ReceivedBytes,
        ReceiveErrors = live.ReceiveErrors,
        ReceiveDropped = live.ReceiveDropped,
        ReceiveMissed = live.ReceiveMissed,
        ReceiveLengthErrors = live.ReceiveLengthErrors,
        Multicast = live.Multicast,
        TransmittedPackets = live.TransmittedPackets,
        TransmittedBytes = live.TransmittedBytes,
        TransmitErrors = live.TransmitErrors,
        TransmitDropped = live.TransmitDropped,
        TransmitCarrierErrors = live.TransmitCarrierErrors,
        Interrupts = live.Interrupts,
        LinkChanges = live.LinkChanges,
    };

    private Errno ChangeFilter(string name, Action<InterfaceFilter> change)
    {
        lock (_stack.Gate)
        {
            if (_stack.FindInterface(name) is not { } netInterface)
            {
                return Errno.ENODEV;
            }

            change(netInterface.Filter);
            return Errno.Success;
        }
    }

    private void Assign(NetInterface netInterface, Ipv4Address address, int prefixLength)
    {
        if (netInterface.Address == address && netInterface.PrefixLength == prefixLength)
        {
            return;
        }

        _stack.LeaveNetwork(netInterface);
        netInterface.Assign(address, prefixLength);
        _stack.JoinNetwork(netInterface);
    }
}
