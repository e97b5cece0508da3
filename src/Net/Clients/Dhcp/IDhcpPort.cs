namespace KernelSockets.Net;

/// <summary>What a <see cref="DhcpClient"/> needs of its interface. Called from within the client; must not call it back.</summary>
internal interface IDhcpPort
{
    /// <summary>Sends a message from port 68 to port 67. It may get lost.</summary>
    /// <param name="destination">A server, or 255.255.255.255.</param>
    /// <param name="type">What it is.</param>
    /// <param name="message">It.</param>
    /// <param name="retryAfter">When the client will send again; zero for never.</param>
    void Send(Ipv4Address destination, DhcpMessageType type, ReadOnlySpan<byte> message, TimeSpan retryAfter);

    /// <summary>Asks whether somebody has an address; the answer goes to <see cref="DhcpClient.CompleteProbe"/>, later.</summary>
    void StartProbe(Ipv4Address address);

    /// <summary>Stops asking.</summary>
    void CancelProbe();

    /// <summary>Takes a lease into use, or goes on with one that has been extended.</summary>
    /// <returns>False when the interface cannot have the address.</returns>
    bool Apply(DhcpLease lease);

    /// <summary>Takes the address away.</summary>
    void Withdraw(DhcpLease lease, DhcpLoss reason);

    /// <summary>A server gave us an address that another station has.</summary>
    void ReportConflict(Ipv4Address address);
}
