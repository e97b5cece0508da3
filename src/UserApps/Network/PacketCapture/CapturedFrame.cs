namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>A frame, as much of it as was kept.</summary>
/// <param name="time">When it was seen.</param>
/// <param name="bytes">Its bytes.</param>
/// <param name="wireLength">Bytes it had on the wire.</param>
internal readonly ref struct CapturedFrame(DateTime time, ReadOnlySpan<byte> bytes, int wireLength)
{
    /// <summary>When it was seen, UTC.</summary>
    public DateTime Time { get; } = time;

    /// <summary>Its bytes, perhaps not all.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Bytes it had on the wire.</summary>
    public int WireLength { get; } = wireLength;
}
