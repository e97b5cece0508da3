namespace KernelSockets.Net;

/// <summary>
/// Gives out IPv4 identifications: unique for source, destination and protocol as long as possible (RFC 6864 §4.3), and without telling
/// one peer
/// how much we send to another (RFC 7739 §3.1 describes that attack for IPv6).
/// </summary>
/// <remarks>Counters are chosen by a keyed hash of the three and start at random. Used under the stack's gate.</remarks>
internal sealed class IdentificationSource
{
    private const int CounterCount = 1024;
    private const uint Multiplier = 0x9E37_79B1;

    private readonly ushort[] _counters = new ushort[CounterCount];
    private readonly uint _key;

    public IdentificationSource(EntropySource entropy)
    {
        _key = entropy.NextUInt32();
        entropy.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_counters.AsSpan()));
    }

    /// <summary>The next identification for a datagram.</summary>
    public ushort Next(Ipv4Address source, Ipv4Address destination, Ipv4Protocol protocol)
    {
        uint hash = Mix(destination.Value ^ _key);
        hash = Mix(hash ^ source.Value);
        hash = Mix(hash ^ (uint)protocol);
        return _counters[hash % CounterCount]++;
    }

    private static uint Mix(uint value)
    {
        value *= Multiplier;
        value ^= value >> 15;
        value *= Multiplier;
        return value ^ value >> 13;
    }
}
