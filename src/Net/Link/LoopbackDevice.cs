using System.Diagnostics.CodeAnalysis;

namespace KernelSockets.Net;

/// <summary>
/// The device of the loopback interface: what is sent is received again, from <see cref="NetStack.Advance"/> and never from within the
/// sending call, so
/// that two protocols which answer each other cannot recurse.
/// </summary>
/// <remarks>The stack's gate protects the queue: the stack is the only one to call it.</remarks>
internal sealed class LoopbackDevice : NetworkDevice
{
    /// <summary>Frames under way.</summary>
    internal const int QueueCapacity = 256;

    private readonly PacketQueue _queue = new(QueueCapacity);
    private readonly Clock _clock;
    private readonly Action _queued;
    private readonly NetworkDeviceStatistics _statistics = new();

    /// <param name="clock">For the time of arrival.</param>
    /// <param name="queued">Called when a frame was put into the empty queue.</param>
    public LoopbackDevice(Clock clock, Action queued)
    {
        _clock = clock;
        _queued = queued;
    }

    public override string Model => "loopback";

    public override MacAddress Address => MacAddress.Any;

    public override int Mtu => 1500;

    public override bool IsLinkUp => true;

    public override NetworkDeviceStatistics Statistics => _statistics;

    public override bool IsPromiscuous { get; set; }

    /// <summary>Frames under way.</summary>
    public int Queued => _queue.Count;

    public override Errno Transmit(PacketBuffer frame)
    {
        int length = frame.Length;
        if (!_queue.TryEnqueue(frame))
        {
            _statistics.TransmitDropped++;
            return Errno.ENOBUFS;
        }

        _statistics.TransmittedPackets++;
        _statistics.TransmittedBytes += length;
        if (_queue.Count == 1)
        {
            _queued();
        }

        return Errno.Success;
    }

    public override int Poll(IFrameReceiver receiver, int budget)
    {
        int count = 0;
        while (count < budget && TryTake(out PacketBuffer? frame))
        {
            receiver.Receive(frame);
            frame.Release();
            count++;
        }

        return count;
    }

    /// <summary>Takes the oldest frame, as received.</summary>
    public bool TryTake([NotNullWhen(true)] out PacketBuffer? frame)
    {
        if (!_queue.TryDequeue(out frame))
        {
            return false;
        }

        _statistics.ReceivedPackets++;
        _statistics.ReceivedBytes += frame.Length;
        frame.Device = this;
        frame.ReceivedAt = _clock.Now;
        return true;
    }
}
