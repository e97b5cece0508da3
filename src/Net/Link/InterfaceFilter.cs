namespace KernelSockets.Net;

/// <summary>Which frames an interface wants besides those for its own address: counts who asks for what, and tells the device.</summary>
/// <remarks>Used under the stack's gate. There are few groups, so a scan beats any index.</remarks>
internal sealed class InterfaceFilter
{
    private readonly NetworkDevice _device;
    private readonly List<MacAddress> _groups = [];
    private readonly List<int> _users = []; // of the group in the same place
    private int _promiscuousUsers;
    private int _allMulticastUsers;

    /// <param name="device">The interface's device.</param>
    public InterfaceFilter(NetworkDevice device) => _device = device;

    /// <summary>True while somebody wants all frames.</summary>
    public bool IsPromiscuous => _promiscuousUsers > 0;

    /// <summary>True while somebody wants the frames of all groups.</summary>
    public bool IsAllMulticast => _allMulticastUsers > 0;

    /// <summary>True when ifconfig, and not a socket, has asked for all frames.</summary>
    public bool IsPromiscuousByHand { get; private set; }

    /// <summary>True when ifconfig, and not a socket, has asked for all groups.</summary>
    public bool IsAllMulticastByHand { get; private set; }

    /// <summary>One more wants the frames to a multicast address.</summary>
    public void AddGroup(MacAddress group)
    {
        int index = _groups.IndexOf(group);
        if (index >= 0)
        {
            _users[index]++;
            return;
        }

        _groups.Add(group);
        _users.Add(1);
        ApplyGroups();
    }

    /// <summary>One less does.</summary>
    public void RemoveGroup(MacAddress group)
    {
        int index = _groups.IndexOf(group);
        if (index >= 0 && --_users[index] == 0)
        {
            _groups.RemoveAt(index);
            _users.RemoveAt(index);
            ApplyGroups();
        }
    }

    /// <summary>One more wants all frames, or one less.</summary>
    public void ChangePromiscuous(int change)
    {
        _promiscuousUsers += change;
        if (_device.IsPromiscuous != IsPromiscuous)
        {
            _device.IsPromiscuous = IsPromiscuous;
        }
    }

    /// <summary>One more wants the frames of all groups, or one less.</summary>
    public void ChangeAllMulticast(int change)
    {
        bool was = IsAllMulticast;
        _allMulticastUsers += change;
        if (was != IsAllMulticast)
        {
            ApplyGroups();
        }
    }

    /// <summary>IFF_PROMISC, which counts as one user.</summary>
    public void SetPromiscuousByHand(bool isOn)
    {
        if (isOn != IsPromiscuousByHand)
        {
            IsPromiscuousByHand = isOn;
            ChangePromiscuous(isOn ? 1 : -1);
        }
    }

    /// <summary>IFF_ALLMULTI, which counts as one user.</summary>
    public void SetAllMulticastByHand(bool isOn)
    {
        if (isOn != IsAllMulticastByHand)
        {
            IsAllMulticastByHand = isOn;
            ChangeAllMulticast(isOn ? 1 : -1);
        }
    }

    private void ApplyGroups() => _device.SetMulticastFilter(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_groups), IsAllMulticast);
}
