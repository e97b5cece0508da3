namespace KernelSockets.UserApps.Network;

/// <summary>
/// A struct msghdr with one buffer, a name and control data, in pinned memory: received messages can be looked at, changed, and sent back as they are.
/// </summary>
/// <remarks>Nothing is allocated after construction.</remarks>
internal sealed class MessageBuffer
{
    private readonly byte[] _data;
    private readonly byte[] _name = GC.AllocateArray<byte>(MessageHeader.NameSize, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(MessageHeader.ControlSize, pinned: true);
    private readonly byte[] _header = GC.AllocateArray<byte>(MessageHeader.Size + MessageHeader.VectorSize, pinned: true);

    /// <param name="size">Bytes of data at most.</param>
    public MessageBuffer(int size)
    {
        _data = GC.AllocateArray<byte>(size, pinned: true);
        Header.Initialize(Libc.AddressOf(_name), Libc.AddressOf(_header, MessageHeader.Size), Libc.AddressOf(_control), Libc.AddressOf(_data));
    }

    /// <summary>The buffer; what <see cref="Receive"/> returned tells how much of it counts.</summary>
    public Span<byte> Data => _data;

    /// <summary>The name: a struct sockaddr.</summary>
    public Span<byte> Name => _name;

    /// <summary>The control data of the last message received.</summary>
    public ReadOnlySpan<byte> Control => _control.AsSpan(0, Header.ControlLength);

    private MessageHeader Header => new(_header.AsSpan(0, MessageHeader.Size), _header.AsSpan(MessageHeader.Size));

    /// <summary>recvmsg.</summary>
    /// <returns>Bytes received, or -1.</returns>
    public int Receive(int fd)
    {
        Header.Expect(_data.Length);
        return (int)Libc.ReceiveMessage(fd, Libc.AddressOf(_header), 0);
    }

    /// <summary>sendmsg, to where the last message came from, and with its control data: through the same interface, from the address asked.</summary>
    /// <param name="fd">The socket.</param>
    /// <param name="length">Bytes of <see cref="Data"/> to send.</param>
    /// <returns>Bytes sent, or -1.</returns>
    public int Send(int fd, int length)
    {
        Header.SetLength(length);
        return (int)Libc.SendMessage(fd, Libc.AddressOf(_header), 0);
    }
}
