using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Devices;

/// <summary>
/// Bytes on their way from the input devices to the terminal, bounded. The tasks of the devices must not call the terminal themselves: its echo may have to wait for
/// the very device that the task serves.
/// </summary>
internal sealed class ConsoleInput
{
    /// <summary>Bytes that may wait; more are dropped.</summary>
    public const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly KernelWaitQueue _arrived = new("keys");
    private readonly byte[] _ring = new byte[Capacity];
    private int _head;
    private int _count;

    /// <summary>Bytes dropped because the terminal was too slow.</summary>
    public long Dropped { get; private set; }

    /// <summary>Appends bytes. Called by the tasks of the devices; never blocks.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (byte value in bytes)
            {
                if (_count == Capacity)
                {
                    Dropped++;
                    continue;
                }

                _ring[(_head + _count) % Capacity] = value;
                _count++;
            }

            _arrived.WakeAll();
        }
    }

    /// <summary>Waits for bytes and takes them.</summary>
    /// <returns>How many.</returns>
    public int Take(Span<byte> destination)
    {
        lock (_gate)
        {
            while (_count == 0)
            {
                _arrived.WaitUninterrupted(_gate);
            }

            int taken = Math.Min(_count, destination.Length);
            for (int i = 0; i < taken; i++)
            {
                destination[i] = _ring[(_head + i) % Capacity];
            }

            _head = (_head + taken) % Capacity;
            _count -= taken;
            return taken;
        }
    }
}
