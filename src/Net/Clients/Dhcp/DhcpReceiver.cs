namespace KernelSockets.Net;

/// <summary>Takes a datagram from UDP port 67 to port 68.</summary>
/// <param name="netInterface">Where it came in.</param>
/// <param name="data">Its data.</param>
/// <returns>False when there is no client for it; then it goes to whatever socket has the port.</returns>
internal delegate bool DhcpReceiver(NetInterface netInterface, ReadOnlySpan<byte> data);
