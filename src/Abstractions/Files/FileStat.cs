using System.Buffers.Binary;

namespace KernelSockets;

/// <summary>What stat tells about an inode.</summary>
/// <param name="Device">Number of the device the file system is on.</param>
/// <param name="InodeNumber">Number in that file system.</param>
/// <param name="Mode">Type and permissions.</param>
/// <param name="LinkCount">Names it has.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
/// <param name="SpecialDevice">The device that a device node stands for.</param>
/// <param name="Size">Bytes.</param>
/// <param name="BlockSize">Preferred bytes for one transfer.</param>
/// <param name="BlockCount">Blocks of 512 bytes in use.</param>
/// <param name="AccessTime">Last read.</param>
/// <param name="ModificationTime">Last change of the content.</param>
/// <param name="ChangeTime">Last change of the inode.</param>
public readonly record struct FileStat(
    DeviceNumber Device, ulong InodeNumber, InodeMode Mode, uint LinkCount, uint UserId, uint GroupId, DeviceNumber SpecialDevice, long Size,
    int BlockSize, long BlockCount, DateTimeOffset AccessTime, DateTimeOffset ModificationTime, DateTimeOffset ChangeTime)
{
    /// <summary>Bytes of Linux x86-64's <c>struct stat</c> (arch/x86/include/uapi/asm/stat.h).</summary>
    public const int Size64 = 144;

    private const int DeviceOffset = 0;
    private const int InodeOffset = 8;
    private const int LinkCountOffset = 16;
    private const int ModeOffset = 24;
    private const int UserOffset = 28;
    private const int GroupOffset = 32;
    private const int SpecialDeviceOffset = 40;
    private const int SizeOffset = 48;
    private const int BlockSizeOffset = 56;
    private const int BlockCountOffset = 64;
    private const int AccessTimeOffset = 72;
    private const int ModificationTimeOffset = 88;
    private const int ChangeTimeOffset = 104;

    private const int NanosecondsPerTick = 100;

    /// <summary>Writes Linux's structure.</summary>
    /// <param name="destination">At least <see cref="Size64"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        destination = destination[..Size64];
        destination.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(destination[DeviceOffset..], Device.Encoded);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[InodeOffset..], InodeNumber);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[LinkCountOffset..], LinkCount);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ModeOffset..], (uint)Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[UserOffset..], UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[GroupOffset..], GroupId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[SpecialDeviceOffset..], SpecialDevice.Encoded);
        BinaryPrimitives.WriteInt64LittleEndian(destination[SizeOffset..], Size);
        BinaryPrimitives.WriteInt64LittleEndian(destination[BlockSizeOffset..], BlockSize);
        BinaryPrimitives.WriteInt64LittleEndian(destination[BlockCountOffset..], BlockCount);
        WriteTime(destination[AccessTimeOffset..], AccessTime);
        WriteTime(destination[ModificationTimeOffset..], ModificationTime);
        WriteTime(destination[ChangeTimeOffset..], ChangeTime);
    }

    /// <summary>Writes seconds and nanoseconds since 1970, eight bytes each.</summary>
    internal static void WriteTime(Span<byte> destination, DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        if (rest < 0)
        {
            // tv_nsec counts upwards from the second, before 1970 too.
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        BinaryPrimitives.WriteInt64LittleEndian(destination, seconds);
        BinaryPrimitives.WriteInt64LittleEndian(destination[sizeof(long)..], rest * NanosecondsPerTick);
    }
}
