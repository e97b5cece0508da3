using System.Globalization;

namespace KernelSockets.FaultyWire;

/// <summary>
/// One direction of the wire: decides by a seeded generator what happens to each frame, and holds those that are not due yet. What happens to the
/// n-th frame depends on the seed and on n only.
/// </summary>
/// <remarks>For one thread. Times are ticks of any clock that does not go back. Allocates nothing once as many frames were held as ever are.</remarks>
internal sealed class FaultyDirection(int seed, Faults faults)
{
    /// <summary>Most frames under way; more are dropped, as by a switch whose queue is full.</summary>
    internal const int QueueLimit = 10_000;

    private const int EthernetHeaderSize = 14;

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Frame, (long Due, long Order)> _underWay = new();
    private readonly Stack<Frame> _free = new();
    private Frame? _held;
    private int _overtakers; // that the held frame still waits for
    private long _heldUntil;
    private long _order;

    /// <summary>Counters.</summary>
    public FaultCounts Counts { get; } = new();

    /// <summary>When the next frame has to go on; <see cref="long.MaxValue"/> when none is held.</summary>
    public long NextDue
    {
        get
        {
            long due = _underWay.TryPeek(out _, out (long Due, long Order) first) ? first.Due : long.MaxValue;
            return _held is null ? due : Math.Min(due, _heldUntil);
        }
    }

    /// <summary>A frame enters the wire.</summary>
    /// <param name="frame">Its bytes; may be changed.</param>
    /// <param name="now">When.</param>
    /// <param name="arrive">What is done with a frame that comes out at once.</param>
    public void Enter(Span<byte> frame, long now, FrameAction arrive)
    {
        // Always as many numbers for a frame, so that the frames after it meet what they would have met.
        double loss = _random.NextDouble();
        double duplication = _random.NextDouble();
        double reordering = _random.NextDouble();
        double corruption = _random.NextDouble();
        int detail = _random.Next();
        Counts.Frames++;
        if (loss < faults.Loss)
        {
            Counts.Lost++;
            return;
        }

        if (corruption < faults.Corruption && frame.Length > EthernetHeaderSize)
        {
            Counts.Corrupted++;
            frame[EthernetHeaderSize + (detail / 8 % (frame.Length - EthernetHeaderSize))] ^= (byte)(1 << (detail % 8));
        }

        if (reordering < faults.Reordering && _held is null)
        {
            Counts.Reordered++;
            _held = Copy(frame);
            _overtakers = 1 + (detail % Faults.MostOvertaking);
            _heldUntil = now + Faults.HoldLimit.Ticks;
            return;
        }

        Travel(frame, now, arrive);
        if (duplication < faults.Duplication)
        {
            Counts.Duplicated++;
            Travel(frame, now, arrive);
        }

        if (_held is not null && --_overtakers == 0)
        {
            LetHeldGo(now, arrive);
        }
    }

    /// <summary>Lets out what is due.</summary>
    public void Advance(long now, FrameAction arrive)
    {
        if (_held is not null && _heldUntil <= now)
        {
            LetHeldGo(now, arrive);
        }

        while (_underWay.TryPeek(out Frame? frame, out (long Due, long Order) first) && first.Due <= now)
        {
            _ = _underWay.Dequeue();
            arrive(frame.Bytes);
            _free.Push(frame);
        }
    }

    private void LetHeldGo(long now, FrameAction arrive)
    {
        Frame frame = _held!;
        _held = null;
        Travel(frame.Bytes, now, arrive);
        _free.Push(frame);
    }

    private void Travel(ReadOnlySpan<byte> frame, long now, FrameAction arrive)
    {
        if (faults.Delay == TimeSpan.Zero)
        {
            arrive(frame);
        }
        else if (_underWay.Count < QueueLimit)
        {
            _underWay.Enqueue(Copy(frame), (now + faults.Delay.Ticks, _order++));
        }
        else
        {
            Counts.Overflowed++;
        }
    }

    private Frame Copy(ReadOnlySpan<byte> bytes)
    {
        Frame frame = _free.TryPop(out Frame? free) ? free : new Frame();
        frame.Set(bytes);
        return frame;
    }

    /// <summary>A frame that is held.</summary>
    private sealed class Frame
    {
        private byte[] _bytes = new byte[2048];
        private int _length;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public void Set(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _bytes.Length)
            {
                _bytes = new byte[bytes.Length];
            }

            bytes.CopyTo(_bytes);
            _length = bytes.Length;
        }
    }
}

/// <summary>Takes a frame that has come out of the wire; the bytes are its own only during the call.</summary>
internal delegate void FrameAction(ReadOnlySpan<byte> frame);

/// <summary>How many frames of a direction met each fault.</summary>
internal sealed class FaultCounts
{
    /// <summary>Frames that have entered.</summary>
    public long Frames { get; set; }

    /// <summary>Vanished.</summary>
    public long Lost { get; set; }

    /// <summary>Sent twice.</summary>
    public long Duplicated { get; set; }

    /// <summary>Held back.</summary>
    public long Reordered { get; set; }

    /// <summary>With a bit flipped.</summary>
    public long Corrupted { get; set; }

    /// <summary>Dropped because too many were under way, or because the other end took no more.</summary>
    public long Overflowed { get; set; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Frames} frames, {Lost} lost, {Duplicated} duplicated, {Reordered} reordered, {Corrupted} corrupted, {Overflowed} overflowed");
}
