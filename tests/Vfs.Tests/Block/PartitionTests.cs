using System.Buffers.Binary;
using KernelSockets.Vfs.Block;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Block;

/// <summary>The PC's partition table: what sfdisk writes is understood, and nothing in it is trusted.</summary>
public sealed class PartitionTests
{
    private const int SectorSize = BlockDevice.SectorSize;
    private const int Kibibytes = 64;
    private const int Sectors = Kibibytes * 2;

    [Fact]
    public void Read_NoSignature_IsNoTable() => Assert.Empty(Partitions(new MemoryDisk(Kibibytes)));

    [Fact]
    public void Read_EmptyDisk_IsNoTable() => Assert.Empty(Partitions(new MemoryDisk(0)));

    [Fact]
    public void Read_PrimaryPartitions_HaveTheNumbersOfTheirEntries()
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 1, 0x81, 10, 20);
        Put(disk, 0, 3, 0x83, 40, 88);
        Assert.Equal([new PartitionEntry(2, 0x81, 10, 20), new PartitionEntry(4, 0x83, 40, 88)], Partitions(disk));
    }

    [Theory]
    [InlineData(0u, 10u)]
    [InlineData(128u, 1u)]
    [InlineData(127u, 2u)]
    [InlineData(1u, 0u)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(1u, uint.MaxValue)]
    public void Read_EntryOutsideTheDisk_IsLeftOut(uint start, uint count)
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 0, 0x83, start, count);
        Put(disk, 0, 1, 0x83, 1, 1);
        Assert.Equal(2, Assert.Single(Partitions(disk)).Number);
    }

    [Fact]
    public void Read_BootSectorOfAFileSystem_IsNoTable()
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 0, 0x83, 1, 1);
        disk.Content[446 + 16] = 0x33;
        Assert.Empty(Partitions(disk));
    }

    [Fact]
    public void Read_ProtectiveEntryOfGpt_IsNoPartition()
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 0, 0xEE, 1, Sectors - 1);
        Assert.Empty(Partitions(disk));
    }

    [Theory]
    [InlineData(0x05)]
    [InlineData(0x0F)]
    [InlineData(0x85)]
    public void Read_LogicalPartitions_AreFiveAndUp(byte type)
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 0, 0x83, 1, 9);
        Put(disk, 0, 1, type, 10, 100);
        Put(disk, 10, 0, 0x83, 1, 5);
        Put(disk, 10, 1, 0x05, 20, 30);
        Put(disk, 30, 0, 0x81, 2, 7);
        Assert.Equal([new(1, 0x83, 1, 9), new(5, 0x83, 11, 5), new PartitionEntry(6, 0x81, 32, 7)], Partitions(disk));
    }

    [Fact]
    public void Read_ChainInACircle_Ends()
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 0, 0x05, 10, 100);
        Put(disk, 10, 0, 0x83, 1, 5);
        Put(disk, 10, 1, 0x05, 20, 30);
        Put(disk, 30, 0, 0x83, 1, 5);
        Put(disk, 30, 1, 0x05, 20, 30);
        IReadOnlyList<PartitionEntry> partitions = Partitions(disk);
        Assert.Equal(PartitionTable.MaximumPartitions, partitions.Max(entry => entry.Number));
    }

    [Fact]
    public void Read_LogicalPartitionOutsideTheExtendedOne_IsLeftOut()
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 0, 0x05, 10, 50);
        Put(disk, 10, 0, 0x83, 1, 50);
        Put(disk, 10, 1, 0x05, 50, 10);
        Assert.Empty(Partitions(disk));
    }

    [Fact]
    public void Read_BadMedium_TellsItAndWhatWasFound()
    {
        MemoryDisk disk = new(Kibibytes);
        Put(disk, 0, 0, 0x83, 1, 9);
        Put(disk, 0, 1, 0x05, 10, 100);
        disk.TransfersLeft = 1;
        Assert.Equal(Errno.EIO, PartitionTable.Read(disk, out IReadOnlyList<PartitionEntry> partitions));
        Assert.Single(partitions);
    }

    [Fact]
    public void Read_RandomTables_GivesPartitionsInsideTheDisk()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] types = [0, 0x05, 0x0F, 0x83, 0xEE];
        for (int round = 0; round < 500; round++)
        {
            MemoryDisk disk = new(Kibibytes);
            for (int sector = 0; sector < Sectors; sector++)
            {
                for (int i = 0; i < 4; i++)
                {
                    Put(disk, sector, i, types[random.Next(types.Length)], (uint)random.Next(Sectors), (uint)random.Next(Sectors));
                }
            }

            Assert.Equal(Errno.Success, PartitionTable.Read(disk, out IReadOnlyList<PartitionEntry> partitions));
            Assert.All(partitions, entry => Assert.True(entry.Start > 0 && entry.Start + entry.SectorCount <= Sectors && entry.Number is > 0 and < 64, $"seed {seed}"));
            Assert.Equal(partitions.Count, partitions.DistinctBy(entry => entry.Number).Count());
        }
    }

    [Fact]
    public void Partition_Transfers_StayInside()
    {
        MemoryDisk disk = new(Kibibytes);
        Partition partition = new(disk, new PartitionEntry(2, 0x83, 10, 4));
        Assert.Equal("memoryp2", partition.Name);
        byte[] data = new byte[4 * SectorSize];
        Array.Fill(data, (byte)7);
        Assert.Equal(Errno.Success, partition.Write(0, data));
        Assert.Equal(10 * SectorSize, Array.IndexOf(disk.Content, (byte)7));
        Assert.Equal((14 * SectorSize) - 1, Array.LastIndexOf(disk.Content, (byte)7));
        foreach ((long sector, int length) in ((long, int)[])[(-1, 512), (4, 512), (3, 1024), (0, 100), (long.MaxValue, 512)])
        {
            Assert.Equal(Errno.EINVAL, partition.Read(sector, new byte[length]));
            Assert.Equal(Errno.EINVAL, partition.Write(sector, new byte[length]));
        }

        disk.TransfersLeft = 0;
        Assert.Equal(Errno.EIO, partition.Flush());
    }

    private static IReadOnlyList<PartitionEntry> Partitions(BlockDevice disk)
    {
        Assert.Equal(Errno.Success, PartitionTable.Read(disk, out IReadOnlyList<PartitionEntry> partitions));
        return partitions;
    }

    private static void Put(MemoryDisk disk, int sector, int entry, byte type, uint start, uint count)
    {
        Span<byte> table = disk.Content.AsSpan(sector * SectorSize, SectorSize);
        Span<byte> bytes = table.Slice(446 + (entry * 16), 16);
        bytes[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], count);
        table[510] = 0x55;
        table[511] = 0xAA;
    }
}
