namespace KernelSockets.Net;

/// <summary>
/// Header prediction (V. Jacobson, "4BSD TCP header prediction", 1990) for a batch of frames: what follows a segment with data is mostly the next
/// piece of the same stream, so its headers are those of the segment before but for a few fields. One comparison takes the place of the checks
/// of every layer from Ethernet to TCP, and the data go straight to the connection; Linux puts segments together at this place (GRO).
/// </summary>
/// <remarks>
/// The stack's gate is held from <see cref="NetInterface.BeginBatch"/> to <see cref="NetInterface.EndBatch"/>, so that what one frame has
/// found out (whose address it is, which connection, that no raw socket wants it) holds for the next. A frame that is not as predicted ends the prediction.
/// </remarks>
/// <param name="stack">The stack, whose counters count what is taken here.</param>
internal sealed class HeaderPrediction(NetStack stack)
{
    private readonly TcpFrameTemplate _template = new();
    private TcpConnection? _connection;

    /// <summary>Predicts that the frames to come continue the stream of this one, whose data the connection has taken.</summary>
    public void Expect(PacketBuffer frame, TcpConnection connection)
    {
        if (stack.Raw.Sockets.Count == 0 && _template.TrySet(frame.Data))
        {
            _connection = connection;
        }
    }

    /// <summary>Predicts nothing.</summary>
    public void Forget() => _connection = null;

    /// <summary>Takes a frame that is as predicted.</summary>
    /// <returns>False for any other, which has to go the long way; the prediction is over then.</returns>
    public bool TryTake(NetInterface netInterface, PacketBuffer frame)
    {
        if (_connection is not { } connection)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = frame.Data;
        bool isTaken = _template.Matches(bytes)
            && (frame.IsChecksumVerified || _template.AreChecksumsValid(bytes))
            && connection.TryTakePredicted(TcpFrameTemplate.Sequence(bytes), TcpFrameTemplate.Timestamp(bytes), bytes[_template.HeaderSize..], frame, frame.ReceivedAt);
        if (!isTaken)
        {
            _connection = null;
            return false;
        }

        netInterface.Statistics.InFrames++;
        stack.Ipv4.Statistics.InReceives++;
        stack.Ipv4.Statistics.InOctets += bytes.Length - EthernetHeader.Size;
        stack.Ipv4.Statistics.InDelivers++;
        stack.Tcp.Statistics.InSegs++;
        stack.Tcp.Statistics.PredictionHits++;
        return true;
    }
}
