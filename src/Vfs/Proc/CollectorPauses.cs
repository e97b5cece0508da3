namespace KernelSockets.Vfs.Proc;

/// <summary>How long the garbage collector has stopped the machine: a distribution over all collections since it was made.</summary>
/// <remarks>
/// The runtime keeps only the last collection. An object that is garbage at once is finalized after the next one; its finalizer takes down that collection and
/// makes the next object. Collections that follow each other too fast for it are counted as missed.
/// </remarks>
public sealed class CollectorPauses
{
    private const int BucketsInOctave = 8; // so a bucket's bounds are 9 % apart
    private const int Octaves = 32;

    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[BucketsInOctave * Octaves];
    private readonly WeakReference<CollectorPauses> _self; // kept here: if it were garbage with the sentinel, it might be finalized before it
    private long _lastIndex;

    /// <summary>Begins to record.</summary>
    public CollectorPauses()
    {
        _lastIndex = GC.GetGCMemoryInfo(GCKind.Any).Index;
        _self = new WeakReference<CollectorPauses>(this);
        Sentinel.Plant(_self);
    }

    /// <summary>Pauses recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Collections that were not seen.</summary>
    public long Missed { get; private set; }

    /// <summary>The longest pause.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Takes down a collection.</summary>
    /// <param name="index">Its number; one that was taken down before is ignored.</param>
    /// <param name="pauses">Its pauses.</param>
    public void Note(long index, ReadOnlySpan<TimeSpan> pauses)
    {
        lock (_gate)
        {
            if (index <= _lastIndex)
            {
                return;
            }

            Missed += index - _lastIndex - 1;
            _lastIndex = index;
            foreach (TimeSpan pause in pauses)
            {
                if (pause > TimeSpan.Zero)
                {
                    Count++;
                    Longest = pause > Longest ? pause : Longest;
                    _buckets[BucketOf(pause)]++;
                }
            }
        }
    }

    /// <summary>The pause that a share of all does not exceed.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <returns>The upper bound of its bucket, but not more than the longest.</returns>
    public TimeSpan Percentile(double share)
    {
        lock (_gate)
        {
            long left = (long)Math.Ceiling(Count * share);
            int bucket = 0;
            while (bucket < _buckets.Length - 1 && left > _buckets[bucket])
            {
                left -= _buckets[bucket++];
            }

            TimeSpan bound = TimeSpan.FromMicroseconds(Math.Pow(2, (bucket + 1.0) / BucketsInOctave));
            return bound < Longest ? bound : Longest;
        }
    }

    private static int BucketOf(TimeSpan pause) =>
        (int)Math.Clamp(Math.Log2(pause.TotalMicroseconds) * BucketsInOctave, 0, (BucketsInOctave * Octaves) - 1);

    private sealed class Sentinel
    {
        private readonly WeakReference<CollectorPauses> _owner;

        private Sentinel(WeakReference<CollectorPauses> owner) => _owner = owner;

        ~Sentinel()
        {
            if (_owner.TryGetTarget(out CollectorPauses? owner))
            {
                GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
                owner.Note(last.Index, last.PauseDurations);
                Plant(_owner);
            }
        }

        /// <summary>Makes one that nobody refers to.</summary>
        public static void Plant(WeakReference<CollectorPauses> owner) => _ = new Sentinel(owner);
    }
}
