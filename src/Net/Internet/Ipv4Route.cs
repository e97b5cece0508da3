namespace KernelSockets.Net;

/// <summary>How a destination is reached.</summary>
/// <param name="Interface">Through which interface.</param>
/// <param name="NextHop">The neighbour to send to: the destination itself, or the gateway.</param>
/// <param name="Source">The address to send from.</param>
internal readonly record struct Ipv4Route(NetInterface Interface, Ipv4Address NextHop, Ipv4Address Source);
