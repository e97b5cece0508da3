namespace KernelSockets.Drivers.E1000;

/// <summary>A transmit descriptor, 16 bytes: legacy (§3.3.3), or, where the hardware inserts a checksum, a context (§3.3.6) and data (§3.3.7).</summary>
/// <remarks>
/// <code>
///   bit 63           48 47    40 39 36 35 32 31    24 23    16 15            0
///   | buffer address                                                         |   legacy, data
///   | special          | CSS    | RSV | STA | CMD    | CSO    | length        |   legacy
///   | special          | POPTS  | RSV | STA | DCMD   | DTYP 1 | DTALEN (20 bits) | data
///   | TUCSE            | TUCSO  | TUCSS     | IPCSE           | IPCSO  | IPCSS |  context
///   | MSS              | HDRLEN | RSV | STA | TUCMD  | DTYP 0 | PAYLEN (20 bits) | context
/// </code>
/// The driver writes all of it; the hardware sets bits in STA.
/// </remarks>
internal readonly struct TransmitDescriptor(ulong second)
{
    /// <summary>Bytes a descriptor.</summary>
    public const int Size = 2 * sizeof(ulong);

    private const int SecondOffset = sizeof(ulong);
    private const int CommandShift = 24;
    private const int StatusShift = 32;
    private const int ChecksumStartShift = 32;
    private const int ChecksumFieldShift = 40;
    private const uint DataType = 1 << 20; // DTYP
    private const ulong InsertHeaderChecksum = 1UL << 40; // POPTS.IXSM
    private const ulong InsertTransportChecksum = 1UL << 41; // POPTS.TXSM
    private const int ChecksumEndShift = 16; // IPCSE
    private const int HeaderLengthShift = 40; // HDRLEN
    private const int SegmentSizeShift = 48; // MSS

    /// <summary>CMD (§3.3.3.1).</summary>
    [Flags]
    private enum Commands : byte
    {
        /// <summary>TUCMD.TCP, of a context.</summary>
        TransmissionControl = 1 << 0,

        /// <summary>TUCMD.IP, of a context.</summary>
        InternetProtocol = 1 << 1,

        /// <summary>EOP, the frame ends here.</summary>
        EndOfPacket = 1 << 0,

        /// <summary>IFCS, append the CRC.</summary>
        InsertFcs = 1 << 1,

        /// <summary>RS, set DD when done.</summary>
        ReportStatus = 1 << 3,

        /// <summary>TSE, TCP segmentation.</summary>
        Segment = 1 << 2,

        /// <summary>DEXT, context or data descriptor.</summary>
        Extended = 1 << 5,

        /// <summary>IDE, let TIDV delay the interrupt.</summary>
        InterruptDelay = 1 << 7,

        /// <summary>A whole frame in one buffer.</summary>
        WholeFrame = EndOfPacket | InsertFcs | ReportStatus | InterruptDelay,

        /// <summary>A part of a packet that the hardware cuts into segments.</summary>
        Part = InsertFcs | Segment | ReportStatus | Extended | InterruptDelay,

        /// <summary>The context of such a packet, over IPv4: TUCMD.IP and TUCMD.TCP stand where EOP and IFCS do otherwise.</summary>
        SegmentContext = InternetProtocol | TransmissionControl | Segment | Extended | ReportStatus | InterruptDelay,

        /// <summary>A context; status is reported, so that slots are reclaimed in order.</summary>
        Context = Extended | ReportStatus | InterruptDelay,
    }

    /// <summary>STA (§3.3.3.2).</summary>
    [Flags]
    private enum Statuses : byte
    {
        /// <summary>DD, descriptor done.</summary>
        Done = 1 << 0,

        /// <summary>EC, given up after too many collisions.</summary>
        ExcessCollisions = 1 << 1,

        /// <summary>LC, late collision.</summary>
        LateCollision = 1 << 2,
    }

    /// <summary>The hardware has finished with the descriptor.</summary>
    public bool IsDone => (Status & Statuses.Done) != 0;

    /// <summary>The frame did not get through.</summary>
    public bool IsFailed => (Status & (Statuses.ExcessCollisions | Statuses.LateCollision)) != 0;

    private Statuses Status => (Statuses)(byte)(second >> StatusShift & 0xF);

    /// <summary>Reads what the hardware wrote back.</summary>
    public static TransmitDescriptor Read(DmaBlock ring, int index) => new(ring.ReadUInt64((index * Size) + SecondOffset));

    /// <summary>Tells the hardware where frames from now on have their transport checksum (§3.3.6).</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="index">The slot.</param>
    /// <param name="start">TUCSS: place in the frame of the first byte that it covers; the last is the frame's end.</param>
    /// <param name="field">TUCSO: place of the checksum itself.</param>
    public static void WriteContext(DmaBlock ring, int index, int start, int field)
    {
        ring.WriteUInt64(index * Size, ((ulong)start << ChecksumStartShift) | ((ulong)field << ChecksumFieldShift));
        ring.WriteUInt64((index * Size) + SecondOffset, (ulong)Commands.Context << CommandShift);
    }

    /// <summary>Prepares a descriptor for a whole frame whose checksum the hardware inserts (§3.3.7).</summary>
    public static void WriteWithChecksum(DmaBlock ring, int index, ulong busAddress, int length)
    {
        ring.WriteUInt64(index * Size, busAddress);
        ring.WriteUInt64(
            (index * Size) + SecondOffset,
            (uint)length | DataType | ((ulong)(Commands.WholeFrame | Commands.Extended) << CommandShift) | InsertTransportChecksum);
    }

    /// <summary>Tells the hardware how the next packet is cut into segments (§3.3.6): it is a TCP segment over IPv4 over Ethernet.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="index">The slot.</param>
    /// <param name="layout">Where its headers are.</param>
    /// <param name="payload">PAYLEN: bytes of data in all.</param>
    /// <param name="segment">MSS: bytes of data in each.</param>
    public static void WriteSegmentContext(DmaBlock ring, int index, SegmentLayout layout, int payload, int segment)
    {
        ulong internet = (uint)layout.InternetStart | ((uint)layout.InternetChecksum << 8) | ((uint)(layout.TransportStart - 1) << ChecksumEndShift);
        ulong transport = ((ulong)layout.TransportStart << ChecksumStartShift) | ((ulong)layout.TransportChecksum << ChecksumFieldShift);
        ring.WriteUInt64(index * Size, internet | transport);
        ring.WriteUInt64(
            (index * Size) + SecondOffset,
            (uint)payload | ((ulong)Commands.SegmentContext << CommandShift) | ((ulong)layout.HeaderLength << HeaderLengthShift) | ((ulong)segment << SegmentSizeShift));
    }

    /// <summary>Prepares a descriptor for a part of a packet that is cut into segments (§3.3.7); headers are a part by themselves, the first.</summary>
    public static void WritePart(DmaBlock ring, int index, ulong busAddress, int length, bool isLast)
    {
        Commands command = Commands.Part | (isLast ? Commands.EndOfPacket : 0);
        ring.WriteUInt64(index * Size, busAddress);
        ring.WriteUInt64(
            (index * Size) + SecondOffset,
            (uint)length | DataType | ((ulong)command << CommandShift) | InsertHeaderChecksum | InsertTransportChecksum);
    }

    /// <summary>Prepares a descriptor for a whole frame.</summary>
    public static void Write(DmaBlock ring, int index, ulong busAddress, int length)
    {
        ring.WriteUInt64(index * Size, busAddress);
        ring.WriteUInt64((index * Size) + SecondOffset, (uint)length | ((ulong)Commands.WholeFrame << CommandShift));
    }
}
