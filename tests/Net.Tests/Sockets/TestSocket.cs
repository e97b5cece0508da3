using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>A socket of a stack under test, used as the system calls use one.</summary>
internal sealed class TestSocket : IDisposable
{
    private readonly Socket _socket;
    private bool _isClosed;

    public TestSocket(NetStack stack, SocketType type, int protocol = 0)
    {
        SocketOps module = stack.SocketModules.Single(candidate => candidate.Type == type);
        SocketKind kind = type switch { SocketType.Udp => SocketKind.Datagram, SocketType.Tcp => SocketKind.Stream, _ => SocketKind.Raw };
        AddressFamily family = type == SocketType.Packet ? AddressFamily.Packet : AddressFamily.Inet;
        _socket = new Socket(module, family, kind, type switch { SocketType.Udp => 17, SocketType.Tcp => 6, _ => protocol });
        Assert.Equal(Errno.Success, module.Create(_socket));
    }

    private TestSocket(Socket socket) => _socket = socket;

    /// <summary>Flags of a call that waits.</summary>
    public const MessageFlags Blocking = MessageFlags.None;

    public SocketOps Operations => _socket.Operations;

    public SocketAddress Name
    {
        get
        {
            Assert.Equal(Errno.Success, Operations.GetSocketName(_socket, out SocketAddress address));
            return address;
        }
    }

    public static TestSocket Udp(Tester tester, ushort port = 0)
    {
        TestSocket socket = new(tester.Node.Stack, SocketType.Udp);
        if (port != 0)
        {
            Assert.Equal(Errno.Success, socket.Bind("0.0.0.0", port));
        }

        return socket;
    }

    /// <summary>A TCP socket that listens.</summary>
    public static TestSocket Listening(NetStack stack, ushort port, int backlog = 16)
    {
        TestSocket socket = new(stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, socket.Set(1, 2, 1)); // SO_REUSEADDR
        Assert.Equal(Errno.Success, socket.Bind("0.0.0.0", port));
        Assert.Equal(Errno.Success, socket.Listen(backlog));
        return socket;
    }

    public Errno Listen(int backlog) => Operations.Listen(_socket, backlog);

    public Errno Accept(out TestSocket? accepted, MessageFlags flags = MessageFlags.DoNotWait)
    {
        Errno error = Operations.Accept(_socket, flags, out Socket? socket, out _);
        accepted = socket is null ? null : new TestSocket(socket);
        return error;
    }

    public Errno Connect(string address, ushort port, MessageFlags flags) =>
        Operations.Connect(_socket, SocketAddress.Inet(Addresses.Ip(address), port), flags);

    public IoResult SendSpan(Span<byte> data, MessageFlags flags = MessageFlags.DoNotWait) =>
        Operations.SendMessage(_socket, new SocketMessage(new IoVector(data)), flags);

    public Errno Bind(string address, ushort port) => Operations.Bind(_socket, SocketAddress.Inet(Addresses.Ip(address), port));

    public Errno Bind(in SocketAddress address) => Operations.Bind(_socket, address);

    public Errno Connect(in SocketAddress address) => Operations.Connect(_socket, address, MessageFlags.None);

    public Errno Connect(string address, ushort port) =>
        Operations.Connect(_socket, SocketAddress.Inet(Addresses.Ip(address), port), MessageFlags.None);

    public Errno Disconnect() => Operations.Connect(_socket, default, MessageFlags.None);

    public Errno GetPeer(out SocketAddress address) => Operations.GetPeerName(_socket, out address);

    public Errno Shutdown(ShutdownHow how) => Operations.Shutdown(_socket, how);

    public IoResult Send(byte[] data, MessageFlags flags = MessageFlags.None) =>
        Operations.SendMessage(_socket, new SocketMessage(new IoVector(data)), flags);

    public IoResult SendTo(string address, ushort port, byte[] data, byte[]? control = null, MessageFlags flags = MessageFlags.None)
    {
        SocketMessage message = new(new IoVector(data))
        {
            Name = SocketAddress.Inet(Addresses.Ip(address), port),
            HasName = true,
            Control = control,
        };
        return Operations.SendMessage(_socket, message, flags);
    }

    /// <summary>Sends without allocating.</summary>
    public IoResult SendTo(in SocketAddress address, byte[] data) =>
        Operations.SendMessage(_socket, new SocketMessage(new IoVector(data)) { Name = address, HasName = true }, MessageFlags.None);

    public Received Receive(MessageFlags flags = MessageFlags.DoNotWait, int size = 2048, int control = 0)
    {
        byte[] data = new byte[size];
        byte[] controlData = new byte[control];
        SocketMessage message = new(new IoVector(data)) { Control = controlData };
        IoResult result = Operations.ReceiveMessage(_socket, ref message, flags);
        int length = result.IsSuccess ? Math.Min(result.Count, size) : 0;
        return new Received(result, message.Name, data[..length], message.Flags, controlData[..message.ControlLength]);
    }

    /// <summary>Receives without allocating.</summary>
    public IoResult ReceiveInto(byte[] buffer, MessageFlags flags = MessageFlags.DoNotWait)
    {
        SocketMessage message = new(new IoVector(buffer));
        return Operations.ReceiveMessage(_socket, ref message, flags);
    }

    /// <summary>Forgets what waits, and any error.</summary>
    public void Drain(byte[] buffer)
    {
        while (ReceiveInto(buffer).Error != Errno.EAGAIN)
        {
        }
    }

    public Errno Set(int level, int name, int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Set(level, name, bytes);
    }

    public Errno Set(int level, int name, byte[] value) => Operations.SetOption(_socket, level, name, value);

    public int Get(int level, int name)
    {
        byte[] bytes = new byte[sizeof(int)];
        IoResult result = Operations.GetOption(_socket, level, name, bytes);
        Assert.True(result.IsSuccess, result.Error.ToString());
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public IoResult Get(int level, int name, Span<byte> value) => Operations.GetOption(_socket, level, name, value);

    public PollEvents Poll(PollListener? listener = null) => Operations.Poll(_socket, listener);

    public int BytesAvailable()
    {
        byte[] bytes = new byte[sizeof(int)];
        Assert.True(Operations.Ioctl(_socket, IoctlRequest.BytesAvailable, bytes).IsSuccess);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            Operations.Close(_socket);
        }
    }
}

/// <summary>What recvmsg gave.</summary>
internal sealed record Received(IoResult Result, SocketAddress Name, byte[] Data, MessageFlags Flags, byte[] Control)
{
    public Errno Error => Result.Error;
}
