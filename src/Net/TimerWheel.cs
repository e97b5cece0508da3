using System.Numerics;

namespace KernelSockets.Net;

/// <summary>
/// All timers of a stack in a hierarchical timing wheel (G. Varghese and T. Lauck, 1987): to start, move or stop one takes the same short time however
/// many there are, and allocates nothing.
/// </summary>
/// <remarks>
/// <para>
/// Time is counted in ticks of about a millisecond. A tick is a number of eight digits of six bits; the wheel has a level for each digit and a slot for each of its values. A timer
/// is at the level of the highest digit in which its tick differs from the wheel's position, in the slot that this digit names, or at level 0 in the slot of the position itself when none differs. So all
/// timers of a level come before those of the next; where the position gets to a slot of a higher level, its timers move down.
/// </para>
/// <para>
/// A timer never fires before its deadline, and fires in the first call of <see cref="RunDue"/> after it; those of one tick in any order. Used under the stack's gate.
/// </para>
/// </remarks>
internal sealed class TimerWheel
{
    private const int TickBits = 20; // nanoseconds
    private const int DigitBits = 6;
    private const int Digits = 1 << DigitBits;
    private const int Levels = 8; // 20 + 8 × 6 bits: more than an Instant has
    private const int DueSlot = Levels * Digits; // timers about to be called

    private readonly Action<Instant> _earlier;
    private readonly Slot[] _slots = new Slot[DueSlot + 1];
    private readonly ulong[] _occupied = new ulong[Levels]; // a bit for each slot
    private long _position; // tick

    /// <param name="earlier">Told when the earliest deadline has moved forward.</param>
    public TimerWheel(Action<Instant> earlier) => _earlier = earlier;

    /// <summary>Timers under way.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// When <see cref="RunDue"/> is to be called: not after the earliest deadline, and before it only where an earlier timer was stopped.
    /// </summary>
    public Instant NextDeadline
    {
        get
        {
            if (_slots[DueSlot].First is not null)
            {
                return _slots[DueSlot].Least;
            }

            for (int level = 0; level < Levels; level++)
            {
                if (_occupied[level] != 0)
                {
                    return _slots[(level * Digits) + BitOperations.TrailingZeroCount(_occupied[level])].Least;
                }
            }

            return Instant.Never;
        }
    }

    /// <summary>Starts a timer, or moves one that is under way.</summary>
    public void Schedule(StackTimer timer, Instant deadline)
    {
        Instant before = NextDeadline;
        if (timer.IsScheduled)
        {
            Unlink(timer);
        }
        else
        {
            Count++;
        }

        timer.Deadline = deadline;
        Link(timer, SlotOf(deadline));
        if (deadline < before)
        {
            _earlier(deadline);
        }
    }

    /// <summary>Stops a timer; one that is not under way stays so.</summary>
    public void Cancel(StackTimer timer)
    {
        if (timer.IsScheduled)
        {
            Unlink(timer);
            timer.Deadline = Instant.Never;
            Count--;
        }
    }

    /// <summary>Calls the timers that are due. A callback schedules later than <paramref name="now"/>, or this would not end.</summary>
    public void RunDue(Instant now)
    {
        long target = now.Nanoseconds >> TickBits;
        while (true)
        {
            int current = (int)(_position & (Digits - 1));
            while (((_occupied[0] >> current) & 1) != 0 && _slots[current].Least <= now)
            {
                FireDue(current, now);
            }

            if (_position >= target)
            {
                return;
            }

            Advance(target);
        }
    }

    /// <summary>Goes on to the next slot with timers, or to a tick when none comes before it.</summary>
    private void Advance(long target)
    {
        for (int level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0)
            {
                continue;
            }

            int digit = BitOperations.TrailingZeroCount(_occupied[level]);
            int shift = level * DigitBits;
            long start = (((_position >> shift) & ~(Digits - 1L)) | (uint)digit) << shift;
            if (start > target)
            {
                break;
            }

            _position = start;
            if (level > 0)
            {
                MoveDown((level * Digits) + digit);
            }

            return;
        }

        _position = target;
    }

    /// <summary>The position has got to a slot: its timers belong to lower levels now.</summary>
    private void MoveDown(int slot)
    {
        while (_slots[slot].First is { } timer)
        {
            Unlink(timer);
            Link(timer, SlotOf(timer.Deadline));
        }
    }

    /// <summary>Calls the timers of the position's slot that are due; callbacks may start and stop any timer.</summary>
    private void FireDue(int slot, Instant now)
    {
        Instant least = Instant.Never;
        StackTimer? next;
        for (StackTimer? timer = _slots[slot].First; timer is not null; timer = next)
        {
            next = timer.Next;
            if (timer.Deadline <= now)
            {
                Unlink(timer);
                Link(timer, DueSlot);
            }
            else
            {
                least = Instant.Min(least, timer.Deadline);
            }
        }

        _slots[slot].Least = least;
        while (_slots[DueSlot].First is { } timer)
        {
            Cancel(timer);
            timer.Fire(now);
        }
    }

    private int SlotOf(Instant deadline)
    {
        long tick = Math.Max(deadline.Nanoseconds >> TickBits, _position);
        long difference = tick ^ _position;
        int level = difference == 0 ? 0 : BitOperations.Log2((ulong)difference) / DigitBits;
        return (level * Digits) + (int)((tick >> (level * DigitBits)) & (Digits - 1));
    }

    private void Link(StackTimer timer, int index)
    {
        ref Slot slot = ref _slots[index];
        slot.Least = slot.First is null ? timer.Deadline : Instant.Min(slot.Least, timer.Deadline);
        timer.Slot = index;
        timer.Previous = null;
        timer.Next = slot.First;
        if (slot.First is { } first)
        {
            first.Previous = timer;
        }

        slot.First = timer;
        if (index < DueSlot)
        {
            _occupied[index / Digits] |= 1UL << (index % Digits);
        }
    }

    private void Unlink(StackTimer timer)
    {
        int index = timer.Slot;
        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }

        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _slots[index].First = timer.Next;
            if (timer.Next is null && index < DueSlot)
            {
                _occupied[index / Digits] &= ~(1UL << (index % Digits));
            }
        }

        timer.Next = timer.Previous = null;
        timer.Slot = StackTimer.NotQueued;
    }

    private struct Slot
    {
        public StackTimer? First;

        /// <summary>No deadline in the slot is earlier.</summary>
        public Instant Least;
    }
}
