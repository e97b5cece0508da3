using System.Buffers.Binary;

namespace KernelSockets;

/// <summary>Linux's <c>struct statx</c> (include/uapi/linux/stat.h): what <see cref="FileStat"/> tells, in the form that statx(2) returns.</summary>
public static class ExtendedStat
{
    /// <summary>Bytes of the structure.</summary>
    public const int Size = 256;

    /// <summary>STATX_BASIC_STATS: the fields that are filled, whatever was asked for.</summary>
    private const uint BasicFields = 0x7FF;

    /// <summary>STATX_ATTR_MOUNT_ROOT.</summary>
    private const ulong MountRoot = 0x2000;

    private const int MaskOffset = 0;
    private const int BlockSizeOffset = 4;
    private const int AttributesOffset = 8;
    private const int LinkCountOffset = 16;
    private const int UserOffset = 20;
    private const int GroupOffset = 24;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int BlockCountOffset = 48;
    private const int KnownAttributesOffset = 56;
    private const int AccessTimeOffset = 64;
    private const int ChangeTimeOffset = 96;
    private const int ModificationTimeOffset = 112;
    private const int SpecialDeviceOffset = 128;
    private const int DeviceOffset = 136;

    /// <summary>Writes the structure.</summary>
    /// <param name="stat">What is known of the inode.</param>
    /// <param name="isMountRoot">True for the root directory of a file system.</param>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public static void Write(in FileStat stat, bool isMountRoot, Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination[MaskOffset..], BasicFields);
        BinaryPrimitives.WriteInt32LittleEndian(destination[BlockSizeOffset..], stat.BlockSize);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[AttributesOffset..], isMountRoot ? MountRoot : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[LinkCountOffset..], stat.LinkCount);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[UserOffset..], stat.UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[GroupOffset..], stat.GroupId);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ModeOffset..], (ushort)stat.Mode);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[InodeOffset..], stat.InodeNumber);
        BinaryPrimitives.WriteInt64LittleEndian(destination[SizeOffset..], stat.Size);
        BinaryPrimitives.WriteInt64LittleEndian(destination[BlockCountOffset..], stat.BlockCount);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[KnownAttributesOffset..], MountRoot);
        FileStat.WriteTime(destination[AccessTimeOffset..], stat.AccessTime);
        FileStat.WriteTime(destination[ChangeTimeOffset..], stat.ChangeTime);
        FileStat.WriteTime(destination[ModificationTimeOffset..], stat.ModificationTime);
        WriteDevice(destination[SpecialDeviceOffset..], stat.SpecialDevice);
        WriteDevice(destination[DeviceOffset..], stat.Device);
    }

    private static void WriteDevice(Span<byte> destination, DeviceNumber device)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, device.Major);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[sizeof(uint)..], device.Minor);
    }
}
