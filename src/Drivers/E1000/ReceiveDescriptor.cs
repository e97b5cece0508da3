namespace KernelSockets.Drivers.E1000;

/// <summary>A receive descriptor (§3.2.3), 16 bytes. The second half is what the hardware writes back.</summary>
/// <remarks>
/// <code>
///   bit 63           48 47    40 39    32 31           16 15            0
///   | buffer address                                                    |   written by the driver
///   | special          | errors | status | packet csum    | length       |   written by the hardware
/// </code>
/// The half is read at once, so status and length belong together.
/// </remarks>
internal readonly struct ReceiveDescriptor(ulong writeBack)
{
    /// <summary>Bytes a descriptor.</summary>
    public const int Size = AddressSize + WriteBackSize;

    private const int AddressSize = sizeof(ulong);
    private const int WriteBackSize = sizeof(ulong);
    private const int StatusShift = 32;
    private const int ErrorsShift = 40;

    [Flags]
    private enum Statuses : byte
    {
        /// <summary>DD, descriptor done (§3.2.3.1).</summary>
        Done = 1 << 0,

        /// <summary>EOP, the frame ends here.</summary>
        EndOfPacket = 1 << 1,

        /// <summary>IXSM, the checksum bits mean nothing.</summary>
        IgnoreChecksum = 1 << 2,

        /// <summary>TCPCS, the TCP or UDP checksum was calculated.</summary>
        TransportChecked = 1 << 5,

        /// <summary>IPCS, the IP checksum was calculated.</summary>
        IpChecked = 1 << 6,
    }

    [Flags]
    private enum Errors : byte
    {
        /// <summary>CE, bad CRC or alignment (§3.2.3.2).</summary>
        Crc = 1 << 0,

        /// <summary>SE, bad symbol.</summary>
        Symbol = 1 << 1,

        /// <summary>SEQ, bad sequence.</summary>
        Sequence = 1 << 2,

        /// <summary>CXE, bad carrier extension.</summary>
        CarrierExtension = 1 << 4,

        /// <summary>TCPE, wrong TCP or UDP checksum.</summary>
        TransportChecksum = 1 << 5,

        /// <summary>IPE, wrong IP checksum.</summary>
        IpChecksum = 1 << 6,

        /// <summary>RXE, RX_ER during the frame.</summary>
        Data = 1 << 7,

        /// <summary>The frame is damaged. A wrong checksum is not among these: the stack answers for it.</summary>
        Damaged = Crc | Symbol | Sequence | CarrierExtension | Data,
    }

    /// <summary>The hardware has finished with the descriptor.</summary>
    public bool IsDone => (Status & Statuses.Done) != 0;

    /// <summary>The frame ends in this buffer.</summary>
    public bool IsEndOfPacket => (Status & Statuses.EndOfPacket) != 0;

    /// <summary>The frame is damaged. Valid at the end of a packet.</summary>
    public bool IsDamaged => (Error & Errors.Damaged) != 0;

    /// <summary>Bytes in the buffer.</summary>
    public int Length => (ushort)writeBack;

    /// <summary>Both checksums were calculated and are right. Valid at the end of a packet.</summary>
    public bool IsChecksumVerified
    {
        get
        {
            const Statuses Checked = Statuses.IpChecked | Statuses.TransportChecked;
            return (Status & (Checked | Statuses.IgnoreChecksum)) == Checked
                && (Error & (Errors.IpChecksum | Errors.TransportChecksum)) == 0;
        }
    }

    private Statuses Status => (Statuses)(byte)(writeBack >> StatusShift);

    private Errors Error => (Errors)(byte)(writeBack >> ErrorsShift);

    /// <summary>Reads what the hardware wrote back.</summary>
    public static ReceiveDescriptor Read(DmaBlock ring, int index) => new(ring.ReadUInt64((index * Size) + AddressSize));

    /// <summary>Where the hardware sets DD of a descriptor.</summary>
    public static MemoryMark DoneMark(DmaBlock ring, int index) =>
        new(ring.BusAddress + (ulong)((index * Size) + AddressSize + (StatusShift / 8)), (byte)Statuses.Done);

    /// <summary>Prepares a descriptor: the address, and a status without DD.</summary>
    public static void Write(DmaBlock ring, int index, ulong busAddress)
    {
        ring.WriteUInt64((index * Size) + AddressSize, 0);
        ring.WriteUInt64(index * Size, busAddress);
    }
}
