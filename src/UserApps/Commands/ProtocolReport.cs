using System.Collections.Frozen;
using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>Protocol counters in the words of net-tools' <c>netstat -s</c>.</summary>
internal static class ProtocolReport
{
    private static readonly FrozenDictionary<string, string> s_sentences = new Dictionary<string, string>
    {
        ["Ip.InReceives"] = "total packets received",
        ["Ip.InHdrErrors"] = "with invalid headers",
        ["Ip.InAddrErrors"] = "with invalid addresses",
        ["Ip.InUnknownProtos"] = "with unknown protocol",
        ["Ip.InDiscards"] = "incoming packets discarded",
        ["Ip.InDelivers"] = "incoming packets delivered",
        ["Ip.OutRequests"] = "requests sent out",
        ["Ip.OutDiscards"] = "outgoing packets dropped",
        ["Ip.OutNoRoutes"] = "dropped because of missing route",
        ["Ip.ReasmReqds"] = "reassemblies required",
        ["Ip.ReasmOKs"] = "packets reassembled ok",
        ["Ip.ReasmFails"] = "packet reassemblies failed",
        ["Ip.FragOKs"] = "fragments received ok", // net-tools' words; they mean datagrams that were fragmented
        ["Ip.FragFails"] = "fragments failed",
        ["Ip.FragCreates"] = "fragments created",
        ["Icmp.InMsgs"] = "ICMP messages received",
        ["Icmp.InErrors"] = "input ICMP message failed",
        ["Icmp.OutMsgs"] = "ICMP messages sent",
        ["Icmp.OutErrors"] = "ICMP messages failed",
        ["Tcp.ActiveOpens"] = "active connection openings",
        ["Tcp.PassiveOpens"] = "passive connection openings",
        ["Tcp.AttemptFails"] = "failed connection attempts",
        ["Tcp.EstabResets"] = "connection resets received",
        ["Tcp.CurrEstab"] = "connections established",
        ["Tcp.InSegs"] = "segments received",
        ["Tcp.OutSegs"] = "segments sent out",
        ["Tcp.RetransSegs"] = "segments retransmitted",
        ["Tcp.InErrs"] = "bad segments received",
        ["Tcp.OutRsts"] = "resets sent",
        ["TcpExt.SyncookiesSent"] = "SYN cookies sent",
        ["TcpExt.SyncookiesRecv"] = "SYN cookies received",
        ["TcpExt.SyncookiesFailed"] = "invalid SYN cookies received",
        ["TcpExt.PAWSEstab"] = "packets rejected in established connections because of timestamp",
        ["TcpExt.ListenOverflows"] = "times the listen queue of a socket overflowed",
        ["TcpExt.ListenDrops"] = "SYNs to LISTEN sockets dropped",
        ["TcpExt.TCPAbortOnData"] = "connections reset due to unexpected data",
        ["TcpExt.TCPAbortOnTimeout"] = "connections aborted due to timeout",
        ["Udp.InDatagrams"] = "packets received",
        ["Udp.NoPorts"] = "packets to unknown port received",
        ["Udp.InErrors"] = "packet receive errors",
        ["Udp.OutDatagrams"] = "packets sent",
        ["Udp.RcvbufErrors"] = "receive buffer errors",
        ["Udp.SndbufErrors"] = "send buffer errors",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A heading a group, then a line a counter. Counters without a sentence of their own stand there by name.</summary>
    /// <param name="counters">Counters, those of a group together.</param>
    /// <param name="groups">Groups to show; empty for all.</param>
    public static string Format(IEnumerable<ProtocolCounter> counters, IReadOnlySet<string> groups)
    {
        var text = new StringBuilder();
        string group = string.Empty;
        foreach (ProtocolCounter counter in counters.Where(counter => groups.Count == 0 || groups.Contains(counter.Group)))
        {
            if (counter.Group != group)
            {
                group = counter.Group;
                text.Append($"{group}:\n");
            }

            string line = s_sentences.TryGetValue($"{group}.{counter.Name}", out string? sentence)
                ? $"    {counter.Value} {sentence}\n"
                : $"    {counter.Name}: {counter.Value}\n";
            text.Append(line);
        }

        return text.ToString();
    }
}
