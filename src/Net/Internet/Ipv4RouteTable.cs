namespace KernelSockets.Net;

/// <summary>The routing table: networks of the interfaces, and static routes.</summary>
/// <remarks>
/// Kept in the order in which routes count, so that the first one that covers a destination is the one (RFC 1812 §5.2.4.3): longest prefix,
/// lowest metric, newest. An end host has few routes, so a scan beats any index. As in Linux, all routes through an interface vanish when
/// it goes down or its address changes, and its own network's comes when it is up and has an address. Used under the stack's gate.
/// </remarks>
internal sealed class Ipv4RouteTable
{
    /// <summary>Routes, those of the interfaces' own networks included.</summary>
    internal const int Capacity = 256;

    private readonly List<Ipv4RouteEntry> _entries = new(Capacity);

    /// <summary>Routes, in the order in which they count.</summary>
    public IReadOnlyList<Ipv4RouteEntry> Entries => _entries;

    /// <summary>Routes refused because the table was full.</summary>
    public long Refused { get; private set; }

    /// <summary>The route to a destination; null for none.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="via">Only through this interface; null for whichever.</param>
    public Ipv4RouteEntry? Find(Ipv4Address destination, NetInterface? via = null)
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            Ipv4RouteEntry entry = _entries[i];
            if (entry.Covers(destination) && (via is null || ReferenceEquals(entry.Interface, via)))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Adds a route whose gateway and interface the caller has checked.</summary>
    /// <returns><see cref="Errno.EEXIST"/> for one that is there, <see cref="Errno.ENOBUFS"/> when the table is full.</returns>
    public Errno Add(Ipv4RouteEntry added)
    {
        if (_entries.Contains(added))
        {
            return Errno.EEXIST;
        }

        if (_entries.Count == Capacity)
        {
            Refused++;
            return Errno.ENOBUFS;
        }

        int index = _entries.FindIndex(added.Precedes);
        _entries.Insert(index < 0 ? _entries.Count : index, added);
        return Errno.Success;
    }

    /// <summary>Deletes the first route that fits; null is for whichever.</summary>
    /// <returns><see cref="Errno.ESRCH"/> when none fits.</returns>
    public Errno Delete(Ipv4Address destination, int prefixLength, Ipv4Address? gateway, NetInterface? via)
    {
        int index = _entries.FindIndex(entry => entry.Destination == destination && entry.PrefixLength == prefixLength
            && (gateway is null || entry.Gateway == gateway)
            && (via is null || ReferenceEquals(entry.Interface, via)));
        if (index < 0)
        {
            return Errno.ESRCH;
        }

        _entries.RemoveAt(index);
        return Errno.Success;
    }

    /// <summary>Deletes all default routes.</summary>
    public void DeleteDefaults() => _entries.RemoveAll(static entry => entry.PrefixLength == 0);

    /// <summary>Adds the route of an interface's own network, if it is up and has one.</summary>
    public void Join(NetInterface netInterface)
    {
        // As in Linux, a lone address has no network, and neither has a prefix that leaves nothing of the address.
        Ipv4Address network = new(netInterface.Address.Value & Ipv4Address.Mask(netInterface.PrefixLength).Value);
        bool hasNetwork = netInterface.HasAddress && !network.IsAny && netInterface.PrefixLength < Ipv4Address.Bits;
        if (hasNetwork && netInterface.IsUp && !netInterface.IsLoopback)
        {
            Add(new Ipv4RouteEntry(network, netInterface.PrefixLength, Ipv4Address.Any, netInterface, Metric: 0));
        }
    }

    /// <summary>Deletes all routes through an interface.</summary>
    public void Leave(NetInterface netInterface) => _entries.RemoveAll(entry => ReferenceEquals(entry.Interface, netInterface));
}
