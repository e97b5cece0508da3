namespace KernelSockets;

/// <summary>State of an interface, with Linux's values (include/uapi/linux/if.h, IFF_*).</summary>
[Flags]
public enum InterfaceFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Configured up.</summary>
    Up = 0x1,

    /// <summary>Has a broadcast address.</summary>
    Broadcast = 0x2,

    /// <summary>Is the loopback interface.</summary>
    Loopback = 0x8,

    /// <summary>Up, and with carrier.</summary>
    Running = 0x40,

    /// <summary>Takes frames that are meant for others.</summary>
    Promiscuous = 0x100,

    /// <summary>Takes the frames of all multicast groups.</summary>
    AllMulticast = 0x200,

    /// <summary>Can multicast.</summary>
    Multicast = 0x1000,
}
