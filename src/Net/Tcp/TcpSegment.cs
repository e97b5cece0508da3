namespace KernelSockets.Net;

/// <summary>A received segment on its way through the state machine; valid during the call.</summary>
internal ref struct TcpSegment
{
    /// <summary>Reads a checked header.</summary>
    /// <param name="header">The header.</param>
    /// <param name="frame">The packet that it is in; null when there is none.</param>
    public TcpSegment(in TcpHeader header, PacketBuffer? frame)
    {
        Frame = frame;
        Sequence = new SequenceNumber(header.Sequence);
        Acknowledgement = new SequenceNumber(header.Acknowledgement);
        Flags = header.Flags;
        IsWindowScaled = !Has(TcpFlags.Syn);
        Window = header.Window;
        UrgentPointer = header.UrgentPointer;
        Options = TcpOptions.Parse(header.Options);
        Data = header.Data;
    }

    /// <summary>The packet that <see cref="Data"/> are in; null when there is none.</summary>
    public PacketBuffer? Frame { get; }

    /// <summary>SEG.SEQ.</summary>
    public SequenceNumber Sequence { get; private set; }

    /// <summary>SEG.ACK.</summary>
    public SequenceNumber Acknowledgement { get; }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags { get; private set; }

    /// <summary>SEG.WND, not scaled.</summary>
    public ushort Window { get; }

    /// <summary>False of a SYN, whose window is never scaled (RFC 7323 §2.2).</summary>
    public bool IsWindowScaled { get; }

    /// <summary>SEG.UP.</summary>
    public ushort UrgentPointer { get; private set; }

    /// <summary>The options.</summary>
    public TcpOptions Options { get; }

    /// <summary>The data.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>SEG.LEN: what it occupies in sequence space, SYN and FIN counted.</summary>
    public readonly int Length => Data.Length + (Has(TcpFlags.Syn) ? 1 : 0) + (Has(TcpFlags.Fin) ? 1 : 0);

    /// <summary>The number behind its last byte.</summary>
    public readonly SequenceNumber End => Sequence + Length;

    /// <summary>True when a control bit is set.</summary>
    public readonly bool Has(TcpFlags flag) => (Flags & flag) != 0;

    /// <summary>Cuts off what lies outside a window (RFC 9293 §3.10.7.4).</summary>
    /// <param name="start">The window's first number.</param>
    /// <param name="end">The number behind its last.</param>
    public void TrimTo(SequenceNumber start, SequenceNumber end)
    {
        if (Sequence < start)
        {
            int early = start - Sequence;
            if (Has(TcpFlags.Syn))
            {
                Flags &= ~TcpFlags.Syn;
                early--;
            }

            Data = Data[Math.Min(early, Data.Length)..];
            UrgentPointer = (ushort)Math.Max(0, UrgentPointer - (start - Sequence));
            Sequence = start;
        }

        int room = Math.Max(0, end - Sequence);
        if (Data.Length > room)
        {
            Data = Data[..room];
            Flags &= ~TcpFlags.Fin;
        }
    }
}
