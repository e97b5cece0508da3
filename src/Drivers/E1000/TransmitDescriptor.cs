namespace KernelSockets.Drivers.E1000;

/// <summary>A legacy transmit descriptor (§3.3.3), 16 bytes.</summary>
/// <remarks>
/// <code>
///   bit 63           48 47    40 39 36 35 32 31    24 23    16 15            0
///   | buffer address                                                         |
///   | special          | CSS    | RSV | STA | CMD    | CSO    | length        |
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

    /// <summary>CMD (§3.3.3.1).</summary>
    [Flags]
    private enum Commands : byte
    {
        /// <summary>EOP, the frame ends here.</summary>
        EndOfPacket = 1 << 0,

        /// <summary>IFCS, append the CRC.</summary>
        InsertFcs = 1 << 1,

        /// <summary>RS, set DD when done.</summary>
        ReportStatus = 1 << 3,

        /// <summary>IDE, let TIDV delay the interrupt.</summary>
        InterruptDelay = 1 << 7,

        /// <summary>A whole frame in one buffer.</summary>
        WholeFrame = EndOfPacket | InsertFcs | ReportStatus | InterruptDelay,
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

    /// <summary>Prepares a descriptor for a whole frame.</summary>
    public static void Write(DmaBlock ring, int index, ulong busAddress, int length)
    {
        ring.WriteUInt64(index * Size, busAddress);
        ring.WriteUInt64((index * Size) + SecondOffset, (uint)length | ((ulong)Commands.WholeFrame << CommandShift));
    }
}
