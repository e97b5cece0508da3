namespace KernelSockets.Net;

/// <summary>What one packet socket asks of interfaces. It may ask for the same several times, and has to take it back as often; closing does it at once.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class PacketMemberships
{
    /// <summary>Memberships of one socket.</summary>
    internal const int Maximum = 64;

    private readonly List<PacketMembership> _all = [];

    /// <summary>PACKET_ADD_MEMBERSHIP.</summary>
    /// <returns><see cref="Errno.ENOBUFS"/> for too many.</returns>
    public Errno Add(in PacketMembership membership)
    {
        if (_all.Count == Maximum)
        {
            return Errno.ENOBUFS;
        }

        _all.Add(membership);
        membership.Apply(isAdded: true);
        return Errno.Success;
    }

    /// <summary>PACKET_DROP_MEMBERSHIP.</summary>
    /// <returns><see cref="Errno.EADDRNOTAVAIL"/> for one that it has not.</returns>
    public Errno Drop(in PacketMembership membership)
    {
        if (!_all.Remove(membership))
        {
            return Errno.EADDRNOTAVAIL;
        }

        membership.Apply(isAdded: false);
        return Errno.Success;
    }

    /// <summary>The socket is closed.</summary>
    public void DropAll()
    {
        foreach (PacketMembership membership in _all)
        {
            membership.Apply(isAdded: false);
        }

        _all.Clear();
    }
}
