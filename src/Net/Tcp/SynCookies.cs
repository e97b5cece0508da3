namespace KernelSockets.Net;

/// <summary>SYN cookies (RFC 4987 §3.6): the state of a half-open connection in the initial sequence number, for when there is no room for it.</summary>
/// <remarks>
/// <code>
///    31        24 23      21 20                   0
///    | minute mod 256 | MSS index | hash of all of it |
/// </code>
/// The number is added to the peer's, as Linux does, so that it still grows. With timestamps, their value carries the window scale and
/// SACK-permitted in its low bits; without, the connection goes without both.
/// </remarks>
internal sealed class SynCookies
{
    private const int TimeShift = 24;
    private const int SegmentShift = 21;
    private const uint HashMask = (1 << SegmentShift) - 1;
    private const uint SegmentMask = 7;
    private const int LifeMinutes = 2;
    private const uint ScaleMask = 0xF;
    private const uint NoScale = 0xF;
    private const uint SackBit = 0x10;
    private const uint OptionMask = 0x1F;

    private readonly KeyedHash _hash;

    /// <param name="entropy">Makes the key.</param>
    public SynCookies(EntropySource entropy) => _hash = new KeyedHash(entropy);

    private static ReadOnlySpan<ushort> Segments => [216, 536, 1024, 1220, 1360, 1400, 1440, 1460];

    /// <summary>The initial sequence number for the answer to a SYN.</summary>
    public SequenceNumber Make(TcpKey key, in TcpSegment syn, Instant now)
    {
        uint minute = Minute(now);
        int wanted = syn.Options.MaximumSegmentSize ?? Tcp.DefaultSegment;
        uint index = 0;
        while (index + 1 < Segments.Length && Segments[(int)index + 1] <= wanted)
        {
            index++;
        }

        return new SequenceNumber(Cookie(key, syn.Sequence, minute, index));
    }

    /// <summary>Puts window scale and SACK-permitted into a timestamp.</summary>
    public static uint Stamp(uint timestamp, in TcpOptions peer)
    {
        uint bits = (peer.WindowScale is { } scale ? Math.Min(scale, (uint)14) : NoScale) | (peer.IsSackPermitted ? SackBit : 0);
        uint stamped = (timestamp & ~OptionMask) | bits;
        return stamped > timestamp ? stamped - OptionMask - 1 : stamped; // never ahead of what the connection will send
    }

    /// <summary>Checks an acknowledgement that belongs to no connection.</summary>
    /// <param name="key">Its addresses and ports.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="now">When.</param>
    /// <param name="options">What the SYN had in its options, as far as it was kept.</param>
    /// <returns>False when it answers no cookie of the last minutes.</returns>
    public bool TryCheck(TcpKey key, in TcpSegment segment, Instant now, out TcpOptions options)
    {
        options = default;
        SequenceNumber peer = segment.Sequence - 1;
        uint cookie = (segment.Acknowledgement - 1).Value;
        uint age = (Minute(now) - ((cookie - peer.Value) >> TimeShift)) & byte.MaxValue;
        uint index = ((cookie - peer.Value) >> SegmentShift) & SegmentMask;
        if (age > LifeMinutes || Cookie(key, peer, Minute(now) - age, index) != cookie)
        {
            return false;
        }

        options.MaximumSegmentSize = Segments[(int)index];
        if (segment.Options.HasTimestamps)
        {
            uint bits = segment.Options.TimestampEcho & OptionMask;
            options.HasTimestamps = true;
            options.TimestampValue = segment.Options.TimestampValue;
            options.IsSackPermitted = (bits & SackBit) != 0;
            options.WindowScale = (bits & ScaleMask) == NoScale ? null : (byte)(bits & ScaleMask);
        }

        return true;
    }

    private static uint Minute(Instant now) => (uint)((now - Instant.Zero).Ticks / TimeSpan.TicksPerMinute);

    private uint Cookie(TcpKey key, SequenceNumber peer, uint minute, uint index)
    {
        uint head = ((minute & byte.MaxValue) << TimeShift) | (index << SegmentShift);
        return peer.Value + (head | ((uint)_hash.Compute(key, ((ulong)peer.Value << 32) | head) & HashMask));
    }
}
