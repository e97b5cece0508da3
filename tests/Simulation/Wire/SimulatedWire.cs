namespace KernelSockets.Simulation;

/// <summary>
/// An Ethernet segment: what one port sends, all others get, after faults drawn from a seed; optionally into a pcap as well.
/// </summary>
/// <remarks>The capture holds what was sent, before faults. Frames are padded to Ethernet's minimum, as hardware does.</remarks>
public sealed class SimulatedWire(SimulatedTime time, int seed, WireFaults? faults = null, PcapWriter? capture = null)
{
    /// <summary>Shortest frame without FCS (IEEE 802.3 §3.2.8).</summary>
    public const int MinimumFrame = 60;

    private readonly Random _random = new(seed);
    private readonly List<IWirePort> _ports = [];

    /// <summary>The seed, for failure messages.</summary>
    public int Seed => seed;

    /// <summary>How the wire misbehaves; may change during a test.</summary>
    public WireFaults Faults { get; set; } = faults ?? WireFaults.None;

    /// <summary>Frames sent onto the wire.</summary>
    public long Sent { get; private set; }

    /// <summary>Frames lost, once for each receiver.</summary>
    public long Lost { get; private set; }

    /// <summary>Frames that arrived twice.</summary>
    public long Duplicated { get; private set; }

    /// <summary>Frames held back.</summary>
    public long Reordered { get; private set; }

    /// <summary>Frames with a bit flipped.</summary>
    public long Corrupted { get; private set; }

    /// <summary>Attaches a port.</summary>
    public void Attach(IWirePort port) => _ports.Add(port);

    /// <summary>Takes a port off; frames under way to it are lost.</summary>
    public void Detach(IWirePort port) => _ports.Remove(port);

    /// <summary>Sends a frame to all ports but <paramref name="sender"/>.</summary>
    public void Send(IWirePort sender, ReadOnlySpan<byte> frame)
    {
        byte[] padded = new byte[Math.Max(frame.Length, MinimumFrame)];
        frame.CopyTo(padded);
        capture?.Write(time.Now, padded);
        Sent++;
        foreach (IWirePort port in _ports)
        {
            if (!ReferenceEquals(port, sender))
            {
                Carry(port, padded);
            }
        }
    }

    private void Carry(IWirePort port, byte[] frame)
    {
        if (Happens(Faults.Loss))
        {
            Lost++;
            return;
        }

        if (Happens(Faults.Corruption))
        {
            Corrupted++;
            frame = (byte[])frame.Clone();
            frame[_random.Next(frame.Length)] ^= (byte)(1 << _random.Next(8));
        }

        TimeSpan delay = Faults.Delay;
        if (Happens(Faults.Reordering))
        {
            Reordered++;
            delay += Faults.ReorderDelay;
        }

        Deliver(port, frame, delay);
        if (Happens(Faults.Duplication))
        {
            Duplicated++;
            Deliver(port, frame, delay + Faults.ReorderDelay);
        }
    }

    private void Deliver(IWirePort port, byte[] frame, TimeSpan delay) => time.After(delay, () =>
    {
        if (_ports.Contains(port))
        {
            port.Arrive(frame);
        }
    });

    private bool Happens(double probability) => probability > 0 && _random.NextDouble() < probability;
}
