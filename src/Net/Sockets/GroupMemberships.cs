namespace KernelSockets.Net;

/// <summary>The multicast groups that one socket has joined (IP_ADD_MEMBERSHIP).</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class GroupMemberships
{
    /// <summary>Groups of one socket (net.ipv4.igmp_max_memberships).</summary>
    internal const int Maximum = 20;

    private readonly List<(NetInterface Interface, Ipv4Address Group)> _joined = new(0);

    /// <summary>True when the socket has joined the group on the interface.</summary>
    public bool Contains(NetInterface netInterface, Ipv4Address group) => _joined.Contains((netInterface, group));

    /// <summary>Joins.</summary>
    /// <returns><see cref="Errno.EADDRINUSE"/> for the second time, <see cref="Errno.ENOBUFS"/> for too many.</returns>
    public Errno Join(Ipv4 ipv4, NetInterface netInterface, Ipv4Address group)
    {
        if (Contains(netInterface, group))
        {
            return Errno.EADDRINUSE;
        }

        if (_joined.Count == Maximum)
        {
            return Errno.ENOBUFS;
        }

        Errno error = ipv4.Groups.Join(netInterface, group);
        if (error == Errno.Success)
        {
            _joined.Add((netInterface, group));
        }

        return error;
    }

    /// <summary>Leaves.</summary>
    /// <returns><see cref="Errno.EADDRNOTAVAIL"/> for a group that was not joined.</returns>
    public Errno Leave(Ipv4 ipv4, NetInterface netInterface, Ipv4Address group)
    {
        if (!_joined.Remove((netInterface, group)))
        {
            return Errno.EADDRNOTAVAIL;
        }

        ipv4.Groups.Leave(netInterface, group);
        return Errno.Success;
    }

    /// <summary>Leaves all.</summary>
    public void LeaveAll(Ipv4 ipv4)
    {
        foreach ((NetInterface netInterface, Ipv4Address group) in _joined)
        {
            ipv4.Groups.Leave(netInterface, group);
        }

        _joined.Clear();
    }
}
