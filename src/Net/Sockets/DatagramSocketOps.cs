using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>What the modules of sockets with packet bounds have in common: receiving, poll, SOL_SOCKET, ioctl.</summary>
/// <remarks>Takes the stack's gate in each operation; what it calls in a module runs under it.</remarks>
internal abstract class DatagramSocketOps : StackSocketOps
{
    private const uint GetStamp = 0x8906;
    private const uint GetStampNanoseconds = 0x8907;

    /// <param name="stack">The stack.</param>
    protected DatagramSocketOps(NetStack stack)
        : base(stack)
    {
    }

    /// <summary>The control blocks of the open sockets, of UDP those with a port; under the gate.</summary>
    public abstract IEnumerable<DatagramBlock> Blocks { get; }

    /// <inheritdoc/>
    public override IEnumerable<SocketInformation> Describe() => Blocks.Select(static block => block.Describe());

    /// <inheritdoc/>
    public override IoResult ReceiveMessage(Socket socket, ref SocketMessage message, MessageFlags flags)
    {
        if ((flags & MessageFlags.ErrorQueue) != 0)
        {
            return Errno.EAGAIN; // there is no error queue: it is always empty
        }

        lock (Stack.Gate)
        {
            DatagramBlock block = BlockOf(socket);
            return block.TryAwait(flags, out Errno error) ? Take(block, ref message, flags)
                : error == Errno.Success ? IoResult.Ok(0)
                : error;
        }
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Socket socket, PollListener? listener)
    {
        DatagramBlock block = BlockOf(socket);
        block.PollSource.Attach(listener);
        lock (Stack.Gate)
        {
            return block.Poll();
        }
    }

    /// <inheritdoc/>
    public override IoResult Ioctl(Socket socket, uint request, Span<byte> data)
    {
        lock (Stack.Gate)
        {
            DatagramBlock block = BlockOf(socket);
            switch (request)
            {
                case IoctlRequest.BytesAvailable:
                    OptionValue.Write(data, block.Queue.Count > 0 ? block.Queue.Oldest.Length : 0);
                    return IoResult.Ok(0);
                case IoctlRequest.OutputQueueLength:
                    OptionValue.Write(data, 0);
                    return IoResult.Ok(0);
                case GetStamp or GetStampNanoseconds:
                    if (block.LastReceivedAt is not { } receivedAt)
                    {
                        return Errno.ENOENT;
                    }

                    OptionValue.WriteTime(data, SinceEpoch(receivedAt), request == GetStampNanoseconds);
                    return IoResult.Ok(0);
                default:
                    return Errno.ENOTTY;
            }
        }
    }

    /// <summary>The control block of a socket of this module.</summary>
    protected static DatagramBlock BlockOf(Socket socket) => (DatagramBlock)socket.State!;

    /// <summary>Adds the control data that the protocol's options ask for.</summary>
    protected virtual void WriteControl(DatagramBlock block, in ReceivedPacket packet, ref ControlMessageWriter writer)
    {
    }

    /// <summary>Copies the oldest packet out and, unless it was only looked at, takes it off the queue.</summary>
    private IoResult Take(DatagramBlock block, ref SocketMessage message, MessageFlags flags)
    {
        ref readonly ReceivedPacket packet = ref block.Queue.Oldest;
        ReadOnlySpan<byte> data = packet.Data;
        int length = data.Length;
        int copied = message.Data.CopyFrom(0, data);
        message.Name = packet.Source;
        message.HasName = true;
        message.Flags |= copied < data.Length ? MessageFlags.Truncated : MessageFlags.None;
        block.LastReceivedAt = packet.ReceivedAt;
        ControlMessageWriter writer = new(message.Control);
        WriteStamps(block, packet, ref writer);
        WriteControl(block, packet, ref writer);
        message.ControlLength = writer.Length;
        message.Flags |= writer.IsTruncated ? MessageFlags.ControlTruncated : MessageFlags.None;
        if ((flags & MessageFlags.Peek) == 0)
        {
            block.Queue.Remove();
        }

        return IoResult.Ok((flags & MessageFlags.Truncated) != 0 ? length : copied);
    }

    private void WriteStamps(DatagramBlock block, in ReceivedPacket packet, ref ControlMessageWriter writer)
    {
        bool isNanoseconds = block.Settings.IsOn(SocketOption.TimestampNanoseconds);
        if (isNanoseconds || block.Settings.IsOn(SocketOption.Timestamp))
        {
            Span<byte> time = stackalloc byte[OptionValue.TimeSize];
            OptionValue.WriteTime(time, SinceEpoch(packet.ReceivedAt), isNanoseconds);
            writer.Add(SocketLevel.Socket, (int)(isNanoseconds ? SocketOption.TimestampNanoseconds : SocketOption.Timestamp), time);
        }

        if (block.Settings.IsOn(SocketOption.ReceiveQueueOverflow) && block.Queue.Dropped > 0)
        {
            writer.Add(SocketLevel.Socket, (int)SocketOption.ReceiveQueueOverflow, (int)block.Queue.Dropped);
        }
    }

    /// <summary>A moment of the monotonic clock as time since 1970.</summary>
    private TimeSpan SinceEpoch(Instant moment) => Stack.Clock.UtcNow - DateTimeOffset.UnixEpoch - (Stack.Clock.Now - moment);
}
