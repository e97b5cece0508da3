using KernelSockets.Vfs.Memory;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

public sealed class MemoryFileSystemTests
{
    private readonly Fixture _files = new();

    [Fact]
    public void File_UnderRandomWritesReadsAndTruncations_IsTheModel()
    {
        int seed = 5;
        Random random = new(seed);
        OpenFile file = _files.Open("/f", OpenFlags.ReadWrite | OpenFlags.Create);
        FileModel model = new(file);
        for (int step = 0; step < 2000; step++)
        {
            int at = random.Next(60000);
            int length = random.Next(1, 9000);
            switch (random.Next(3))
            {
                case 0:
                    model.Write(random, at, length);
                    break;
                case 1:
                    model.Read(at, length, $"seed {seed}, step {step}");
                    break;
                default:
                    model.Truncate(at);
                    break;
            }

            Assert.Equal(model.Content.Length, file.Inode.Size);
        }
    }

    [Fact]
    public void Truncate_OfAnOpenFile_AnswersAsLinux()
    {
        OpenFile file = _files.Open("/f", OpenFlags.ReadWrite | OpenFlags.Create);
        file.Write("0123456789"u8);
        Assert.Equal(Errno.Success, file.Truncate(4));
        Assert.Equal(Errno.Success, file.Truncate(6));
        Assert.Equal(10, file.Position);
        Assert.Equal(Errno.Success, file.Seek(0, SeekOrigin.Begin, out _));
        Assert.Equal("0123\0\0", Fixture.ReadAll(file));
        Assert.Equal(Errno.EINVAL, file.Truncate(-1));
        Assert.Equal(Errno.EINVAL, _files.Open("/f", OpenFlags.ReadOnly).Truncate(0));
        Assert.Equal(Errno.EINVAL, _files.Open("/", OpenFlags.ReadOnly).Truncate(0));
        Assert.Equal(Errno.EBADF, _files.Open("/f", OpenFlags.PathOnly).Truncate(0));
    }

    [Fact]
    public void Positions_SeekAndAppend_AreLinuxs()
    {
        OpenFile file = _files.Open("/f", OpenFlags.ReadWrite | OpenFlags.Create);
        file.Write("0123456789"u8);
        Assert.Equal(Errno.Success, file.Seek(-3, SeekOrigin.End, out long position));
        Assert.Equal(7, position);
        Assert.Equal("789", Fixture.ReadAll(file));
        Assert.Equal(Errno.EINVAL, file.Seek(-1, SeekOrigin.Begin, out _));
        Assert.Equal(Errno.EINVAL, file.Seek(0, (SeekOrigin)9, out _));
        Assert.Equal(Errno.EOVERFLOW, file.Seek(long.MaxValue, SeekOrigin.Current, out _));
        Assert.Equal(10, file.Position);
        Assert.Equal((IoResult)Errno.EINVAL, file.ReadAt(new byte[1], -1));
        Assert.Equal((IoResult)Errno.EFBIG, file.WriteAt(new byte[1], long.MaxValue));

        file.ChangeFlags(OpenFlags.Append);
        Assert.Equal(Errno.Success, file.Seek(0, SeekOrigin.Begin, out _));
        file.Write("A"u8);
        Assert.Equal(11, file.Position);
        Assert.Equal(IoResult.Ok(1), file.WriteAt("B"u8, 0));
        Assert.Equal("0123456789AB", _files.Read("/f"));
    }

    [Fact]
    public void UnlinkedFile_LivesUntilItsLastClose_AndThenGivesItsPagesBack()
    {
        long free = Free();
        OpenFile file = _files.Open("/f", OpenFlags.ReadWrite | OpenFlags.Create);
        file.Write(new byte[10 * 4096]);
        Assert.Equal(free - 10, Free());
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/f"u8));
        Assert.Equal(Errno.ENOENT, _files.StatError("/f"));
        Assert.Equal(0u, file.Inode.LinkCount);
        Assert.Equal(IoResult.Ok(100), file.ReadAt(new byte[100], 4096));
        file.Release();
        Assert.Equal(free, Free());
    }

