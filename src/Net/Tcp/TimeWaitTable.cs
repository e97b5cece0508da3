namespace KernelSockets.Net;

/// <summary>
/// Connections in TIME-WAIT (RFC 9293 §3.6.1): what is left of each is enough to answer a late FIN. They live for 60 s; when there are
/// too many, the oldest go first.
/// </summary>
/// <remarks>
/// Under the stack's gate. One timer serves them all, since all live equally long. They are no objects: a busy server leaves thousands a second, and the
/// garbage collector would carry each of them from one generation to the next.
/// </remarks>
internal sealed class TimeWaitTable
{
    /// <summary>Most of them (Linux's tcp_max_tw_buckets is larger; one costs about 80 bytes).</summary>
    internal const int Capacity = 16_384;

    /// <summary>2 MSL, as Linux has it (TCP_TIMEWAIT_LEN).</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private const int None = -1;
    private const int InitialSize = 64;

    private readonly Tcp _tcp;
    private readonly Dictionary<TcpKey, int> _byKey = [];
    private readonly StackTimer _timer;
    private TimeWait[] _entries = [];
    private int _first = None; // the one that ends first; each knows the next and the one before
    private int _last = None;
    private int _free = None; // a list of unused entries
    private int _used; // entries that were ever used

    /// <param name="tcp">The module.</param>
    public TimeWaitTable(Tcp tcp)
    {
        _tcp = tcp;
        _timer = new CallbackTimer(Expire);
    }

    /// <summary>How many.</summary>
    public int Count => _byKey.Count;

    /// <summary>Their addresses and ports, for netstat.</summary>
    public IEnumerable<TcpKey> Keys => _byKey.Keys;

    /// <summary>True when a port and address are taken by one.</summary>
    public bool Contains(TcpKey key) => _byKey.ContainsKey(key);

    /// <summary>A connection has closed both directions.</summary>
    public void Add(TcpConnection connection, Instant now)
    {
        if (_byKey.Count == Capacity)
        {
            _tcp.Statistics.TimeWaitOverflows++;
            Remove(_first);
        }

        int index = TakeEntry();
        _entries[index] = new TimeWait
        {
            Key = connection.Key,
            SndNxt = connection.SndNxt,
            RcvNxt = connection.RcvNxt,
            HasTimestamps = connection.HasTimestamps,
            RecentTimestamp = connection.RecentTimestamp,
        };
        _byKey.Add(connection.Key, index);
        _tcp.Ports.AddConnection(connection.Key.LocalPort);
        Append(index, now + Life);
        if (!_timer.IsScheduled)
        {
            _tcp.Timers.Schedule(_timer, _entries[index].Until);
        }
    }

    /// <summary>A segment for one of them.</summary>
    /// <param name="key">Its addresses and ports.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="isListening">Somebody listens at its port.</param>
    /// <param name="now">When.</param>
    /// <param name="opensAnew">True when it is a SYN that may open a new connection in the old one's place (RFC 9293 MAY-2, RFC 6191).</param>
    /// <returns>False when no connection with this key is in TIME-WAIT.</returns>
    public bool TryHandle(TcpKey key, in TcpSegment segment, bool isListening, Instant now, out bool opensAnew)
    {
        opensAnew = false;
        if (!_byKey.TryGetValue(key, out int index))
        {
            return false;
        }

        ref readonly TimeWait entry = ref _entries[index];

        // RFC 1337: a reset does not end it, or an old segment might be taken into the next connection.
        if (segment.Has(TcpFlags.Rst))
        {
            return true;
        }

        int timestampStep = entry.HasTimestamps && segment.Options.HasTimestamps ? (int)(segment.Options.TimestampValue - entry.RecentTimestamp) : 0;
        bool isNewer = timestampStep > 0 || (timestampStep == 0 && segment.Sequence > entry.RcvNxt);
        if (segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Ack) && isNewer && isListening)
        {
            Remove(index);
            opensAnew = true;
            return true;
        }

        // "The only thing that can arrive in this state is a retransmission of the remote FIN. Acknowledge it, and restart the 2 MSL timeout."
        if (segment.Length > 0 || segment.Sequence != entry.RcvNxt)
        {
            // RFC 7323 §3.2: once agreed on, timestamps are in every segment but a reset.
            TcpOptions options = default;
            options.HasTimestamps = entry.HasTimestamps;
            (options.TimestampValue, options.TimestampEcho) = (_tcp.TimestampAt(key, now), entry.RecentTimestamp);
            _tcp.SendBare(key, entry.SndNxt, entry.RcvNxt, TcpFlags.Ack, options);
        }

        if (segment.Has(TcpFlags.Fin))
        {
            Unlink(index);
            Append(index, now + Life);
        }

        return true;
    }

    private void Expire(Instant now)
    {
        while (_first != None && _entries[_first].Until <= now)
        {
            Remove(_first);
        }

        if (_first != None)
        {
            _tcp.Timers.Schedule(_timer, _entries[_first].Until);
        }
    }

    private void Remove(int index)
    {
        Unlink(index);
        _byKey.Remove(_entries[index].Key);
        _tcp.Ports.RemoveConnection(_entries[index].Key.LocalPort);
        _entries[index].Next = _free;
        _free = index;
    }

    private int TakeEntry()
    {
        if (_free != None)
        {
            int index = _free;
            _free = _entries[index].Next;
            return index;
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(InitialSize, _used * 2));
        }

        return _used++;
    }

    /// <summary>Puts one at the end of the list by age.</summary>
    private void Append(int index, Instant until)
    {
        ref TimeWait entry = ref _entries[index];
        (entry.Until, entry.Previous, entry.Next) = (until, _last, None);
        NextOf(_last) = index;
        _last = index;
    }

    private void Unlink(int index)
    {
        ref TimeWait entry = ref _entries[index];
        NextOf(entry.Previous) = entry.Next;
        PreviousOf(entry.Next) = entry.Previous;
    }

    private ref int NextOf(int index)
    {
        if (index == None)
        {
            return ref _first;
        }

        return ref _entries[index].Next;
    }

    private ref int PreviousOf(int index)
    {
        if (index == None)
        {
            return ref _last;
        }

        return ref _entries[index].Previous;
    }

    private struct TimeWait
    {
        public TcpKey Key { get; init; }

        public SequenceNumber SndNxt { get; init; }

        public SequenceNumber RcvNxt { get; init; }

        public bool HasTimestamps { get; init; }

        public uint RecentTimestamp { get; init; }

        /// <summary>When it ends.</summary>
        public Instant Until { get; set; }

        /// <summary>The entry that ends before this one.</summary>
        public int Previous;

        /// <summary>The one that ends after it; of an unused entry, another unused one.</summary>
        public int Next;
    }
}
