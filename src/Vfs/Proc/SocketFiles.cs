using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;

namespace KernelSockets.Vfs.Proc;

/// <summary>Contents of the files in /proc/net that list sockets: udp, raw, packet, tcp and sockstat (Linux net/ipv4/udp.c, raw.c, net/packet/af_packet.c, net/ipv4/proc.c).</summary>
internal static class SocketFiles
{
    private const int UdpWidth = 127; // Linux's seq_setwidth
    private const int TcpWidth = 149;
    private const int EstablishedState = 1; // TCP_ESTABLISHED
    private const int ClosedState = 7; // TCP_CLOSE: what unconnected datagram sockets show
    private const int TickMilliseconds = 10; // USER_HZ
    private const int RawType = 3; // SOCK_RAW
    private const int PageSize = 4096;

    /// <summary>Linux's numbers (include/net/tcp_states.h).</summary>
    private static readonly FrozenDictionary<string, int> s_tcpStates = new Dictionary<string, int>
    {
        ["ESTABLISHED"] = EstablishedState,
        ["SYN_SENT"] = 2,
        ["SYN_RECV"] = 3,
        ["FIN_WAIT1"] = 4,
        ["FIN_WAIT2"] = 5,
        ["TIME_WAIT"] = 6,
        ["CLOSE"] = ClosedState,
        ["CLOSE_WAIT"] = 8,
        ["LAST_ACK"] = 9,
        ["LISTEN"] = 10,
        ["CLOSING"] = 11,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Sockets of UDP.</summary>
    public static void WriteUdp(ProcText text, IReadOnlyList<SocketInformation> sockets)
    {
        text.PaddedLine("   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops", UdpWidth);
        foreach (SocketInformation socket in Of(sockets, "udp"))
        {
            text.PaddedLine(Describe(socket, SlotOf(socket)), UdpWidth);
        }
    }

    /// <summary>Raw sockets; the port is the protocol.</summary>
    public static void WriteRaw(ProcText text, IReadOnlyList<SocketInformation> sockets)
    {
        text.Line("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops");
        foreach (SocketInformation socket in Of(sockets, "raw"))
        {
            text.Line(Describe(socket, SlotOf(socket)));
        }
    }

    /// <summary>Sockets of TCP. The column of timers is left empty: the retransmission timer is not told, as its end is not known outside.</summary>
    public static void WriteTcp(ProcText text, IReadOnlyList<SocketInformation> sockets)
    {
        text.PaddedLine("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", TcpWidth);
        int slot = 0;
        foreach (SocketInformation socket in Of(sockets, "tcp"))
        {
            int state = s_tcpStates.GetValueOrDefault(socket.State, ClosedState);
            long sendQueue = socket.State == "LISTEN" ? 0 : socket.SendQueue;
            string line = $"{slot++,4}: {Endpoint(socket.Local)} {Endpoint(socket.Remote)} {state:X2} {sendQueue:X8}:{socket.ReceiveQueue:X8} "
                + $"00:00000000 {socket.Stream?.Backoff ?? 0:X8} {0,5} {0,8} {socket.Inode} 1 {0:x16}{Figures(socket)}";
            text.PaddedLine(line, TcpWidth);
        }
    }

    /// <summary>Packet sockets. Their references are not told: pointers stay in the kernel, as Linux's do from users.</summary>
    public static void WritePacket(ProcText text, IReadOnlyList<SocketInformation> sockets, IReadOnlyList<InterfaceInformation> interfaces)
    {
        text.Line("sk               RefCnt Type Proto  Iface R Rmem   User   Inode");
        foreach (SocketInformation socket in Of(sockets, "packet"))
        {
            (string name, string protocol) = Split(socket.Local);
            int index = interfaces.Select(static card => card.Name).ToList().IndexOf(name) + 1;
            text.Line($"{0:x16} {1,-6} {RawType,-4} {protocol}   {index,-5} {1} {socket.ReceiveQueue,-6} {0,-6} {socket.Inode,-6}");
        }
    }

    /// <summary>How many sockets of each kind there are, and what they hold: <c>mem</c> in pages, of TCP both directions, of UDP what waits to be read; fragments in datagrams and bytes.</summary>
    public static void WriteStatistics(ProcText text, IReadOnlyList<SocketInformation> sockets, IReadOnlyList<ProtocolCounter> counters)
    {
        int Count(string protocol) => Of(sockets, protocol).Count();
        long Value(string group, string name) => counters.FirstOrDefault(counter => counter.Group == group && counter.Name == name)?.Value ?? 0;
        text.Line($"sockets: used {sockets.Count(static socket => socket.Inode != 0)}");
        int waiting = Of(sockets, "tcp").Count(static socket => socket.State == "TIME_WAIT");
        int orphans = Of(sockets, "tcp").Count(static socket => socket is { Inode: 0, State: "FIN_WAIT1" or "FIN_WAIT2" or "LAST_ACK" or "CLOSING" });
        text.Line($"TCP: inuse {Count("tcp") - waiting} orphan {orphans} tw {waiting} alloc {Count("tcp") - waiting} mem {Value("TcpExt", "ChunksInUse")}");
        text.Line($"UDP: inuse {Count("udp")} mem {(Of(sockets, "udp").Sum(static socket => socket.ReceiveQueue) + PageSize - 1) / PageSize}");
        text.Line("UDPLITE: inuse 0");
        text.Line($"RAW: inuse {Count("raw")}");
        text.Line($"FRAG: inuse {Value("Frag", "Datagrams")} memory {Value("Frag", "Memory")}");
    }

    /// <summary>RTO, delay of acknowledgements, its mode, cwnd and ssthresh (-1 before the first loss); none in TIME-WAIT. Times are in ticks of 10 ms.</summary>
    private static string Figures(SocketInformation socket) => socket switch
    {
        { Stream: { } stream } => $" {Ticks(stream.Timeout)} {Ticks(stream.AcknowledgeDelay)} 0 {stream.Window} {stream.Threshold ?? -1}",
        { State: "LISTEN" } => " 100 0 0 10 0",
        _ => string.Empty,
    };

    private static long Ticks(TimeSpan time) => (long)time.TotalMilliseconds / TickMilliseconds;

    /// <summary>An address as %08X prints its network order on a little-endian machine.</summary>
    public static string Hex(Ipv4Address address) => BinaryPrimitives.ReverseEndianness(address.Value).ToString("X8", CultureInfo.InvariantCulture);

    private static IEnumerable<SocketInformation> Of(IReadOnlyList<SocketInformation> sockets, string protocol) =>
        sockets.Where(socket => socket.Protocol == protocol);

    /// <summary>Linux tells the slot of its hash table; here the port alone.</summary>
    private static int SlotOf(SocketInformation socket) => PortOf(socket.Local);

    private static string Describe(SocketInformation socket, int slot)
    {
        int state = socket.State.Length > 0 ? EstablishedState : ClosedState;
        return $"{slot,5}: {Endpoint(socket.Local)} {Endpoint(socket.Remote)} {state:X2} {socket.SendQueue:X8}:{socket.ReceiveQueue:X8} "
            + $"00:00000000 00000000 {0,5} {0,8} {socket.Inode} 2 {0:x16} {socket.Drops}";
    }

    private static string Endpoint(string text)
    {
        Ipv4Address address = Ipv4Address.TryParse(Split(text).Address, out Ipv4Address parsed) ? parsed : Ipv4Address.Any;
        return $"{Hex(address)}:{PortOf(text):X4}";
    }

    /// <summary>The number behind the colon; 0 for a star.</summary>
    private static int PortOf(string text) => int.TryParse(Split(text).Port, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0;

    private static (string Address, string Port) Split(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon < 0 ? (text, string.Empty) : (text[..colon], text[(colon + 1)..]);
    }
}
