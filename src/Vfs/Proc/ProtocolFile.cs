using System.Globalization;

namespace KernelSockets.Vfs.Proc;

/// <summary>Contents of /proc/net/snmp (RFC 1213's counters, in Linux's order and names) and /proc/net/netstat. Counters that are not kept are 0 in the first, and missing in the second.</summary>
internal static class ProtocolFile
{
    private const string UdpNames = "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors";

    private static readonly IReadOnlyList<(string Group, string Names)> s_lines =
    [
        ("Ip", "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes "
            + "ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits"),
        ("Icmp", "InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps InTimestampReps "
            + "InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects "
            + "OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps"),
        ("Tcp", "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors"),
        ("Udp", UdpNames),
        ("UdpLite", UdpNames),
    ];

    /// <summary>What is no counter: no forwarding, the default TTL, and TCP's bounds of RTO (in ms) and of connections.</summary>
    private static readonly IReadOnlyList<ProtocolCounter> s_constants =
    [
        new("Ip", "Forwarding", 2), new("Ip", "DefaultTTL", 64), new("Tcp", "RtoAlgorithm", 1), new("Tcp", "RtoMin", 200), new("Tcp", "RtoMax", 120_000), new("Tcp", "MaxConn", -1),
    ];

    /// <summary>Those of Linux that are kept, in its order; readers find them by name.</summary>
    private static readonly IReadOnlyList<(string Group, string Names)> s_extensionLines =
    [
        ("TcpExt", "SyncookiesSent SyncookiesRecv SyncookiesFailed PAWSEstab ListenOverflows ListenDrops TCPHPHits TCPTimeouts TCPLossProbes TCPAbortOnData TCPAbortOnMemory TCPAbortOnTimeout "
            + "TCPTimeWaitOverflow TCPChallengeACK"),
        ("IpExt", "InTruncatedPkts InMcastPkts InBcastPkts InOctets"),
    ];

    /// <summary>/proc/net/snmp.</summary>
    public static void Write(ProcText text, IReadOnlyList<ProtocolCounter> counters) => Write(text, counters, s_lines);

    /// <summary>/proc/net/netstat.</summary>
    public static void WriteExtensions(ProcText text, IReadOnlyList<ProtocolCounter> counters) => Write(text, counters, s_extensionLines);

    private static void Write(ProcText text, IReadOnlyList<ProtocolCounter> counters, IReadOnlyList<(string Group, string Names)> lines)
    {
        Dictionary<(string Group, string Name), long> values = [];
        foreach (ProtocolCounter counter in s_constants.Concat(counters))
        {
            values[(GroupOf(counter), NameOf(counter))] = counter.Value;
        }

        foreach ((string group, string names) in lines)
        {
            text.Line($"{group}: {names}");
            text.Line($"{group}: {string.Join(' ', names.Split(' ').Select(name => values.GetValueOrDefault((group, name)).ToString(CultureInfo.InvariantCulture)))}");
        }
    }

    /// <summary>Linux counts what goes out among the standard counters.</summary>
    private static string GroupOf(ProtocolCounter counter) => counter is { Group: "IpExt", Name: "OutTransmits" } ? "Ip" : counter is { Group: "IcmpExt", Name: "OutRateLimited" } ? "Icmp" : counter.Group;

    private static string NameOf(ProtocolCounter counter) => counter is { Group: "IcmpExt", Name: "OutRateLimited" } ? "OutRateLimitHost" : counter.Name;
}
