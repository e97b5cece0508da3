namespace KernelSockets.Net;

/// <summary>What a DHCP client has to tell: for the log, and for those who keep files that follow from a lease.</summary>
/// <param name="Interface">Interface, for example <c>eth0</c>.</param>
/// <param name="Kind">What has happened.</param>
/// <param name="Lease">The lease it is about; null for <see cref="DhcpEventKind.Conflict"/>.</param>
/// <param name="Address">The address it is about.</param>
public sealed record DhcpEvent(string Interface, DhcpEventKind Kind, DhcpLeaseInformation? Lease, Ipv4Address Address);
