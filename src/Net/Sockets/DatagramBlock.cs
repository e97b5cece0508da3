using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The control block of a socket whose packets keep their bounds: UDP, raw, packet.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal abstract class DatagramBlock : SocketBlock
{
    /// <param name="stack">The stack.</param>
    /// <param name="socket">Whose block it is.</param>
    protected DatagramBlock(NetStack stack, Socket socket)
        : base(stack, socket, new SocketSettings()) => Queue = new ReceiveQueue(stack.SocketMemory);

    /// <summary>Packets that wait.</summary>
    public ReceiveQueue Queue { get; }

    /// <summary>When the packet that was read last came in (SIOCGSTAMP); null before the first.</summary>
    public Instant? LastReceivedAt { get; set; }

    /// <summary>Queues a packet and wakes a reader.</summary>
    /// <param name="frame">The frame its data are in; null when there is none.</param>
    /// <param name="data">They.</param>
    /// <param name="described">All else about it.</param>
    /// <returns>False when it was dropped; the queue counts that.</returns>
    public bool TryEnqueue(PacketBuffer? frame, ReadOnlySpan<byte> data, in ReceivedPacket described)
    {
        if (!Queue.TryEnqueue(frame, data, described, Settings.ReceiveBuffer))
        {
            return false;
        }

        WakeReader();
        return true;
    }

    /// <summary>The socket is closed: gives back what it holds.</summary>
    public virtual void Free() => Queue.Clear();

    /// <summary>Waits for a packet as Linux does: a pending error comes first, then the queue, then the end of a socket that is shut.</summary>
    /// <param name="flags">MSG_DONTWAIT.</param>
    /// <param name="error">EAGAIN, EINTR, the pending error, or success without a packet: the end of a shut socket.</param>
    /// <returns>True when the queue has a packet.</returns>
    public bool TryAwait(MessageFlags flags, out Errno error)
    {
        bool isPatient = (flags & MessageFlags.DoNotWait) == 0;
        Instant deadline = isPatient ? Stack.Clock.Now + Settings.ReceiveTimeout : Instant.Zero;
        while (true)
        {
            error = TakeError();
            if (error != Errno.Success || Queue.Count > 0)
            {
                return error == Errno.Success;
            }

            if (!isPatient)
            {
                error = Errno.EAGAIN;
                return false;
            }

            if (IsReadShut)
            {
                return false; // the end: success without a packet
            }

            error = Wait(deadline);
            if (error != Errno.Success)
            {
                return false;
            }
        }
    }

    /// <summary>poll.</summary>
    public PollEvents Poll()
    {
        PollEvents events = PollEvents.Writable | PollEvents.WriteBand; // the device takes a frame or drops it: sending never blocks
        events |= Queue.Count > 0 || IsReadShut ? PollEvents.Readable : PollEvents.None;
        events |= PendingError != Errno.Success ? PollEvents.Error : PollEvents.None;
        events |= IsReadShut ? PollEvents.ReadHangUp : PollEvents.None;
        events |= IsReadShut && IsWriteShut ? PollEvents.HangUp : PollEvents.None;
        return events;
    }

    /// <summary>The line of netstat.</summary>
    public abstract SocketInformation Describe();
}
