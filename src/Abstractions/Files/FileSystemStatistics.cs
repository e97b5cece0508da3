using System.Buffers.Binary;

namespace KernelSockets;

/// <summary>What statfs tells about a mounted file system.</summary>
/// <param name="Magic">Number of the kind of file system (Linux's include/uapi/linux/magic.h).</param>
/// <param name="BlockSize">Bytes a block.</param>
/// <param name="Blocks">Data blocks in all.</param>
/// <param name="FreeBlocks">Free data blocks.</param>
/// <param name="Inodes">Inodes in all.</param>
/// <param name="FreeInodes">Free inodes.</param>
/// <param name="NameLength">Longest name of a directory entry, in bytes.</param>
public readonly record struct FileSystemStatistics(
    uint Magic, int BlockSize, long Blocks, long FreeBlocks, long Inodes, long FreeInodes, int NameLength)
{
    /// <summary>Bytes of Linux x86-64's <c>struct statfs</c> (include/uapi/asm-generic/statfs.h).</summary>
    public const int Size = 120;

    private const int TypeOffset = 0;
    private const int BlockSizeOffset = 8;
    private const int BlocksOffset = 16;
    private const int FreeBlocksOffset = 24;
    private const int AvailableBlocksOffset = 32;
    private const int InodesOffset = 40;
    private const int FreeInodesOffset = 48;
    private const int NameLengthOffset = 64;
    private const int FragmentSizeOffset = 72;

    /// <summary>Writes Linux's structure.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(destination[TypeOffset..], Magic);
        BinaryPrimitives.WriteInt64LittleEndian(destination[BlockSizeOffset..], BlockSize);
        BinaryPrimitives.WriteInt64LittleEndian(destination[BlocksOffset..], Blocks);
        BinaryPrimitives.WriteInt64LittleEndian(destination[FreeBlocksOffset..], FreeBlocks);
        BinaryPrimitives.WriteInt64LittleEndian(destination[AvailableBlocksOffset..], FreeBlocks);
        BinaryPrimitives.WriteInt64LittleEndian(destination[InodesOffset..], Inodes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[FreeInodesOffset..], FreeInodes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[NameLengthOffset..], NameLength);
        BinaryPrimitives.WriteInt64LittleEndian(destination[FragmentSizeOffset..], BlockSize);
    }
}
