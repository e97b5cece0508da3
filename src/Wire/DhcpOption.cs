namespace KernelSockets.Wire;

/// <summary>Codes of the options that the client reads or writes (RFC 2132).</summary>
public enum DhcpOption : byte
{
    /// <summary>Padding, one byte (§3.1).</summary>
    Pad = 0,

    /// <summary>Subnet mask (§3.3).</summary>
    SubnetMask = 1,

    /// <summary>Routers (§3.5).</summary>
    Router = 3,

    /// <summary>Domain name servers (§3.8).</summary>
    DomainNameServer = 6,

    /// <summary>Host name (§3.14).</summary>
    HostName = 12,

    /// <summary>Domain name (§3.17).</summary>
    DomainName = 15,

    /// <summary>Interface MTU (§5.1).</summary>
    InterfaceMtu = 26,

    /// <summary>Broadcast address (§5.3).</summary>
    BroadcastAddress = 28,

    /// <summary>Requested IP address (§9.1).</summary>
    RequestedAddress = 50,

    /// <summary>Lease time in seconds (§9.2).</summary>
    LeaseTime = 51,

    /// <summary>Option overload (§9.3).</summary>
    Overload = 52,

    /// <summary>Message type (§9.6).</summary>
    MessageType = 53,

    /// <summary>Server identifier (§9.7).</summary>
    ServerIdentifier = 54,

    /// <summary>Parameter request list (§9.8).</summary>
    ParameterList = 55,

    /// <summary>Maximum message size (§9.10).</summary>
    MaximumSize = 57,

    /// <summary>T1 in seconds (§9.11).</summary>
    RenewalTime = 58,

    /// <summary>T2 in seconds (§9.12).</summary>
    RebindingTime = 59,

    /// <summary>Client identifier (§9.14).</summary>
    ClientIdentifier = 61,

    /// <summary>End of the options, one byte (§3.2).</summary>
    End = 255,
}
