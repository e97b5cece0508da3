using KernelSockets.Vfs.Minix;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

public sealed class MinixTests
{
    private const string V3 = "version=3";

    private readonly Fixture _files = new();

    public static TheoryData<string> Variants => [.. MinixVariants.All, "version=3,inodes=5000"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void EmptyFileSystem_IsClean_AndTheSameEveryTime(string options)
    {
        foreach (int kibibytes in new[] { 720, 1440, 20000 })
        {
            MemoryDisk first = new(kibibytes);
            MemoryDisk second = new(kibibytes);
            new Random(1).NextBytes(second.Content.AsSpan(0, 8 * 1024));
            Make(first, options);
            Make(second, options);
            HostTool.AssertClean(first.Content, $"{options}, {kibibytes} KiB");
            Assert.True(first.Content.AsSpan().SequenceEqual(second.Content), $"{options}, {kibibytes} KiB: what was there before shows through");
        }
    }

    [Theory]
    [InlineData("version=1,names=14", "-1", "-n14")]
    [InlineData("version=1,names=30", "-1", "-n30")]
    [InlineData("version=2,names=30", "-2", "-n30")]
    [InlineData("version=3,names=60", "-3")]
    public void SuperBlock_IsWhatTheHostsToolMakes(string options, params string[] hostOptions)
    {
        foreach (int kibibytes in new[] { 100, 720, 1440, 9999, 20000 })
        {
            MemoryDisk disk = new(kibibytes);
            Make(disk, options);
            byte[] host = HostTool.Make(kibibytes, hostOptions);
            Assert.Equal(Convert.ToHexString(host, 1024, 32), Convert.ToHexString(disk.Content, 1024, 32));
            Assert.True(host.AsSpan(2048, 1024).SequenceEqual(disk.Content.AsSpan(2048, 1024)), $"{kibibytes} KiB: the first block of the inode map");
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-2")]
    [InlineData("-3")]
    public void ImageOfTheHostsTool_IsReadAndWritten(string hostOption)
    {
        MemoryDisk disk = new(HostTool.Make(1440, hostOption));
        _files.MakeDirectory("/m");
        _files.Mount("/m", disk);
        _files.MakeDirectory("/m/dir");
        _files.Write("/m/dir/file", new string('x', 30000));
        _files.Link("dir/file", "/m/link");
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddSeconds(1_000_000_000);
        InodeChange change = new() { Permissions = (InodeMode)0x980, UserId = 7, GroupId = 8, ModificationTime = time, ChangeTime = time };
        Assert.Equal(Errno.Success, _files.Vfs.Change(_files.Root, "/m/link"u8, follows: true, change));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        HostTool.AssertClean(disk.Content, hostOption);
        _files.Mount("/m", disk, isReadOnly: true);
        Assert.Equal(30000, _files.Read("/m/link").Length);
        FileStat stat = _files.Stat("/m/dir/file");
        Assert.Equal((InodeMode.Regular | (InodeMode)0x180, 7u, 8u, time), (stat.Mode, stat.UserId, stat.GroupId, stat.ModificationTime)); // a new owner takes set-user-id away
        Assert.Equal(Errno.EROFS, _files.Vfs.Change(_files.Root, "/m/link"u8, follows: true, change));
        Assert.Equal(Errno.EROFS, _files.TryOpen("/m/link", OpenFlags.WriteOnly));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void File_UnderRandomWritesReadsAndTruncations_IsTheModel(string options)
    {
        int seed = 17;
        Random random = new(seed);
        MemoryDisk disk = new(kibibytes: 4096);
        _files.MountMinix("/m", disk, options);
        OpenFile file = _files.Open("/m/f", OpenFlags.ReadWrite | OpenFlags.Create);
        FileModel model = new(file);
        for (int step = 0; step < 1500; step++)
        {
            // Far enough for double indirect zones: 7 + 256 blocks are single indirect in V2 and V3, 7 + 512 in V1.
            int at = random.Next(3) == 0 ? random.Next(1_200_000) : random.Next(30_000);
            int length = random.Next(1, 9000);
            switch (random.Next(5))
            {
                case 0 or 1:
                    model.Write(random, at, length);
                    break;
                case 2 or 3:
                    model.Read(at, length, $"seed {seed}, step {step}");
                    break;
                default:
                    model.Truncate(at);
                    break;
            }
        }

        Assert.Equal(Errno.Success, file.Operations.Sync(file, isDataOnly: false));
        HostTool.AssertClean(disk.Content, $"seed {seed}");
        file.Release();
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        _files.Mount("/m", disk);
        byte[] whole = new byte[model.Content.Length];
        Assert.Equal(IoResult.Ok(model.Content.Length), _files.Open("/m/f").Read(whole));
        Assert.True(whole.AsSpan().SequenceEqual(model.Content), "after mounting again");
    }

    [Theory]
    [InlineData("version=1")]
    [InlineData("version=2")]
    [InlineData(V3)]
    public void FarEndOfAFile_IsReachedThroughEveryLevelOfIndirection(string options)
    {
        MemoryDisk disk = new(kibibytes: 2048);
        _files.MountMinix("/m", disk, options);
        OpenFile file = _files.Open("/m/f", OpenFlags.ReadWrite | OpenFlags.Create);
        long end = options == "version=1" ? (7 + 512 + (512 * 512)) * 1024L : int.MaxValue;
        Assert.Equal(IoResult.Ok(3), file.WriteAt("end"u8, end - 3));
        Assert.Equal(IoResult.Ok(1), file.WriteAt("ab"u8, end - 1));
        Assert.Equal((IoResult)Errno.EFBIG, file.WriteAt("x"u8, end));
        Assert.Equal(Errno.EFBIG, file.Operations.Truncate(file.Inode, end + 1));
        byte[] tail = new byte[10];
        Assert.Equal(IoResult.Ok(4), file.ReadAt(tail, end - 4));
        Assert.Equal("\0ena"u8.ToArray(), tail[..4]);
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        HostTool.AssertClean(disk.Content, options);
        long free = Free();
        Assert.Equal(Errno.Success, file.Operations.Truncate(file.Inode, 0));
        Assert.Equal(free + (options == "version=1" ? 3 : 4), Free());
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        HostTool.AssertClean(disk.Content, options);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void FullDisk_IsENOSPC_AndEverythingComesBack(string options)
    {
        MemoryDisk disk = new(kibibytes: 700);
        _files.MountMinix("/m", disk, options);
        long before = Free();
        OpenFile file = _files.Open("/m/f", OpenFlags.WriteOnly | OpenFlags.Create);
        byte[] chunk = new byte[10_000];
        long written = 0;
        IoResult result = file.Write(chunk);
        for (; result.IsSuccess; result = file.Write(chunk))
        {
            written += result.Count;
        }

        Assert.Equal(Errno.ENOSPC, result.Error);
        Assert.Equal(written, file.Inode.Size);
        Assert.Equal(0, Free());
        Assert.Equal(Errno.ENOSPC, _files.Vfs.MakeDirectory(_files.Root, "/m/d"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.ENOSPC, _files.Vfs.MakeSymbolicLink(_files.Root, "target"u8, "/m/l"u8));
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        HostTool.AssertClean(disk.Content, options);
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/f"u8));
        Assert.Equal(0, Free());
        file.Release();
        Assert.Equal(before, Free());
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        HostTool.AssertClean(disk.Content, options);
    }

    [Fact]
    public void InodesUsedUp_IsENOSPC()
    {
        MemoryDisk disk = new(kibibytes: 400);
        _files.MountMinix("/m", disk, "version=3,inodes=16");
        for (int i = 0; i < 15; i++)
        {
            _files.Write($"/m/f{i}", "x");
        }

        Assert.Equal(Errno.ENOSPC, _files.TryOpen("/m/more", OpenFlags.WriteOnly | OpenFlags.Create));
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/f3"u8));
        _files.Write("/m/more", "y");
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        HostTool.AssertClean(disk.Content, "full of inodes");
    }

    [Fact]
    public void Links_AreBounded()
    {
        _files.MountMinix("/m", new MemoryDisk(kibibytes: 1440), "version=1");
        _files.Write("/m/f", "x");
        for (int i = 1; i < 250; i++)
        {
            Assert.Equal(Errno.Success, _files.Vfs.Link(_files.Root, "/m/f"u8, Fixture.Bytes($"/m/l{i}"), follows: false));
        }

        Assert.Equal(Errno.EMLINK, _files.Vfs.Link(_files.Root, "/m/f"u8, "/m/more"u8, follows: false));
        Assert.Equal(250u, _files.Stat("/m/f").LinkCount);
    }

    [Theory]
    [InlineData("version=1,names=14", 14)]
    [InlineData("version=2,names=30", 30)]
    [InlineData(V3, 60)]
    public void Name_OfTheGreatestLength_IsTheLongest(string options, int length)
    {
        _files.MountMinix("/m", new MemoryDisk(kibibytes: 400), options);
        string name = new('n', length);
        _files.Write("/m/" + name, "x");
        Assert.Equal([".", "..", name], _files.List("/m"));
        Assert.Equal(Errno.ENAMETOOLONG, _files.StatError("/m/" + name + "n"));
        Assert.Equal(Errno.ENAMETOOLONG, _files.TryOpen("/m/" + name + "n", OpenFlags.WriteOnly | OpenFlags.Create));
    }

    [Fact]
    public void Nodes_KeepTheirNumbersAndWork()
    {
        MemoryDisk disk = new(kibibytes: 400);
        _files.MountMinix("/m", disk, V3);
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/m/zero"u8, InodeMode.CharacterDevice | InodeMode.DefaultFile, new DeviceNumber(1, 5)));
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/m/fifo"u8, InodeMode.Fifo | InodeMode.DefaultFile, DeviceNumber.None));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        _files.Mount("/m", disk);
        Assert.Equal(new DeviceNumber(1, 5), _files.Stat("/m/zero").SpecialDevice);
        OpenFile zero = _files.Open("/m/zero");
        Assert.Equal(IoResult.Ok(4), zero.Read(new byte[4]));
        zero.Release();
        Assert.Equal(InodeMode.Fifo, _files.Stat("/m/fifo").Mode.Type());
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/zero"u8));
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        HostTool.AssertClean(disk.Content, "device nodes");
    }

    [Fact]
    public void Times_LastAcrossAMount()
    {
        MemoryDisk disk = new(kibibytes: 400);
        _files.MountMinix("/m", disk, V3);
        _files.Clock.Passed = TimeSpan.FromDays(100);
        _files.Write("/m/f", "x");
        DateTimeOffset written = _files.Clock.UtcNow;
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        _files.Clock.Passed += TimeSpan.FromDays(1);
        _files.Mount("/m", disk);
        Assert.Equal(written, _files.Stat("/m/f").ModificationTime);
        Assert.Equal(Errno.Success, _files.Vfs.StatFileSystem(_files.Root, "/m"u8, out FileSystemStatistics statistics));
        Assert.Equal((0x4D5Au, 60, 1024), (statistics.Magic, statistics.NameLength, statistics.BlockSize));
    }

    [Fact]
    public void Root_CanBeReplaced_AndDevGoesAlong()
    {
        MemoryDisk disk = new(kibibytes: 400);
        _files.MountMinix("/m", disk, V3);
        _files.MakeDirectory("/m/etc");
        _files.Write("/m/etc/motd", "welcome");
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        Assert.Equal(Errno.ENOENT, _files.Vfs.ReplaceRoot(FileSystemType.Minix, disk, isReadOnly: false));
        Assert.Equal(InodeMode.Directory, _files.Stat("/m").Mode.Type());
        _files.Mount("/m", disk);
        _files.MakeDirectory("/m/dev");
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        Assert.Equal(Errno.Success, _files.Vfs.ReplaceRoot(FileSystemType.Minix, disk, isReadOnly: false));
        Assert.Equal("welcome", _files.Read("/etc/motd"));
        Assert.Equal([".", "..", "etc", "dev"], _files.List("/"));
        Assert.Equal(IoResult.Ok(5), _files.Open("/dev/zero").Read(new byte[5]));
        Assert.Equal(_files.Stat("/").InodeNumber, _files.Stat("/dev/..").InodeNumber);
        byte[] path = new byte[10];
        Assert.Equal(Errno.Success, _files.Vfs.TryResolveDirectory(_files.Root, "/dev"u8, out Inode? dev));
        Assert.Equal(IoResult.Ok(4), _files.Vfs.GetPath(dev!, path));
        Assert.Equal(2, _files.Vfs.Mounts().Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void DiskWithoutAFileSystem_IsEINVAL(int kibibytes)
    {
        MinixFileSystem minix = new(_files.Clock);
        Assert.Equal(Errno.EINVAL, minix.Super(new MemoryDisk(kibibytes), DeviceNumber.None, isReadOnly: false, out _));
        Assert.Equal(Errno.EINVAL, minix.Super(null, DeviceNumber.None, isReadOnly: false, out _));
        Assert.Equal(Errno.ENOSPC, minix.MakeFileSystem(new MemoryDisk(kibibytes), V3));
    }

    [Theory]
    [InlineData("version=4")]
    [InlineData("version=3,names=30")]
    [InlineData("names=15")]
    [InlineData("names")]
    [InlineData("inodes=x")]
    [InlineData("what=1")]
    public void Options_ThatAreNone_AreEINVAL(string options) =>
        Assert.Equal(Errno.EINVAL, new MinixFileSystem(_files.Clock).MakeFileSystem(new MemoryDisk(400), options));

    [Fact]
    public void TruncatedImage_IsEUCLEAN()
    {
        MemoryDisk disk = new(kibibytes: 400);
        Make(disk, V3);
        MemoryDisk shorter = new(disk.Content[..(399 * 1024)]);
        Assert.Equal(Errno.EUCLEAN, new MinixFileSystem(_files.Clock).Super(shorter, DeviceNumber.None, isReadOnly: false, out _));
    }

    [Fact]
    public void FailingDisk_IsEIO_WhereverItFails()
    {
        for (int good = 0; ; good++)
        {
            Fixture files = new();
            MemoryDisk disk = new(kibibytes: 400);
            files.MountMinix("/m", disk, V3);
            Assert.Equal(Errno.Success, files.Vfs.Unmount(files.Root, "/m"u8));
            disk.TransfersLeft = good;
            Errno error = Exercise(files, disk);
            if (error == Errno.Success)
            {
                Assert.InRange(good, 5, 1000);
                break;
            }

            Assert.True(error == Errno.EIO, $"after {good} transfers: {error}");
        }
    }

    [Fact]
    public void CorruptMetadata_NeverDoesMoreThanFail()
    {
        int seed = 23;
        Random random = new(seed);
        MemoryDisk good = new(kibibytes: 400);
        _files.MountMinix("/m", good, V3);
        _files.MakeDirectory("/m/d");
        _files.Write("/m/d/f", new string('x', 20000));
        _files.Write("/m/g", new string('x', 300000));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        for (int round = 0; round < 400; round++)
        {
            MemoryDisk disk = new((byte[])good.Content.Clone());
            for (int i = 0; i < 20; i++)
            {
                // Super block, maps, inode table and the first directories.
                disk.Content[random.Next(1024, 30 * 1024)] = (byte)random.Next(256);
            }

            Fixture files = new();
            files.MakeDirectory("/m");
            if (files.Vfs.Mount(files.Root, "/m"u8, FileSystemType.Minix, disk, isReadOnly: false) == Errno.Success)
            {
                Wander(files, disk, random);
            }
        }
    }

    private static void Make(MemoryDisk disk, string options) =>
        Assert.Equal(Errno.Success, new MinixFileSystem(new ManualClock()).MakeFileSystem(disk, options));

    /// <summary>A bit of everything; the first error that is the disk's.</summary>
    private static Errno Exercise(Fixture files, MemoryDisk disk)
    {
        Errno error = files.Vfs.Mount(files.Root, "/m"u8, FileSystemType.Minix, disk, isReadOnly: false);
        if (error != Errno.Success)
        {
            return error;
        }

        List<Errno> errors =
        [
            files.Vfs.MakeDirectory(files.Root, "/m/d"u8, InodeMode.DefaultDirectory),
            files.TryOpen("/m/f", OpenFlags.WriteOnly | OpenFlags.Create),
            files.Vfs.Truncate(files.Root, "/m/f"u8, 100),
        ];
        if (files.Vfs.TryOpen(files.Root, "/m/f"u8, OpenFlags.ReadWrite, InodeMode.None, out OpenFile? file) == Errno.Success)
        {
            errors.Add(file!.Write(new byte[20000]).Error);
            errors.Add(file.ReadAt(new byte[20000], 0).Error);
            errors.Add(file.Operations.Sync(file, isDataOnly: false));
            file.Release();
        }

        errors.Add(files.Vfs.Rename(files.Root, "/m/f"u8, "/m/d/f"u8));
        errors.Add(files.Vfs.Unlink(files.Root, "/m/d/f"u8));
        errors.Add(files.Vfs.Synchronize());

        // After a failed creation the rest is told ENOENT: only what is not that counts.
        return errors.Find(candidate => candidate is not (Errno.Success or Errno.ENOENT));
    }

    private static void Wander(Fixture files, MemoryDisk disk, Random random)
    {
        string[] paths = ["/m", "/m/d", "/m/d/f", "/m/g", "/m/d/..", "/m/new"];
        for (int step = 0; step < 40; step++)
        {
            string path = paths[random.Next(paths.Length)];
            byte[] bytes = Fixture.Bytes(path);
            switch (random.Next(6))
            {
                case 0 when files.Vfs.TryOpen(files.Root, bytes, OpenFlags.ReadOnly, InodeMode.None, out OpenFile? file) == Errno.Success:
                    file!.Read(new byte[5000]);
                    file.ReadDirectory(new byte[2000]);
                    file.Release();
                    break;
                case 1 when files.Vfs.TryOpen(files.Root, bytes, OpenFlags.WriteOnly | OpenFlags.Create, InodeMode.DefaultFile, out OpenFile? file) == Errno.Success:
                    file!.WriteAt(new byte[5000], random.Next(100_000));
                    file.Release();
                    break;
                case 2:
                    files.Vfs.Unlink(files.Root, bytes);
                    break;
                case 3:
                    files.Vfs.RemoveDirectory(files.Root, bytes);
                    break;
                case 4:
                    files.Vfs.Rename(files.Root, bytes, Fixture.Bytes(paths[random.Next(paths.Length)]));
                    break;
                default:
                    files.Vfs.Truncate(files.Root, bytes, random.Next(50_000));
                    break;
            }
        }

        files.Vfs.Synchronize();
        Assert.True(disk.Transfers < 1_000_000);
    }

    private long Free()
    {
        Assert.Equal(Errno.Success, _files.Vfs.StatFileSystem(_files.Root, "/m"u8, out FileSystemStatistics statistics));
        return statistics.FreeBlocks;
    }
}