    [Fact]
    public void Blocks_AreThoseOfPagesThatAreThere()
    {
        OpenFile file = _files.Open("/f", OpenFlags.ReadWrite | OpenFlags.Create);
        Assert.Equal(IoResult.Ok(1), file.WriteAt("x"u8, 100_000));
        Assert.Equal((100_001, 8), (_files.Stat("/f").Size, _files.Stat("/f").BlockCount));
        Assert.Equal(Errno.Success, file.Truncate(1_000_000));
        Assert.Equal(8, _files.Stat("/f").BlockCount);
        Assert.Equal(Errno.Success, file.Truncate(10));
        Assert.Equal(0, _files.Stat("/f").BlockCount);
        _files.Link("target", "/l");
        Assert.Equal((6, 0), (_files.Stat("/l", follows: false).Size, _files.Stat("/l", follows: false).BlockCount));
    }

    [Fact]
    public void Bounds_OfPagesAndInodes_AreENOSPC()
    {
        MemoryFileSystem small = new(_files.Clock, maxPages: 2, maxInodes: 3);
        Assert.Equal(Errno.Success, small.Super(null, DeviceNumber.None, isReadOnly: false, out SuperBlock? superBlock));
        Inode root = superBlock!.Root!;
        Assert.Equal(Errno.Success, small.Open(root, "f"u8, OpenFlags.Create, InodeMode.DefaultFile, out Inode? inode));
        Assert.Equal(Errno.Success, OpenFile.TryOpen(inode!, small, OpenFlags.ReadWrite, out OpenFile? file));
        Assert.Equal(IoResult.Ok(8192), file!.Write(new byte[10000]));
        Assert.Equal((IoResult)Errno.ENOSPC, file.Write(new byte[1]));
        Assert.Equal(Errno.Success, small.MakeDirectory(root, "d"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.ENOSPC, small.MakeDirectory(root, "e"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.Success, small.RemoveDirectory(root, "d"u8));
        Assert.Equal(Errno.Success, small.MakeDirectory(root, "e"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.Success, small.StatFileSystem(superBlock, out FileSystemStatistics statistics));
        Assert.Equal((2, 0, 3, 0), (statistics.Blocks, statistics.FreeBlocks, statistics.Inodes, statistics.FreeInodes));
    }

    [Fact]
    public void ReadDirectory_WhileNamesAreRemoved_MissesNone()
    {
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"file{i}")];
        _files.MakeDirectory("/d");
        Array.ForEach(names, name => _files.Write("/d/" + name, name));
        Assert.Equal([".", "..", .. names], _files.List("/d"));
        OpenFile directory = _files.Open("/d");
        byte[] buffer = new byte[64];
        int removed = 0;
        for (IoResult result = directory.ReadDirectory(buffer); result.Count > 0; result = directory.ReadDirectory(buffer))
        {
            Assert.True(result.IsSuccess, result.Error.ToString());
            for (int at = 0; at < result.Count; at += BitConverter.ToUInt16(buffer, at + 16))
            {
                ReadOnlySpan<byte> name = buffer.AsSpan(at + 19, buffer.AsSpan(at + 19).IndexOf((byte)0));
                removed += _files.Vfs.Unlink(_files.Root, [.. "/d/"u8, .. name]) == Errno.Success ? 1 : 0;
            }
        }

        Assert.Equal(50, removed);
        Assert.Equal((IoResult)Errno.EINVAL, _files.Open("/").ReadDirectory(new byte[10]));
        Assert.Equal((IoResult)Errno.ENOTDIR, _files.Open("/dev/null").ReadDirectory(buffer));
        Assert.Equal((IoResult)Errno.EISDIR, directory.Read(buffer));
    }

    [Fact]
    public void Times_FollowTheClock()
    {
        _files.Write("/f", "x");
        DateTimeOffset written = _files.Clock.UtcNow;
        _files.Clock.Passed += TimeSpan.FromSeconds(10);
        _files.Read("/f");
        FileStat stat = _files.Stat("/f");
        Assert.Equal((written, written, _files.Clock.UtcNow), (stat.ModificationTime, stat.ChangeTime, stat.AccessTime));
    }

    private long Free()
    {
        Assert.Equal(Errno.Success, _files.Vfs.StatFileSystem(_files.Root, "/"u8, out FileSystemStatistics statistics));
        return statistics.FreeBlocks;
    }
}
