using System.Threading.Channels;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>What goes wrong on a wire: the share of frames, from 0 to 1, that each fault hits.</summary>
/// <param name="Loss">Frames that vanish.</param>
/// <param name="Duplication">Frames that arrive twice.</param>
/// <param name="Reordering">Frames that are held back until the next one has passed.</param>
/// <param name="Corruption">Frames with one bit flipped behind the Ethernet header.</param>
internal sealed record FaultRates(double Loss = 0, double Duplication = 0, double Reordering = 0, double Corruption = 0);

/// <summary>A wire with faults in both directions, decided by a seeded generator, so that a failure can be played again.</summary>
internal sealed class FaultyWire : IEthernetWire
{
    private const int EthernetHeaderSize = 14;

    private readonly IEthernetWire _inner;
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();
    private readonly Direction _toGuest;
    private readonly Direction _fromGuest;

    public FaultyWire(IEthernetWire inner, int seed, FaultRates rates)
    {
        _inner = inner;
        Seed = seed;
        _toGuest = new Direction(new Random(seed), rates);
        _fromGuest = new Direction(new Random(seed ^ 0x5DEECE6), rates);
        _ = PumpAsync();
    }

    /// <summary>The seed, for the message of a failure.</summary>
    public int Seed { get; }

    public ChannelReader<byte[]> Received => _received.Reader;

    /// <summary>How many frames met each fault so far, both directions together.</summary>
    public string Summary => $"seed {Seed}; to the guest {_toGuest}; from the guest {_fromGuest}";

    public async Task SendAsync(ReadOnlyMemory<byte> frame)
    {
        foreach (byte[] survivor in _toGuest.Pass(frame.ToArray()))
        {
            await _inner.SendAsync(survivor);
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (byte[] frame in _inner.Received.ReadAllAsync())
            {
                foreach (byte[] survivor in _fromGuest.Pass(frame))
                {
                    await _received.Writer.WriteAsync(survivor);
                }
            }

            _received.Writer.Complete();
        }
        catch (Exception failure)
        {
            _received.Writer.Complete(failure);
        }
    }

    /// <summary>One direction of the wire. Senders may be several, so it has a lock.</summary>
    private sealed class Direction(Random random, FaultRates rates)
    {
        private readonly Lock _gate = new();
        private byte[]? _heldBack;
        private int _passed;
        private int _lost;
        private int _duplicated;
        private int _reordered;
        private int _corrupted;

        /// <summary>What arrives at the other end when a frame is sent: nothing, it, or it and others.</summary>
        public List<byte[]> Pass(byte[] frame)
        {
            lock (_gate)
            {
                _passed++;
                if (Hit(rates.Loss, ref _lost))
                {
                    return [];
                }

                byte[] arriving = Hit(rates.Corruption, ref _corrupted) ? Flipped(frame) : frame;
                if (_heldBack is null && Hit(rates.Reordering, ref _reordered))
                {
                    _heldBack = arriving;
                    return [];
                }

                List<byte[]> result = Hit(rates.Duplication, ref _duplicated) ? [arriving, arriving] : [arriving];
                if (_heldBack is not null)
                {
                    result.Add(_heldBack);
                    _heldBack = null;
                }

                return result;
            }
        }

        public override string ToString() =>
            $"{_passed} frames, {_lost} lost, {_duplicated} duplicated, {_reordered} reordered, {_corrupted} corrupted";

        private bool Hit(double rate, ref int count)
        {
            bool isHit = random.NextDouble() < rate;
            count += isHit ? 1 : 0;
            return isHit;
        }

        private byte[] Flipped(byte[] frame)
        {
            byte[] copy = [.. frame];
            if (copy.Length > EthernetHeaderSize)
            {
                copy[random.Next(EthernetHeaderSize, copy.Length)] ^= (byte)(1 << random.Next(8));
            }

            return copy;
        }
    }
}
