namespace KernelSockets.Net;

/// <summary>Kinds of <see cref="DhcpEvent"/>.</summary>
public enum DhcpEventKind
{
    /// <summary>An interface has a lease.</summary>
    Bound,

    /// <summary>A lease has been extended.</summary>
    Extended,

    /// <summary>The time of a lease is over.</summary>
    Expired,

    /// <summary>The server refused to extend a lease.</summary>
    Refused,

    /// <summary>A lease has been given back.</summary>
    Released,

    /// <summary>The server gave us an address that the interface cannot have, or that another station has.</summary>
    Conflict,
}
