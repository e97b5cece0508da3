namespace KernelSockets.Net;

/// <summary>The states of a connection (RFC 9293 §3.3.2), with the numbers that Linux gives them in TCP_INFO and /proc/net/tcp.</summary>
internal enum TcpState : byte
{
    /// <summary>ESTABLISHED: data go both ways.</summary>
    Established = 1,

    /// <summary>SYN-SENT: a SYN is out, and the peer's is awaited.</summary>
    SynSent = 2,

    /// <summary>SYN-RECEIVED: both SYNs are out, and ours is not acknowledged.</summary>
    SynReceived = 3,

    /// <summary>FIN-WAIT-1: our FIN is out.</summary>
    FinWait1 = 4,

    /// <summary>FIN-WAIT-2: our FIN is acknowledged, and the peer's is awaited.</summary>
    FinWait2 = 5,

    /// <summary>TIME-WAIT: both FINs are acknowledged; a late one is answered (see <see cref="TimeWaitTable"/>).</summary>
    TimeWait = 6,

    /// <summary>CLOSED: there is no connection.</summary>
    Closed = 7,

    /// <summary>CLOSE-WAIT: the peer's FIN is here, ours not out.</summary>
    CloseWait = 8,

    /// <summary>LAST-ACK: both FINs are out, the peer's came first.</summary>
    LastAck = 9,

    /// <summary>LISTEN: waits for SYNs (see <see cref="TcpListener"/>).</summary>
    Listen = 10,

    /// <summary>CLOSING: both FINs are out and crossed.</summary>
    Closing = 11,
}

/// <summary>The edges between states, and names.</summary>
internal static class TcpStates
{
    /// <summary>True when the state machine has an edge (RFC 9293 figure 5, with resets and time-outs to CLOSED).</summary>
    public static bool HasEdge(TcpState from, TcpState to) => (from, to) switch
    {
        (TcpState.Closed, TcpState.SynSent or TcpState.SynReceived or TcpState.Established) => true,
        (_, TcpState.Closed) => true,
        (TcpState.SynSent, TcpState.SynReceived or TcpState.Established) => true,
        (TcpState.SynReceived, TcpState.Established or TcpState.FinWait1) => true,
        (TcpState.Established, TcpState.FinWait1 or TcpState.CloseWait) => true,
        (TcpState.FinWait1, TcpState.FinWait2 or TcpState.Closing or TcpState.TimeWait) => true,
        (TcpState.FinWait2, TcpState.TimeWait) => true,
        (TcpState.CloseWait, TcpState.LastAck) => true,
        (TcpState.Closing, TcpState.TimeWait) => true,
        _ => false,
    };

    /// <summary>True once both SYNs are exchanged (RFC 9293 §3.3.2: the synchronized states).</summary>
    public static bool IsSynchronized(this TcpState state) => state is not (TcpState.Closed or TcpState.Listen or TcpState.SynSent or TcpState.SynReceived);

    /// <summary>True while the peer may still send data that we take.</summary>
    public static bool MayReceive(this TcpState state) => state is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2;

    /// <summary>True while data of ours may be sent, or sent again.</summary>
    public static bool MaySend(this TcpState state) => state is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck;

    /// <summary>The name as netstat prints it.</summary>
    public static string Name(this TcpState state) => state switch
    {
        TcpState.Established => "ESTABLISHED",
        TcpState.SynSent => "SYN_SENT",
        TcpState.SynReceived => "SYN_RECV",
        TcpState.FinWait1 => "FIN_WAIT1",
        TcpState.FinWait2 => "FIN_WAIT2",
        TcpState.TimeWait => "TIME_WAIT",
        TcpState.CloseWait => "CLOSE_WAIT",
        TcpState.LastAck => "LAST_ACK",
        TcpState.Listen => "LISTEN",
        TcpState.Closing => "CLOSING",
        _ => "CLOSE",
    };
}
