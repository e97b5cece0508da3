namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>A test cannot go on; the message says why.</summary>
internal sealed class IperfException : Exception
{
    /// <param name="message">Why, in iperf3's words where it has some.</param>
    public IperfException(string message)
        : base(message)
    {
    }
}
