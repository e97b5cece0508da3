namespace KernelSockets.Net;

/// <summary>Sees every frame of an interface without taking it from the stack: packet sockets and tcpdump.</summary>
public interface IFrameTap
{
    /// <summary>A frame was received, before the stack looks at it, or is about to be sent.</summary>
    /// <remarks>
    /// Called with the stack's gate held; must not block. A tap that keeps the frame takes a reference with
    /// <see cref="PacketBuffer.AddReference"/>
    /// and releases it later. The stack never changes a frame's bytes or bounds after this call.
    /// </remarks>
    /// <param name="netInterface">Whose frame it is.</param>
    /// <param name="frame">The whole frame, Ethernet header included, FCS not.</param>
    /// <param name="direction">Received or sent.</param>
    void OnFrame(NetInterface netInterface, PacketBuffer frame, FrameDirection direction);
}

/// <summary>Which way a frame goes.</summary>
public enum FrameDirection
{
    /// <summary>From the wire.</summary>
    Received,

    /// <summary>To the wire.</summary>
    Sent,
}
