namespace KernelSockets.Net;

/// <summary>The multicast groups that this host is a member of (RFC 1112 §7.1), on each interface, with how many times each was joined.</summary>
/// <remarks>
/// Used under the stack's gate. 224.0.0.1, all hosts, needs no joining: every host is in it (RFC 1112 §4). There are few groups, so a scan
/// beats any index.
/// </remarks>
internal sealed class Ipv4Groups
{
    /// <summary>Memberships of all interfaces together.</summary>
    internal const int Capacity = 256;

    private readonly NetStack _stack;
    private readonly List<Ipv4Membership> _memberships = new(Capacity);

    /// <param name="stack">The stack.</param>
    public Ipv4Groups(NetStack stack) => _stack = stack;

    /// <summary>224.0.0.1 (RFC 1112 §4).</summary>
    internal static Ipv4Address AllHosts => new(0xE000_0001);

    /// <summary>All memberships, in the order in which they began.</summary>
    public List<Ipv4Membership> Memberships => _memberships;

    /// <summary>Joins a group on an interface; whoever joins twice has to leave twice.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for no multicast address, <see cref="Errno.ENOBUFS"/> when there are too many.</returns>
    public Errno Join(NetInterface netInterface, Ipv4Address group)
    {
        if (!group.IsMulticast)
        {
            return Errno.EINVAL;
        }

        if (Find(netInterface, group) is { } membership)
        {
            membership.Users++;
            return Errno.Success;
        }

        if (_memberships.Count == Capacity)
        {
            return Errno.ENOBUFS;
        }

        Ipv4Membership added = new(netInterface, group, _stack.Igmp.Report);
        _memberships.Add(added);
        netInterface.Filter.AddGroup(NetInterface.MulticastAddress(group));
        _stack.Igmp.Join(added);
        return Errno.Success;
    }

    /// <summary>Leaves a group once; the last one to leave ends the membership.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for no multicast address, <see cref="Errno.EADDRNOTAVAIL"/> for a group not joined.</returns>
    public Errno Leave(NetInterface netInterface, Ipv4Address group)
    {
        if (!group.IsMulticast)
        {
            return Errno.EINVAL;
        }

        if (Find(netInterface, group) is not { } membership)
        {
            return Errno.EADDRNOTAVAIL;
        }

        if (--membership.Users == 0)
        {
            _stack.Igmp.Leave(membership);
            _memberships.Remove(membership);
            netInterface.Filter.RemoveGroup(NetInterface.MulticastAddress(group));
        }

        return Errno.Success;
    }

    /// <summary>True for a group whose datagrams are for this host when they come in on <paramref name="netInterface"/>.</summary>
    public bool IsMember(NetInterface netInterface, Ipv4Address group) => group == AllHosts || Find(netInterface, group) is not null;

    /// <summary>The membership of a group on an interface; null for none.</summary>
    public Ipv4Membership? Find(NetInterface netInterface, Ipv4Address group)
    {
        foreach (Ipv4Membership membership in _memberships)
        {
            if (membership.Group == group && ReferenceEquals(membership.Interface, netInterface))
            {
                return membership;
            }
        }

        return null;
    }
}
