using KernelSockets.Vfs.Block;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Block;

/// <summary>Block devices opened by their nodes, as Linux has them.</summary>
public sealed class BlockFileTests
{
    private const int SectorSize = BlockDevice.SectorSize;
    private const int Size = 16 * SectorSize;

    private readonly Fixture _files = new();
    private readonly RamDisk _disk = new("ram0", new byte[Size + 100]);

    public BlockFileTests()
    {
        Assert.Equal(Errno.Success, _files.Vfs.AddBlockDevice(BlockDeviceNumbers.Ram(0), _disk));
    }

    [Fact]
    public void Node_IsABlockDeviceWithLinuxNumber()
    {
        FileStat stat = _files.Stat("/dev/ram0");
        Assert.Equal(InodeMode.BlockDevice, stat.Mode.Type());
        Assert.Equal(new DeviceNumber(1, 0), stat.SpecialDevice);
        Assert.Equal(0, stat.Size);
        Assert.Equal(
            [new(3, 0), new(3, 64), new(22, 0), new(22, 64), new DeviceNumber(3, 65)],
            [BlockDeviceNumbers.Ata(0), BlockDeviceNumbers.Ata(1), BlockDeviceNumbers.Ata(2), BlockDeviceNumbers.Ata(3), BlockDeviceNumbers.Ata(1, 1)]);
    }

    [Fact]
    public void TransfersAtAnyPosition_AreThoseOfAnArray()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        OpenFile file = _files.Open("/dev/ram0", OpenFlags.ReadWrite);
        byte[] expected = new byte[Size];
        for (int i = 0; i < 2000; i++)
        {
            int position = random.Next(Size + 10);
            byte[] data = new byte[random.Next(4 * SectorSize)];
            int inside = Math.Min(data.Length, Math.Max(0, Size - position));
            if (random.Next(2) == 0)
            {
                random.NextBytes(data);
                IoResult wanted = inside == 0 && data.Length > 0 ? Errno.ENOSPC : IoResult.Ok(inside);
                Assert.True(wanted == file.WriteAt(data, position), $"seed {seed}");
                data.AsSpan(0, inside).CopyTo(expected.AsSpan(Math.Min(position, Size)));
            }
            else
            {
                Assert.Equal(IoResult.Ok(inside), file.ReadAt(data, position));
                Assert.True(expected.AsSpan(Math.Min(position, Size), inside).SequenceEqual(data.AsSpan(0, inside)), $"seed {seed}");
            }
        }

