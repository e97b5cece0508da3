namespace KernelSockets.Net;

/// <summary>Who a connection belongs to: the control block of its socket, or the listener while nobody has accepted it.</summary>
/// <remarks>Called under the stack's gate; must not block nor call the connection.</remarks>
internal interface ITcpUser
{
    /// <summary>The three-way handshake is complete.</summary>
    void OnEstablished(TcpConnection connection);

    /// <summary>Something can be read or written, an end has come, or an error.</summary>
    void OnChange(TcpConnection connection, PollEvents events);

    /// <summary>The connection is gone: closed, reset, timed out. <see cref="TcpConnection.Error"/> says why.</summary>
    void OnClosed(TcpConnection connection);
}
