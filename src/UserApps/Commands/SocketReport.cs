using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>Sockets in the columns and words of iproute2's ss.</summary>
internal sealed class SocketReport
{
    private const int LocalColumn = 4;
    private const int PeerColumn = 6;

    private readonly bool _isKindShown;
    private readonly bool _hasHeading;
    private readonly bool _hasFigures;
    private readonly SocketOwners? _owners;

    /// <param name="isKindShown">True for a column with the protocol.</param>
    /// <param name="hasHeading">True for a heading.</param>
    /// <param name="hasFigures">True for a line with figures under each TCP connection.</param>
    /// <param name="owners">Whose sockets they are; null for no such column.</param>
    public SocketReport(bool isKindShown, bool hasHeading, bool hasFigures, SocketOwners? owners)
    {
        _isKindShown = isKindShown;
        _hasHeading = hasHeading;
        _hasFigures = hasFigures;
        _owners = owners;
    }

    /// <summary>The lines.</summary>
    public string Format(IEnumerable<SocketInformation> sockets)
    {
        List<(string[] Cells, StreamInformation? Stream)> rows = [];
        if (_hasHeading)
        {
            rows.Add((["Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port", "Process"], null));
        }

        foreach (SocketInformation socket in sockets)
        {
            (string local, string localPort) = Split(socket.Local);
            (string remote, string remotePort) = Split(socket.Remote);
            string owner = _owners?.Find(socket) is { } found ? $"users:((\"{found.Name}\",pid={found.Task},ino={socket.Inode}))" : string.Empty;
            rows.Add((
                [
                    socket.Protocol == "packet" ? "p_raw" : socket.Protocol, NameOf(socket.State), Number(socket.ReceiveQueue), Number(socket.SendQueue), local, localPort, remote, remotePort, owner,
                ],
                socket.Stream));
        }

        return Layout(rows);
    }

    /// <summary>The figures of a connection, in ss's order; what is zero or not known is left out as there.</summary>
    internal static string Figures(StreamInformation stream)
    {
        var text = new StringBuilder();
        text.Append(stream.HasTimestamps ? " ts" : "").Append(stream.HasSack ? " sack" : "").Append(CultureInfo.InvariantCulture, $" {stream.Congestion}");
        Append(text, " wscale:{0},{1}", stream.SendScale, stream.ReceiveScale, stream.SendScale | stream.ReceiveScale);
        text.Append(CultureInfo.InvariantCulture, $" rto:{Milliseconds(stream.Timeout)}");
        Append(text, " backoff:{0}", stream.Backoff);
        if (stream.RoundTrip > TimeSpan.Zero)
        {
            text.Append(CultureInfo.InvariantCulture, $" rtt:{Milliseconds(stream.RoundTrip)}/{Milliseconds(stream.Variation)}");
        }

        text.Append(CultureInfo.InvariantCulture, $" ato:{Milliseconds(stream.AcknowledgeDelay)} mss:{stream.SendSegment} pmtu:{stream.PathMtu}");
        Append(text, " rcvmss:{0}", stream.ReceiveSegment);
        text.Append(CultureInfo.InvariantCulture, $" cwnd:{stream.Window}");
        Append(text, " ssthresh:{0}", stream.Threshold ?? 0);
        if (stream.RoundTrip > TimeSpan.Zero)
        {
            double rate = stream.Window * (double)stream.SendSegment * 8 / stream.RoundTrip.TotalSeconds;
            text.Append(CultureInfo.InvariantCulture, $" send {rate:0}bps");
        }

        text.Append(CultureInfo.InvariantCulture, $" lastsnd:{(long)stream.SinceSent.TotalMilliseconds} lastrcv:{(long)stream.SinceReceived.TotalMilliseconds}");
        Append(text, " unacked:{0}", stream.SegmentsUnderWay);
        Append(text, " retrans:0/{0}", stream.Retransmitted);
        Append(text, " lost:{0}", stream.SegmentsLost);
        Append(text, " sacked:{0}", stream.SegmentsSacked);
        text.Append(CultureInfo.InvariantCulture, $" rcv_space:{stream.ReceiveSpace} snd_wnd:{stream.PeerWindow}");
        return text.ToString();
    }

    private static void Append(StringBuilder text, string format, int value) => Append(text, format, value, value, value);

    private static void Append(StringBuilder text, string format, int first, int second, int shownUnlessZero)
    {
        if (shownUnlessZero != 0)
        {
            text.AppendFormat(CultureInfo.InvariantCulture, format, first, second);
        }
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string NameOf(string state) => state switch
    {
        "" => "UNCONN",
        "ESTABLISHED" => "ESTAB",
        "FIN_WAIT1" => "FIN-WAIT-1",
        "FIN_WAIT2" => "FIN-WAIT-2",
        _ => state.Replace('_', '-'),
    };

    private static (string Address, string Port) Split(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon < 0 ? (text, "*") : (text[..colon], text[(colon + 1)..]);
    }

    private string Layout(List<(string[] Cells, StreamInformation? Stream)> rows)
    {
        int[] widths = new int[rows.Count > 0 ? rows[0].Cells.Length : 0];
        foreach ((string[] cells, _) in rows)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], cells[i].Length);
            }
        }

        var text = new StringBuilder();
        foreach ((string[] cells, StreamInformation? stream) in rows)
        {
            text.Append(Line(cells, widths).TrimEnd()).Append('\n');
            if (_hasFigures && stream is not null)
            {
                text.Append('\t').Append(Figures(stream)).Append('\n');
            }
        }

        return text.ToString();
    }

    private string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = _isKindShown ? 0 : 1; i < cells.Length; i++)
        {
            bool isAddress = i is LocalColumn or PeerColumn;
            line.Append(isAddress ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
            line.Append(isAddress ? ':' : ' ');
        }

        return line.ToString();
    }
}
