using System.Buffers.Binary;
using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>An inode of a minix file system in memory: the fields of the table, and the numbers of its zones.</summary>
/// <remarks>
/// Under the super block's lock. On disk:
/// <code>
///   V1:     0 mode  2 uid    4 size  8 mtime  12 gid  13 links  14 zone[9] of 16 bits
///   V2, V3: 0 mode  2 links  4 uid   6 gid    8 size  12 atime  16 mtime  20 ctime  24 zone[10] of 32 bits
/// </code>
/// </remarks>
internal sealed class MinixInode : Inode
{
    /// <summary>Zones named by the inode itself, before indirect ones.</summary>
    public const int DirectZones = 7;

    /// <summary>Zone numbers in an inode of V2 and V3; V1 lacks the last.</summary>
    public const int MaxZoneNumbers = 10;

    private const int OldZoneNumbers = 9;
    private const int ModeOffset = 0;
    private const int OldUserOffset = 2;
    private const int OldSizeOffset = 4;
    private const int OldTimeOffset = 8;
    private const int OldGroupOffset = 12;
    private const int OldLinksOffset = 13;
    private const int OldZonesOffset = 14;
    private const int LinksOffset = 2;
    private const int UserOffset = 4;
    private const int GroupOffset = 6;
    private const int SizeOffset = 8;
    private const int AccessOffset = 12;
    private const int ModificationOffset = 16;
    private const int ChangeOffset = 20;
    private const int ZonesOffset = 24;

    public MinixInode(MinixSuperBlock superBlock, uint number)
        : base(superBlock, number, InodeMode.None)
    {
        Volume = superBlock;
    }

    /// <summary>The file system.</summary>
    public MinixSuperBlock Volume { get; }

    /// <summary>Numbers of direct zones, then of the single, double and triple indirect one; 0 for none. A device node's number in the first.</summary>
    public uint[] Zones { get; } = new uint[MaxZoneNumbers];

    /// <summary>Neighbouring blocks of the file that lie in neighbouring zones, as found last.</summary>
    public ZoneRun Run { get; set; }

    /// <summary>The block behind the last one read: reading there goes on in order.</summary>
    public long NextRead { get; set; }

    /// <summary>When the last one who held it let go, in the file system's own count.</summary>
    public long IdleSince { get; set; }

    /// <summary>Of a directory: where the entry begins that was found last.</summary>
    public long FoundAt { get; set; }

    /// <summary>The directory that a removed directory was in, held until its last user lets go: what ".." leads to.</summary>
    public MinixInode? OrphanedFrom { get; set; }

    /// <summary>True for device nodes, whose first zone number is the device.</summary>
    private bool IsDevice => Mode.Type() is InodeMode.CharacterDevice or InodeMode.BlockDevice;

    /// <summary>True for what has content in zones.</summary>
    public bool HasZones => Mode.Type() is InodeMode.Regular or InodeMode.Directory or InodeMode.SymbolicLink;

    /// <summary>What the zones hold.</summary>
    public BlockKind ContentKind => Mode.IsDirectory() ? BlockKind.Directory : BlockKind.Data;

    /// <summary>The number of names in an inode of the table.</summary>
    public static uint LinksOf(MinixVariant variant, ReadOnlySpan<byte> bytes) =>
        variant.Version == 1 ? bytes[OldLinksOffset] : BinaryPrimitives.ReadUInt16LittleEndian(bytes[LinksOffset..]);

    /// <summary>Takes over an inode of the table.</summary>
    public void Load(ReadOnlySpan<byte> bytes)
    {
        Mode = (InodeMode)BinaryPrimitives.ReadUInt16LittleEndian(bytes[ModeOffset..]);
        if (Volume.Layout.Variant.Version == 1)
        {
            UserId = BinaryPrimitives.ReadUInt16LittleEndian(bytes[OldUserOffset..]);
            Size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[OldSizeOffset..]);
            AccessTime = ModificationTime = ChangeTime = ReadTime(bytes[OldTimeOffset..]);
            GroupId = bytes[OldGroupOffset];
            LinkCount = bytes[OldLinksOffset];
            for (int i = 0; i < OldZoneNumbers; i++)
            {
                Zones[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(OldZonesOffset + (i * sizeof(ushort)))..]);
            }
        }
        else
        {
            LinkCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[LinksOffset..]);
            UserId = BinaryPrimitives.ReadUInt16LittleEndian(bytes[UserOffset..]);
            GroupId = BinaryPrimitives.ReadUInt16LittleEndian(bytes[GroupOffset..]);
            Size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[SizeOffset..]);
            AccessTime = ReadTime(bytes[AccessOffset..]);
            ModificationTime = ReadTime(bytes[ModificationOffset..]);
            ChangeTime = ReadTime(bytes[ChangeOffset..]);
            for (int i = 0; i < MaxZoneNumbers; i++)
            {
                Zones[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(ZonesOffset + (i * sizeof(uint)))..]);
            }
        }

        SpecialDevice = IsDevice ? DeviceNumber.Decode(Zones[0]) : DeviceNumber.None;
    }

    /// <summary>Writes the inode as the table holds it, every byte.</summary>
    /// <remarks>Times lose their fractions here, in memory as on the device (Linux's s_time_gran), so that nobody sees them change later.</remarks>
    public void Store(Span<byte> bytes)
    {
        AccessTime = ToSecond(AccessTime);
        ModificationTime = ToSecond(ModificationTime);
        ChangeTime = ToSecond(ChangeTime);
        bytes = bytes[..Volume.Layout.Variant.InodeSize];
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[ModeOffset..], (ushort)Mode);
        if (Volume.Layout.Variant.Version == 1)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldUserOffset..], (ushort)UserId);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[OldSizeOffset..], (uint)Size);
            WriteTime(bytes[OldTimeOffset..], ModificationTime);
            bytes[OldGroupOffset] = (byte)GroupId;
            bytes[OldLinksOffset] = (byte)LinkCount;
            for (int i = 0; i < OldZoneNumbers; i++)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[(OldZonesOffset + (i * sizeof(ushort)))..], (ushort)Zones[i]);
            }

            return;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(bytes[LinksOffset..], (ushort)LinkCount);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[UserOffset..], (ushort)UserId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[GroupOffset..], (ushort)GroupId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[SizeOffset..], (uint)Size);
        WriteTime(bytes[AccessOffset..], AccessTime);
        WriteTime(bytes[ModificationOffset..], ModificationTime);
        WriteTime(bytes[ChangeOffset..], ChangeTime);
        for (int i = 0; i < MaxZoneNumbers; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(ZonesOffset + (i * sizeof(uint)))..], Zones[i]);
        }
    }

    private static DateTimeOffset ReadTime(ReadOnlySpan<byte> bytes) =>
        DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(bytes));

    private static DateTimeOffset ToSecond(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerSecond));

    /// <summary>Times are unsigned seconds since 1970: they end in 2106.</summary>
    private static void WriteTime(Span<byte> bytes, DateTimeOffset time) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Math.Clamp(time.ToUnixTimeSeconds(), 0, uint.MaxValue));
}
