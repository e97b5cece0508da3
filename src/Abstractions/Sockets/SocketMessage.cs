namespace KernelSockets.Sockets;

/// <summary>What sendmsg and recvmsg move (struct msghdr): data, an address, control data, flags.</summary>
public ref struct SocketMessage
{
    /// <summary>The data: where from, or where to.</summary>
    public IoVector Data { get; set; }

    /// <summary>sendmsg: where to. recvmsg: where from, out.</summary>
    public SocketAddress Name { get; set; }

    /// <summary>sendmsg: true when the caller gave a name. recvmsg: set when there is one.</summary>
    public bool HasName { get; set; }

    /// <summary>Control data in Linux's layout (struct cmsghdr). sendmsg: what the caller gave. recvmsg: where they go.</summary>
    public Span<byte> Control { get; set; }

    /// <summary>recvmsg: bytes of <see cref="Control"/> that were filled.</summary>
    public int ControlLength { get; set; }

    /// <summary>recvmsg: what msg_flags tells: <see cref="MessageFlags.Truncated"/>, <see cref="MessageFlags.ControlTruncated"/> and the like.</summary>
    public MessageFlags Flags { get; set; }

    /// <summary>A message of data alone.</summary>
    /// <param name="data">They.</param>
    public SocketMessage(IoVector data)
    {
        this = default;
        Data = data;
    }
}
