namespace KernelSockets.Net;

/// <content>
/// A loss that was none: what was sent again had only been late. Timestamps tell it by the first acknowledgement (Eifel, RFC 3522), D-SACK when every
/// retransmission turns out to be a duplicate (RFC 3708). The window then is what it was before (RFC 4015 §3.2, RFC 9438 §4.9).
/// </content>
internal sealed partial class TcpConnection
{
    private SequenceNumber? _undoFrom; // SND.UNA when the loss was found; null when there is nothing to take back
    private int _undoRepeats; // segments sent again for it that no D-SACK has named yet
    private SequenceNumber _undoFirstEnd; // end of the first of them
    private uint _undoTimestamp; // TSval of the first of them
    private bool _isUndoUnanswered; // it has not been acknowledged yet

    /// <summary>A loss was found: from now on it may turn out to be none.</summary>
    private void StartUndo()
    {
        _undoFrom = SndUna;
        _undoRepeats = 0;
        _isUndoUnanswered = false;
    }

    private void NoteRepeatForUndo(in SentSegment segment, Instant now)
    {
        if (_undoFrom is null || _lossState == LossState.Open)
        {
            return;
        }

        if (_undoRepeats++ == 0)
        {
            _undoFirstEnd = segment.End;
            _undoTimestamp = TimestampAt(now);
            _isUndoUnanswered = true;
        }
    }

    /// <summary>RFC 3522 §3.2 step (3): the acknowledgement of what was sent again echoes a timestamp from before.</summary>
    private void DetectSpuriousByTimestamp(in TcpSegment segment)
    {
        if (!_isUndoUnanswered || segment.Acknowledgement < _undoFirstEnd)
        {
            return;
        }

        _isUndoUnanswered = false;
        if (EchoIn(segment.Options) is { } echo && (int)(echo - _undoTimestamp) < 0)
        {
            Undo();
        }
    }

    /// <summary>A D-SACK has named a segment.</summary>
    private void DetectSpuriousByDuplicate(SackBlock block)
    {
        if (_undoFrom is { } from && _undoRepeats > 0 && block.Left >= from && block.Right <= _recoveryEnd && --_undoRepeats == 0)
        {
            Undo();
        }
    }

    private void Undo()
    {
        Statistics.SpuriousRecoveries++;
        _undoFrom = null;
        _isReorderingSeen |= _lossState != LossState.Timeout;
        _lossState = LossState.Open;
        _duplicates = 0;
        _congestion.Undo();
        for (int i = 0; i < _segments.Count; i++)
        {
            _segments.MarkLost(i, isLost: false);
        }
    }
}