        file.Release();
    }

    [Fact]
    public void SharedPosition_MovesAndSeeks()
    {
        OpenFile file = _files.Open("/dev/ram0", OpenFlags.ReadWrite);
        Assert.Equal(IoResult.Ok(700), file.Write(new byte[700]));
        Assert.Equal(700, file.Position);
        Assert.Equal(Errno.Success, file.Seek(-5, SeekOrigin.End, out long position));
        Assert.Equal(Size - 5, position);
        Assert.Equal(IoResult.Ok(5), file.Read(new byte[100]));
        Assert.Equal(IoResult.Ok(0), file.Read(new byte[100]));
        Assert.Equal(Errno.ENOSPC, file.Write(new byte[1]).Error);
        Assert.Equal(IoResult.Ok(0), file.Write([]));
        Assert.Equal(Errno.EINVAL, file.Seek(-Size - 1, SeekOrigin.End, out _));
        Assert.Equal(Errno.Success, file.Seek(Size * 10, SeekOrigin.Begin, out _));
        Assert.Equal(IoResult.Ok(0), file.Read(new byte[100]));
        Assert.Equal(IoResult.Ok(0), file.Write([]));
        Assert.Equal(Errno.ENOSPC, file.Write(new byte[1]).Error);
        file.Release();
    }

    [Theory]
    [InlineData(0x80081272u, 8, Size)]
    [InlineData(0x1260u, 8, Size / SectorSize)]
    [InlineData(0x1268u, 4, SectorSize)]
    [InlineData(0x127Bu, 4, SectorSize)]
    [InlineData(0x80081270u, 4, SectorSize)]
    [InlineData(0x125Eu, 4, 0)]
    public void Ioctl_TellsSizes(uint request, int bytes, long expected)
    {
        OpenFile file = _files.Open("/dev/ram0");
        byte[] data = new byte[8];
        Array.Fill(data, (byte)0xEE, bytes, 8 - bytes);
        Assert.Equal(bytes, IoctlRequest.ArgumentSize(request));
        Assert.Equal(IoResult.Ok(0), file.Ioctl(request, 0, data));
        Assert.Equal(expected, bytes == 8 ? BitConverter.ToInt64(data) : BitConverter.ToInt32(data));
        Assert.All(data[bytes..], b => Assert.Equal(0xEE, b));
        Assert.Equal(Errno.EFAULT, file.Ioctl(request, 0, new byte[bytes - 1]).Error);
        file.Release();
    }

    [Fact]
    public void Ioctl_FlushesAndRefusesWhatItDoesNotKnow()
    {
        OpenFile file = _files.Open("/dev/ram0");
        Assert.Equal(IoResult.Ok(0), file.Ioctl(IoctlRequest.BlockFlushBuffers, 0, []));
        Assert.Equal(Errno.ENOTTY, file.Ioctl(IoctlRequest.TerminalGetSettings, 0, new byte[36]).Error);
        Assert.Equal(Errno.Success, file.Operations.Sync(file, isDataOnly: false));
        Assert.Equal(Errno.EINVAL, file.Truncate(0));
        file.Release();
    }

    [Fact]
    public void Open_WithTruncate_KeepsTheContent()
    {
        _files.Write("/dev/ram0", "content");
        OpenFile file = _files.Open("/dev/ram0", OpenFlags.ReadWrite | OpenFlags.Truncate | OpenFlags.Create);
        byte[] data = new byte[7];
        Assert.Equal(IoResult.Ok(7), file.Read(data));
        Assert.Equal("content"u8.ToArray(), data);
        file.Release();
    }

    [Fact]
    public void Errors_OfTheMedium_AreToldAfterWhatWentWell()
    {
        MemoryDisk bad = new(8);
        Assert.Equal(Errno.Success, _files.Vfs.AddBlockDevice(BlockDeviceNumbers.Ata(0), bad));
        OpenFile file = _files.Open("/dev/memory", OpenFlags.ReadWrite);
        bad.TransfersLeft = 1;
        Assert.Equal(IoResult.Ok(100), file.ReadAt(new byte[1000], SectorSize - 100));
        Assert.Equal(Errno.EIO, file.ReadAt(new byte[1000], SectorSize).Error);
        Assert.Equal(Errno.EIO, file.WriteAt(new byte[10], 3).Error);
        Assert.Equal(Errno.EIO, file.WriteAt(new byte[SectorSize], 0).Error);
        Assert.Equal(Errno.EIO, file.Operations.Sync(file, isDataOnly: true));
        file.Release();
    }

    [Fact]
    public void LargeRead_EndsBeforeTheBadSector()
    {
        MemoryDisk bad = new(64) { BadSector = 50 };
        Assert.Equal(Errno.Success, _files.Vfs.AddBlockDevice(BlockDeviceNumbers.Ata(0), bad));
        Array.Fill(bad.Content, (byte)9);
        OpenFile file = _files.Open("/dev/memory");
        byte[] data = new byte[64 * 1024];
        Assert.Equal(IoResult.Ok(48 * SectorSize), file.Read(data));
        Assert.Equal(48 * SectorSize, Array.IndexOf(data, (byte)0));
        Assert.Equal(48 * SectorSize, file.Position);
        Assert.Equal(Errno.EIO, file.Read(data).Error);
        Assert.Equal(IoResult.Ok(77 * SectorSize), file.ReadAt(data, 51 * SectorSize));
        file.Release();
    }

    [Fact]
    public void ReadOnlyDevice_IsReadAndNotWritten()
    {
        Assert.Equal(Errno.Success, _files.Vfs.AddBlockDevice(BlockDeviceNumbers.Ata(0), new ReadOnlyDisk(_disk)));
        OpenFile file = _files.Open("/dev/fixed", OpenFlags.ReadWrite);
        Assert.Equal(Errno.EPERM, file.Write(new byte[1]).Error);
        Assert.Equal(IoResult.Ok(1), file.Read(new byte[1]));
        byte[] data = new byte[4];
        Assert.Equal(IoResult.Ok(0), file.Ioctl(IoctlRequest.BlockGetReadOnly, 0, data));
        Assert.Equal(1, data[0]);
        file.Release();
    }

    [Fact]
    public void Find_ByPath_TellsDeviceOrWhyNot()
    {
        Assert.Equal(Errno.Success, _files.Vfs.TryFindBlockDevice(_files.Root, "/dev/ram0"u8, out DeviceNumber number, out BlockDevice? device));
        Assert.Same(_disk, device);
        Assert.Equal(BlockDeviceNumbers.Ram(0), number);
        Assert.Equal(Errno.ENOENT, _files.Vfs.TryFindBlockDevice(_files.Root, "/dev/none"u8, out _, out _));
        Assert.Equal(Errno.ENOTBLK, _files.Vfs.TryFindBlockDevice(_files.Root, "/dev/null"u8, out _, out _));
        Assert.Equal(Errno.ENOTBLK, _files.Vfs.TryFindBlockDevice(_files.Root, "/dev"u8, out _, out _));
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/tmp/gone"u8, InodeMode.BlockDevice, new DeviceNumber(8, 0)));
        Assert.Equal(Errno.ENXIO, _files.Vfs.TryFindBlockDevice(_files.Root, "/tmp/gone"u8, out _, out _));
    }

    [Fact]
    public void IsMounted_UntilItIsUnmounted_AndTheNodeStaysOfUse()
    {
        byte[] memory = new byte[256 * 1024];
        RamDisk disk = new("ram1", memory);
        DeviceNumber number = BlockDeviceNumbers.Ram(1);
        Assert.Equal(Errno.Success, _files.Vfs.AddBlockDevice(number, disk));
        Assert.Equal(Errno.Success, _files.Vfs.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(disk, string.Empty));
        Assert.False(_files.Vfs.IsMounted(number));
        _files.MakeDirectory("/mnt");
        Assert.Equal(Errno.Success, _files.Vfs.Mount(_files.Root, "/mnt"u8, FileSystemType.Minix, disk, isReadOnly: false, number));
        Assert.True(_files.Vfs.IsMounted(number));
        OpenFile file = _files.Open("/dev/ram1");
        byte[] magic = new byte[2];
        Assert.Equal(IoResult.Ok(2), file.ReadAt(magic, 1024 + 0x18));
        Assert.Equal([0x5A, 0x4D], magic);
        file.Release();
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/mnt"u8));
        Assert.False(_files.Vfs.IsMounted(number));
    }

    private sealed class ReadOnlyDisk(BlockDevice inner) : BlockDevice
    {
        public override string Name => "fixed";

        public override long SectorCount => inner.SectorCount;

        public override bool IsReadOnly => true;

        public override Errno Read(long sector, Span<byte> destination) => inner.Read(sector, destination);

        public override Errno Write(long sector, ReadOnlySpan<byte> source) => Errno.EROFS;

        public override Errno Flush() => Errno.Success;
    }
}
