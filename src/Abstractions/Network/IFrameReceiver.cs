namespace KernelSockets;

/// <summary>Takes frames from a device.</summary>
public interface IFrameReceiver
{
    /// <summary>A frame came in. The receiver takes over one reference.</summary>
    /// <param name="frame">A whole Ethernet frame without FCS; <see cref="PacketBuffer.Device"/> is set.</param>
    void Receive(PacketBuffer frame);
}
