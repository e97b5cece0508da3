namespace KernelSockets.Net;

/// <summary>All counters of a stack by group and name, as /proc/net/snmp and /proc/net/netstat have them; what Linux does not count has a name of ours.</summary>
/// <remarks>Called under the stack's gate.</remarks>
internal static class ProtocolCounters
{
    /// <summary>Reads them.</summary>
    public static IReadOnlyList<ProtocolCounter> Read(NetStack stack) =>
    [
        .. Name("Ip", ReadIp(stack.Ipv4.Statistics)), .. Name("Icmp", ReadIcmp(stack.Icmp.Statistics)), .. Name("Tcp", ReadTcp(stack.Tcp.Statistics)),
        .. Name("Udp", ReadUdp(stack.Udp.Statistics)), .. Name("TcpExt", ReadTcpExtensions(stack.Tcp)), .. Name("IpExt", ReadIpExtensions(stack.Ipv4.Statistics)), .. Name("IcmpExt", ReadIcmpExtensions(stack.Icmp.Statistics)),
        .. Name("Igmp", ReadIgmp(stack.Igmp.Statistics)), .. Name("Arp", ReadArp(stack.Arp.Statistics)),
        .. Name("Socket", ReadSocketMemory(stack.SocketMemory)), .. Name("Frag", ReadReassembly(stack.Ipv4.Reassembler)),
        .. Name("Stack", [(nameof(stack.Timers), stack.Timers.Count)]),
    ];

    private static IEnumerable<ProtocolCounter> Name(string group, IEnumerable<(string Name, long Value)> counters) =>
        counters.Select(counter => new ProtocolCounter(group, counter.Name, counter.Value));

    private static (string Name, long Value)[] ReadIp(Ipv4Statistics ip) =>
    [
        (nameof(ip.InReceives), ip.InReceives), (nameof(ip.InHdrErrors), ip.InHdrErrors), (nameof(ip.InAddrErrors), ip.InAddrErrors),
        (nameof(ip.InUnknownProtos), ip.InUnknownProtos), (nameof(ip.InDiscards), ip.InDiscards), (nameof(ip.InDelivers), ip.InDelivers),
        (nameof(ip.OutRequests), ip.OutRequests), (nameof(ip.OutDiscards), ip.OutDiscards), (nameof(ip.OutNoRoutes), ip.OutNoRoutes),
        (nameof(ip.ReasmReqds), ip.ReasmReqds), (nameof(ip.ReasmOKs), ip.ReasmOKs), (nameof(ip.ReasmFails), ip.ReasmFails),
        ("FragOKs", ip.OutFragOKs), ("FragFails", ip.OutFragFails), ("FragCreates", ip.OutFragCreates),
    ];

    private static (string Name, long Value)[] ReadIpExtensions(Ipv4Statistics ip) =>
    [
        (nameof(ip.InTruncatedPkts), ip.InTruncatedPkts), (nameof(ip.InMcastPkts), ip.InMcastPkts), (nameof(ip.InBcastPkts), ip.InBcastPkts),
        (nameof(ip.InOctets), ip.InOctets), (nameof(ip.InMartians), ip.InMartians), (nameof(ip.InSourceRouted), ip.InSourceRouted),
        (nameof(ip.OutTransmits), ip.OutTransmits), (nameof(ip.OutFragReqds), ip.OutFragReqds),
    ];

    private static (string Name, long Value)[] ReadIcmp(IcmpStatistics icmp) =>
    [
        (nameof(icmp.InMsgs), icmp.InMsgs), (nameof(icmp.InErrors), icmp.InErrors), (nameof(icmp.InDestUnreachs), icmp.InDestUnreachs),
        (nameof(icmp.InTimeExcds), icmp.InTimeExcds), (nameof(icmp.InParmProbs), icmp.InParmProbs), (nameof(icmp.InRedirects), icmp.InRedirects),
        (nameof(icmp.InEchos), icmp.InEchos), (nameof(icmp.InEchoReps), icmp.InEchoReps), (nameof(icmp.OutMsgs), icmp.OutMsgs),
        (nameof(icmp.OutErrors), icmp.OutErrors), (nameof(icmp.OutDestUnreachs), icmp.OutDestUnreachs), (nameof(icmp.OutTimeExcds), icmp.OutTimeExcds),
        (nameof(icmp.OutParmProbs), icmp.OutParmProbs), (nameof(icmp.OutEchos), icmp.OutEchos), (nameof(icmp.OutEchoReps), icmp.OutEchoReps),
    ];

    private static (string Name, long Value)[] ReadIcmpExtensions(IcmpStatistics icmp) =>
    [
        (nameof(icmp.InUnknownTypes), icmp.InUnknownTypes), (nameof(icmp.InEchosToGroup), icmp.InEchosToGroup),
        (nameof(icmp.OutErrorsForbidden), icmp.OutErrorsForbidden),
        (nameof(icmp.OutRateLimited), icmp.OutRateLimited),
    ];

