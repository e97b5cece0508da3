namespace KernelSockets.Net;

/// <summary>Why a lease has ended.</summary>
public enum DhcpLoss
{
    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The server refused to extend it (DHCPNAK).</summary>
    Refused,

    /// <summary>We gave it back.</summary>
    Released,
}
