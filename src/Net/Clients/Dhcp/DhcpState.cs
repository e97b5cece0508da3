namespace KernelSockets.Net;

/// <summary>States of a DHCP client (RFC 2131 figure 5), and the two that the figure leaves between its lines.</summary>
internal enum DhcpState
{
    /// <summary>Not running.</summary>
    Stopped,

    /// <summary>Waiting to start over.</summary>
    Init,

    /// <summary>DHCPDISCOVER sent.</summary>
    Selecting,

    /// <summary>DHCPREQUEST for an offer sent.</summary>
    Requesting,

    /// <summary>DHCPREQUEST for the address we had sent.</summary>
    Rebooting,

    /// <summary>Asking whether somebody else has the address that we have been given.</summary>
    Probing,

    /// <summary>Leased.</summary>
    Bound,

    /// <summary>Leased, asking the server for more time.</summary>
    Renewing,

    /// <summary>Leased, asking any server for more time.</summary>
    Rebinding,

    /// <summary>DHCPRELEASE sent; the address is about to go.</summary>
    Releasing,
}
