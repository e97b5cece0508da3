using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>What all socket modules of the stack have in common: options of SOL_SOCKET, and what netstat lists.</summary>
/// <remarks>Takes the stack's gate in each operation; what it calls in a module runs under it.</remarks>
internal abstract class StackSocketOps : SocketOps
{
    private const int MaximumInterfaceName = 16;

    /// <param name="stack">The stack.</param>
    protected StackSocketOps(NetStack stack) => Stack = stack;

    /// <summary>What netstat lists; under the gate.</summary>
    public abstract IEnumerable<SocketInformation> Describe();

    /// <summary>The stack.</summary>
    protected NetStack Stack { get; }

    /// <inheritdoc/>
    public override IoResult GetOption(Socket socket, int level, int name, Span<byte> value)
    {
        lock (Stack.Gate)
        {
            SocketBlock block = (SocketBlock)socket.State!;
            if (level != SocketLevel.Socket)
            {
                return GetProtocolOption(block, level, name, value);
            }

            return (SocketOption)name switch
            {
                SocketOption.Error => OptionValue.Write(value, (int)block.TakeError()),
                SocketOption.AcceptConnections => OptionValue.Write(value, IsListening(block) ? 1 : 0),
                SocketOption.BindToDevice => GetDevice(block, value),
                SocketOption.AttachFilter => block.Filter.Read(value),
                SocketOption.LockFilter => block.Filter.ReadLock(value),
                _ => block.Settings.Get((SocketOption)name, value),
            };
        }
    }

    /// <inheritdoc/>
    public override Errno SetOption(Socket socket, int level, int name, ReadOnlySpan<byte> value)
    {
        lock (Stack.Gate)
        {
            SocketBlock block = (SocketBlock)socket.State!;
            if (level != SocketLevel.Socket)
            {
                return SetProtocolOption(block, level, name, value);
            }

            return (SocketOption)name switch
            {
                SocketOption.Error or SocketOption.AcceptConnections => Errno.ENOPROTOOPT,
                SocketOption.BindToDevice => SetDevice(block, value),
                SocketOption.AttachFilter => block.Filter.Attach(value),
                SocketOption.DetachFilter => block.Filter.Detach(),
                SocketOption.LockFilter => block.Filter.Lock(value),
                _ => block.OwnSettings().Set((SocketOption)name, value),
            };
        }
    }

    /// <summary>getsockopt above SOL_SOCKET.</summary>
    protected abstract IoResult GetProtocolOption(SocketBlock block, int level, int name, Span<byte> value);

    /// <summary>setsockopt above SOL_SOCKET.</summary>
    protected abstract Errno SetProtocolOption(SocketBlock block, int level, int name, ReadOnlySpan<byte> value);

    /// <summary>SO_ACCEPTCONN.</summary>
    protected virtual bool IsListening(SocketBlock block) => false;

    private static IoResult GetDevice(SocketBlock block, Span<byte> value)
    {
        if (block.BoundInterface is not { } netInterface)
        {
            return IoResult.Ok(0);
        }

        if (value.Length < MaximumInterfaceName)
        {
            return Errno.EINVAL;
        }

        int length = System.Text.Encoding.ASCII.GetBytes(netInterface.Name, value);
        value[length] = 0;
        return IoResult.Ok(length + 1);
    }

    private Errno SetDevice(SocketBlock block, ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        ReadOnlySpan<byte> name = value[..Math.Min(end < 0 ? value.Length : end, MaximumInterfaceName - 1)];
        NetInterface? found = Stack.FindInterface(System.Text.Encoding.ASCII.GetString(name));
        if (found is null && !name.IsEmpty)
        {
            return Errno.ENODEV;
        }

        block.BoundInterface = found;
        return Errno.Success;
    }
}
