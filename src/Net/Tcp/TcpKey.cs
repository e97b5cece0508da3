namespace KernelSockets.Net;

/// <summary>What tells connections apart: both addresses and both ports (RFC 9293 §3.3.1).</summary>
internal readonly record struct TcpKey(Ipv4Address Local, ushort LocalPort, Ipv4Address Remote, ushort RemotePort)
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15; // 2^64 divided by the golden ratio
    private const int HashShift = 32;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        ulong addresses = ((ulong)Local.Value << HashShift) | Remote.Value;
        ulong ports = ((ulong)LocalPort << 16) | RemotePort;
        return (int)((((addresses ^ (ports * Multiplier)) * Multiplier) >> HashShift) & int.MaxValue);
    }
}
