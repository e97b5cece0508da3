namespace KernelSockets;

/// <summary>DHCP clients of the interfaces, for dhclient.</summary>
public interface IDhcpControl
{
    /// <summary>Starts a client on an interface, or starts it over; it goes on renewing its lease until released.</summary>
    /// <param name="interfaceName">For example <c>eth0</c>.</param>
    /// <returns><see cref="Errno.ENODEV"/> for no such interface or loopback, <see cref="Errno.ENETDOWN"/> for one that is down.</returns>
    Errno Start(string interfaceName);

    /// <summary>Waits until a client has a lease.</summary>
    /// <returns><see cref="Errno.ETIME"/> at the deadline, <see cref="Errno.EINTR"/>, <see cref="Errno.ESRCH"/> for an interface without a client.</returns>
    Errno WaitForLease(string interfaceName, Instant deadline, out DhcpLeaseInformation? lease);

    /// <summary>Gives the lease back (DHCPRELEASE), takes the address away and ends the client.</summary>
    /// <returns><see cref="Errno.ESRCH"/> for an interface without a client.</returns>
    Errno Release(string interfaceName);
}

/// <summary>A lease as its server gave it (RFC 2131).</summary>
/// <param name="Interface">Interface.</param>
/// <param name="Address">Our address.</param>
/// <param name="PrefixLength">Prefix of its network.</param>
/// <param name="Server">Server identifier.</param>
/// <param name="Gateway">First router; 0.0.0.0 for none.</param>
/// <param name="NameServers">Domain name servers.</param>
/// <param name="DomainName">Domain name; empty for none.</param>
/// <param name="Duration">Lease time.</param>
/// <param name="RenewalAfter">T1, from the time of the lease.</param>
/// <param name="RebindingAfter">T2, from the time of the lease.</param>
/// <param name="ObtainedAt">When it was given.</param>
public sealed record DhcpLeaseInformation(
    string Interface, Ipv4Address Address, int PrefixLength, Ipv4Address Server, Ipv4Address Gateway, IReadOnlyList<Ipv4Address> NameServers,
    string DomainName, TimeSpan Duration, TimeSpan RenewalAfter, TimeSpan RebindingAfter, Instant ObtainedAt);
