namespace KernelSockets;

/// <summary>Takes frames from a device.</summary>
public interface IFrameReceiver
{
    /// <summary>A frame came in. It stays the device's, which uses the buffer again: who keeps it takes a reference.</summary>
    /// <param name="frame">A whole Ethernet frame without FCS; <see cref="PacketBuffer.Device"/> is set.</param>
    void Receive(PacketBuffer frame);

    /// <summary>More than one frame may follow until <see cref="EndBatch"/>: answers to all of them may be put together.</summary>
    void BeginBatch()
    {
    }

    /// <summary>No more frames for now: whatever waited for them goes out.</summary>
    void EndBatch()
    {
    }
}