    private static (string Name, long Value)[] ReadTcp(TcpStatistics tcp) =>
    [
        (nameof(tcp.ActiveOpens), tcp.ActiveOpens), (nameof(tcp.PassiveOpens), tcp.PassiveOpens), (nameof(tcp.AttemptFails), tcp.AttemptFails),
        (nameof(tcp.EstabResets), tcp.EstabResets), (nameof(tcp.CurrEstab), tcp.CurrEstab), (nameof(tcp.InSegs), tcp.InSegs), (nameof(tcp.OutSegs), tcp.OutSegs),
        (nameof(tcp.RetransSegs), tcp.RetransSegs), (nameof(tcp.InErrs), tcp.InErrs), (nameof(tcp.OutRsts), tcp.OutRsts), (nameof(tcp.InCsumErrors), tcp.InCsumErrors),
    ];

    /// <summary>As in /proc/net/netstat; FastRecoveries and SpuriousRecoveries count what Linux counts by kind, TimeWaits and the memory are what there is now.</summary>
    private static (string Name, long Value)[] ReadTcpExtensions(Tcp tcp)
    {
        TcpStatistics counters = tcp.Statistics;
        return
        [
            (nameof(counters.SyncookiesSent), counters.SyncookiesSent), (nameof(counters.SyncookiesRecv), counters.SyncookiesRecv),
            (nameof(counters.SyncookiesFailed), counters.SyncookiesFailed), ("PAWSEstab", counters.PawsDrops),
            (nameof(counters.ListenOverflows), counters.ListenOverflows), (nameof(counters.ListenDrops), counters.ListenDrops), ("TCPHPHits", counters.PredictionHits),
            (nameof(counters.FastRecoveries), counters.FastRecoveries), (nameof(counters.SpuriousRecoveries), counters.SpuriousRecoveries), ("TCPTimeouts", counters.Timeouts), ("TCPLossProbes", counters.LossProbes),
            ("TCPAbortOnData", counters.AbortOnData), ("TCPAbortOnMemory", counters.AbortOnMemory), ("TCPAbortOnTimeout", counters.AbortOnTimeout), ("TCPTimeWaitOverflow", counters.TimeWaitOverflows),
            ("TCPChallengeACK", counters.ChallengeAcks), (nameof(counters.MemoryDrops), counters.MemoryDrops), ("TimeWaits", tcp.TimeWaits.Count),
            (nameof(tcp.Memory.ChunksInUse), tcp.Memory.ChunksInUse), (nameof(tcp.Memory.Exhausted), tcp.Memory.Exhausted),
        ];
    }

    private static (string Name, long Value)[] ReadUdp(UdpStatistics udp) =>
    [
        (nameof(udp.InDatagrams), udp.InDatagrams), (nameof(udp.NoPorts), udp.NoPorts), (nameof(udp.InErrors), udp.InErrors),
        (nameof(udp.OutDatagrams), udp.OutDatagrams), (nameof(udp.RcvbufErrors), udp.RcvbufErrors), (nameof(udp.SndbufErrors), udp.SndbufErrors),
        (nameof(udp.InCsumErrors), udp.InCsumErrors),
    ];

    private static (string Name, long Value)[] ReadIgmp(IgmpStatistics igmp) =>
    [
        (nameof(igmp.InMsgs), igmp.InMsgs), (nameof(igmp.InErrors), igmp.InErrors), (nameof(igmp.InQueries), igmp.InQueries),
        (nameof(igmp.InReports), igmp.InReports), (nameof(igmp.InIgnored), igmp.InIgnored), (nameof(igmp.ReportsSuppressed), igmp.ReportsSuppressed),
        (nameof(igmp.OutReports), igmp.OutReports), (nameof(igmp.OutLeaves), igmp.OutLeaves), (nameof(igmp.OutErrors), igmp.OutErrors),
    ];

    private static (string Name, long Value)[] ReadArp(ArpStatistics arp) =>
    [
        (nameof(arp.InPackets), arp.InPackets), (nameof(arp.InErrors), arp.InErrors), (nameof(arp.InRequests), arp.InRequests),
        (nameof(arp.InReplies), arp.InReplies), (nameof(arp.OutRequests), arp.OutRequests), (nameof(arp.OutReplies), arp.OutReplies),
        (nameof(arp.OutAnnouncements), arp.OutAnnouncements), (nameof(arp.OutProbes), arp.OutProbes), (nameof(arp.OutDiscards), arp.OutDiscards),
        (nameof(arp.AddressConflicts), arp.AddressConflicts), (nameof(arp.ProbeConflicts), arp.ProbeConflicts), (nameof(arp.UpdatesRefused), arp.UpdatesRefused),
        (nameof(arp.ResolutionsFailed), arp.ResolutionsFailed), (nameof(arp.Evictions), arp.Evictions), (nameof(arp.TableFulls), arp.TableFulls),
        (nameof(arp.UnresolvedDiscards), arp.UnresolvedDiscards), (nameof(arp.UnreachableDiscards), arp.UnreachableDiscards),
    ];

    /// <summary>What waits to be put together now, and the packet buffers that it holds.</summary>
    private static (string Name, long Value)[] ReadReassembly(Reassembler reassembler) =>
    [
        ("Datagrams", reassembler.Count), (nameof(reassembler.Fragments), reassembler.Fragments), ("Memory", (long)reassembler.Fragments * PacketBufferPool.BufferSize),
    ];

    private static (string Name, long Value)[] ReadSocketMemory(SocketMemory memory) =>
    [
        (nameof(memory.HeldFrames), memory.HeldFrames), (nameof(memory.CopiedBytes), memory.CopiedBytes), (nameof(memory.Exhausted), memory.Exhausted),
    ];
}
