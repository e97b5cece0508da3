namespace KernelSockets;

/// <summary>An Ethernet device, real or simulated. The stack's only view of a driver.</summary>
/// <remarks>
/// Called by the network task and, for <see cref="Transmit"/>, by any task that sends; a device protects itself with its own lock and never
/// calls back into the stack from <see cref="Transmit"/>.
/// </remarks>
public abstract class NetworkDevice
{
    /// <summary>Device name, for example <c>82540EM</c>.</summary>
    public abstract string Model { get; }

    /// <summary>The station address.</summary>
    public abstract MacAddress Address { get; }

    /// <summary>Largest payload of a frame in bytes, link header excluded.</summary>
    public abstract int Mtu { get; }

    /// <summary>True while there is carrier.</summary>
    public abstract bool IsLinkUp { get; }

    /// <summary>True when the device computes what <see cref="PacketBuffer.IsChecksumPartial"/> leaves to it.</summary>
    public virtual bool InsertsChecksums => false;

    /// <summary>Most TCP data in one packet that the device cuts into segments itself (<see cref="PacketBuffer.SegmentSize"/>), in bytes; 0 when it cannot.</summary>
    public virtual int SegmentationLimit => 0;

    /// <summary>Counters since the device started.</summary>
    public abstract NetworkDeviceStatistics Statistics { get; }

    /// <summary>
    /// Queues a whole Ethernet frame (no FCS) and takes over the caller's reference, whatever is returned.
    /// </summary>
    /// <returns><see cref="Errno.Success"/>; <see cref="Errno.ENOBUFS"/> when the queue is full (counted); <see cref="Errno.ENETDOWN"/>
    /// without carrier (counted); <see cref="Errno.EMSGSIZE"/> for a frame the device cannot send.</returns>
    public abstract Errno Transmit(PacketBuffer frame);

    /// <summary>More frames follow at once: the device need not be told of each. To be ended by <see cref="EndBurst"/>.</summary>
    /// <remarks>By default nothing: each frame goes by itself.</remarks>
    public virtual void BeginBurst()
    {
    }

    /// <summary>Sends what has been queued since <see cref="BeginBurst"/>.</summary>
    public virtual void EndBurst()
    {
    }

    /// <summary>Serves the device: reclaims sent frames, hands up to <paramref name="budget"/> received ones over, refills the ring.</summary>
    /// <param name="receiver">Gets each received frame.</param>
    /// <param name="budget">Most frames to hand over in this call (as in Linux's NAPI).</param>
    /// <returns>How many frames were handed over; less than the budget means that interrupts are on again and the task may wait.</returns>
    public abstract int Poll(IFrameReceiver receiver, int budget);

    /// <summary>Receives every frame on the wire while set.</summary>
    public abstract bool IsPromiscuous { get; set; }

    /// <summary>Says which multicast frames are wanted; broadcasts always are. A device may let others through, too.</summary>
    /// <remarks>By default nothing: a device that has no such filter receives them all.</remarks>
    /// <param name="groups">Destination addresses that are wanted.</param>
    /// <param name="acceptsAll">True to want all of them.</param>
    public virtual void SetMulticastFilter(ReadOnlySpan<MacAddress> groups, bool acceptsAll)
    {
    }
}
