namespace KernelSockets.Net;

/// <content>
/// Segments that arrive in one batch from the device are answered together: one acknowledgement, one wake of the reader, and new data in large
/// pieces, as a receiver does that puts segments together first (Linux's GRO).
/// </content>
internal sealed partial class TcpConnection
{
    /// <summary>The most data that one acknowledgement answers to, so that the sender goes on while a long batch is worked on.</summary>
    private const int MostInBatch = 262_144;

    /// <summary>Ranges that one acknowledgement has room for beside timestamps (RFC 2018 §3).</summary>
    private const int MostChangedRanges = 3;

    private bool _isDeferred;
    private bool _hasArrivals; // the user is to be told of data

    /// <summary>
    /// True when nothing has to be said at once: nothing came twice, not too much is unacknowledged, and no hole is open, unless one acknowledgement
    /// tells of all behind it (RFC 5681 §4.2 wants one for each segment, for a sender that counts them; with SACK, Linux compresses them, too).
    /// </summary>
    private bool MayWait => State is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2
        && (_ranges is null or { Count: 0 } || (HasSack && _changedRanges < MostChangedRanges)) && _duplicate is null && _unacknowledged < MostInBatch;

    /// <summary>
    /// Takes the next piece of the stream, of which nothing but the data is new: acknowledgement, window and control bits are those of the piece before, which has
    /// gone through all steps.
    /// </summary>
    /// <param name="sequence">SEG.SEQ.</param>
    /// <param name="timestamp">SEG.TSval, where timestamps were agreed on.</param>
    /// <param name="data">SEG.TEXT, at least a byte.</param>
    /// <param name="frame">The packet that they are in.</param>
    /// <param name="now">When.</param>
    /// <returns>False with nothing changed, when there is more to do about it.</returns>
    public bool TryTakePredicted(SequenceNumber sequence, uint timestamp, ReadOnlySpan<byte> data, PacketBuffer frame, Instant now)
    {
        bool isPlain = sequence == RcvNxt
            && State == TcpState.Established
            && User is not null
            && data.Length <= RcvEdge - sequence
            && sequence > _lastAckSent // or its timestamp is to be kept (RFC 7323 §4.3)
            && !(HasTimestamps && (int)(timestamp - RecentTimestamp) < 0)
            && _isDeferred && _hasArrivals && _unacknowledged < MostInBatch
            && _ranges is null or { Count: 0 }
            && _duplicate is null
            && _urgent != UrgentState.Announced;
        if (!isPlain || _receiveData.Append(_receiveEnd, data, frame) != data.Length)
        {
            return false;
        }

        _receivedAt = now;
        _keepAliveProbes = 0;
        RcvNxt = sequence + data.Length;
        _receiveEnd += data.Length;
        _unacknowledged += data.Length;
        _owesAcknowledgement |= _unacknowledged >= 2 * _largestReceived; // the piece before has seen to a delayed one
        return true;
    }

    /// <summary>The batch is over.</summary>
    public void EndBatch(Instant now)
    {
        _isDeferred = false;
        TellArrivals();
        if (State is not (TcpState.Closed or TcpState.SynSent))
        {
            Respond(now);
        }
    }

    private void Defer()
    {
        if (!_isDeferred)
        {
            _isDeferred = true;
            _tcp.Defer(this);
        }
    }

    /// <summary>Data have arrived in order: the user hears of it, at the end of a batch once.</summary>
    private void NoteArrival()
    {
        _hasArrivals = true;
        if (_tcp.IsInBatch)
        {
            Defer();
        }
        else
        {
            TellArrivals();
        }
    }

    private void TellArrivals()
    {
        if (_hasArrivals)
        {
            _hasArrivals = false;
            User?.OnChange(this, PollEvents.Readable);
        }
    }
}
