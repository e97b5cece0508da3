using KernelSockets.Vfs.Proc;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Proc;

public sealed class ProcTests
{
    private readonly ProcFixture _proc = new();

    private Fixture Files => _proc.Files;

    [Fact]
    public void Listing_HasFilesAndProcesses_AndNumbersAgreeWithStat()
    {
        List<string> names = Files.List("/proc");
        Assert.Equal([".", ".."], names[..2]);
        Assert.Equal(["1", "20"], names[^2..]);
        Assert.Superset(new HashSet<string> { "cmdline", "cpuinfo", "filesystems", "gc", "interrupts", "meminfo", "mounts", "net", "self", "stat", "uptime", "version" }, names.ToHashSet());
        Assert.Equal(names.Count, names.Distinct().Count());
        HashSet<ulong> numbers = [.. names[2..].Select(name => Files.Stat($"/proc/{name}", follows: false).InodeNumber)];
        Assert.Equal(names.Count - 2, numbers.Count);
        Assert.Equal(1UL, Files.Stat("/proc").InodeNumber);
    }

    [Fact]
    public void Stat_TellsTypesAndNoSizes()
    {
        Assert.Equal((InodeMode.Regular | (InodeMode)0x124, 0L), (Files.Stat("/proc/meminfo").Mode, Files.Stat("/proc/meminfo").Size));
        Assert.Equal(InodeMode.Directory | (InodeMode)0x16D, Files.Stat("/proc/20").Mode);
        Assert.Equal(InodeMode.SymbolicLink | InodeMode.AllForAll, Files.Stat("/proc/self", follows: false).Mode);
        Assert.Equal(Files.Clock.UtcNow, Files.Stat("/proc/uptime").ModificationTime);
        Assert.Equal(Errno.Success, Files.Vfs.StatFileSystem(Files.Root, "/proc/net"u8, out FileSystemStatistics statistics));
        Assert.Equal(0x9FA0U, statistics.Magic);
    }

    [Fact]
    public void Content_IsMadeOnceForReadsInPieces_AndAnewFromTheStart()
    {
        int made = 0;
        Files.Vfs.Proc.Root.AddFile("counter", text => text.Line($"{++made} and more"));
        OpenFile file = Files.Open("/proc/counter");
        byte[] buffer = new byte[4];
        Assert.Equal(IoResult.Ok(4), file.Read(buffer));
        Assert.Equal("1 an"u8, buffer);
        Assert.Equal(IoResult.Ok(4), file.Read(buffer));
        Assert.Equal("d mo"u8, buffer);
        Assert.Equal(IoResult.Ok(4), file.ReadAt(buffer, 2));
        Assert.Equal("and "u8, buffer);
        Assert.Equal(1, made);
        Assert.Equal(Errno.Success, file.Seek(0, SeekOrigin.Begin, out _));
        Assert.Equal(IoResult.Ok(4), file.Read(buffer));
        Assert.Equal("2 an"u8, buffer);
        Assert.Equal(IoResult.Ok(0), file.ReadAt(buffer, 11));
        Assert.Equal(IoResult.Ok(0), file.ReadAt(buffer, long.MaxValue));
        Assert.Equal(Errno.EINVAL, file.Seek(0, SeekOrigin.End, out _));
        Assert.Equal(PollEvents.In | PollEvents.Out, file.Poll(PollEvents.In | PollEvents.Out, null));
        file.Release();
    }

    [Fact]
    public void Content_ReadAtAPositionFirst_IsMadeThen()
    {
        OpenFile file = Files.Open("/proc/version");
        byte[] buffer = new byte[7];
        Assert.Equal(IoResult.Ok(7), file.ReadAt(buffer, 14));
        Assert.Equal("version"u8, buffer);
        file.Release();
    }

    [Fact]
    public void Content_LongerThanTheBound_IsENOMEM()
    {
        Files.Vfs.Proc.Root.AddFile("long", static text =>
        {
            for (int i = 0; i <= ProcText.MaxSize / 1024; i++)
            {
                text.Append(new byte[1024]);
            }
        });
        OpenFile file = Files.Open("/proc/long");
        Assert.Equal((IoResult)Errno.ENOMEM, file.Read(new byte[10]));
        Assert.Equal((IoResult)Errno.ENOMEM, file.ReadAt(new byte[10], 100));
        file.Release();
    }

    [Fact]
    public void Nothing_CanBeChanged()
    {
        Assert.Equal(Errno.EACCES, Files.TryOpen("/proc/meminfo", OpenFlags.WriteOnly));
        Assert.Equal(Errno.EACCES, Files.TryOpen("/proc/meminfo", OpenFlags.ReadOnly | OpenFlags.Truncate));
        Assert.Equal(Errno.EACCES, Files.TryOpen("/proc/20/status", OpenFlags.ReadWrite | OpenFlags.Create));
        Assert.Equal(Errno.ENOENT, Files.TryOpen("/proc/new", OpenFlags.WriteOnly | OpenFlags.Create));
        Assert.Equal(Errno.EEXIST, Files.TryOpen("/proc/meminfo", OpenFlags.ReadOnly | OpenFlags.Create | OpenFlags.Exclusive));
        Assert.Equal(Errno.EISDIR, Files.TryOpen("/proc/net", OpenFlags.WriteOnly));
        Assert.Equal(Errno.EACCES, Files.Vfs.Access(Files.Root, "/proc/meminfo"u8, AccessMask.Write));
        Assert.Equal(Errno.ENOENT, Files.Vfs.MakeDirectory(Files.Root, "/proc/new"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.EEXIST, Files.Vfs.MakeDirectory(Files.Root, "/proc/net"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.ENOENT, Files.Vfs.MakeSymbolicLink(Files.Root, "x"u8, "/proc/new"u8));
        Assert.Equal(Errno.ENOENT, Files.Vfs.MakeNode(Files.Root, "/proc/new"u8, InodeMode.Fifo, DeviceNumber.None));
        Assert.Equal(Errno.EPERM, Files.Vfs.Unlink(Files.Root, "/proc/version"u8));
        Assert.Equal(Errno.EPERM, Files.Vfs.RemoveDirectory(Files.Root, "/proc/20"u8));
        Assert.Equal(Errno.EPERM, Files.Vfs.Rename(Files.Root, "/proc/version"u8, "/proc/uptime"u8));
        Assert.Equal(Errno.EXDEV, Files.Vfs.Rename(Files.Root, "/proc/version"u8, "/tmp/version"u8));
        Assert.Equal(Errno.EPERM, Files.Vfs.Change(Files.Root, "/proc/version"u8, follows: true, new InodeChange { Permissions = InodeMode.AllForAll }));
        Assert.NotEqual(Errno.Success, Files.Vfs.Truncate(Files.Root, "/proc/version"u8, 0));
    }

    [Theory]
    [InlineData("/proc/0")]
    [InlineData("/proc/2")]
    [InlineData("/proc/020")]
    [InlineData("/proc/+20")]
    [InlineData("/proc/ 20")]
    [InlineData("/proc/-1")]
    [InlineData("/proc/99999999999999999999")]
    [InlineData("/proc/20/fd/0")]
    [InlineData("/proc/20/fd/x")]
    [InlineData("/proc/20/fd/-1")]
    [InlineData("/proc/20/fd/2147483647")]
    [InlineData("/proc/20/nothing")]
    public void WrongName_IsENOENT(string path) => Assert.Equal(Errno.ENOENT, Files.StatError(path, follows: false));

    [Fact]
    public void Self_IsTheCaller_AndLeadsOn()
    {
        Assert.Equal((Errno.Success, "20"), _proc.ReadLink("/proc/self"));
        Assert.Equal("cat\n", Files.Read("/proc/self/comm"));
        Assert.Equal("cat\0a b\0c\0", Files.Read("/proc/self/cmdline"));
        _proc.Machine.Current = _proc.Machine.List[0];
        Assert.Equal("kernel\n", Files.Read("/proc/self/comm"));
        Assert.Equal("", Files.Read("/proc/self/cmdline"));
    }

    [Fact]
    public void Process_ThatIsGone_IsENOENT_AndItsOpenFilesESRCH()
    {
        OpenFile file = Files.Open("/proc/20/status");
        OpenFile directory = Files.Open("/proc/20");
        Inode place = directory.Inode;
        _proc.Process.HasEnded = true;
        Assert.Contains("State:\tZ (zombie)\n", Files.Read("/proc/20/status"), StringComparison.Ordinal);
        _proc.Process.IsGone = true;
        Assert.Equal((IoResult)Errno.ESRCH, file.Read(new byte[10]));
        Assert.Equal(Errno.ENOENT, Files.StatError("/proc/20"));
        Assert.Equal(Errno.ENOENT, Files.StatError("/proc/self/status"));
        Assert.Equal(Errno.ENOENT, Files.Vfs.TryOpen(place, "status"u8, OpenFlags.ReadOnly, default, out _));
        Assert.Equal(["1"], Files.List("/proc").Where(static name => char.IsAsciiDigit(name[0])));
        file.Release();
        directory.Release();
    }

    [Fact]
    public void Listing_WhileProcessesComeAndGo_TellsEachOnce()
    {
        for (int id = 100; id < 140; id++)
        {
            _proc.Machine.List.Add(new FakeProcess(id, id, "p"));
        }

        OpenFile directory = Files.Open("/proc");
        byte[] buffer = new byte[64];
        List<ulong> seen = [];
        for (IoResult result = directory.ReadDirectory(buffer); result.Count > 0; result = directory.ReadDirectory(buffer))
        {
            for (int at = 0; at < result.Count; at += BitConverter.ToUInt16(buffer, at + 16))
            {
                seen.Add(BitConverter.ToUInt64(buffer, at));
            }

            // The least of those goes each time; what follows keeps its place.
            _proc.Machine.List.RemoveAll(process => process.Id == _proc.Machine.List.Where(static p => p.Id >= 100).Min(static p => (int?)p.Id));
        }

        directory.Release();
        Assert.Equal(seen[0], seen[1]); // "." and "..", which is the root itself
        Assert.Equal(seen.Count - 1, seen.Distinct().Count());
        Assert.True(seen.Count > 30);
    }

    [Fact]
    public void CurrentDirectory_AndRoot_AreLinksStraightToDirectories()
    {
        Files.MakeDirectory("/tmp/here");
        Files.Write("/tmp/here/file", "text");
        OpenFile here = Files.Open("/tmp/here");
        _proc.Process.Directory = here.Inode;
        Assert.Equal((Errno.Success, "/tmp/here"), _proc.ReadLink("/proc/20/cwd"));
        Assert.Equal("text", Files.Read("/proc/self/cwd/file"));
        Assert.Equal("text", Files.Read("/proc/self/cwd/../here/file"));
        Assert.Equal((Errno.Success, "/"), _proc.ReadLink("/proc/1/root"));
        Assert.Equal("text", Files.Read("/proc/1/root/tmp/here/file"));
        Assert.Equal(Errno.ENOENT, _proc.ReadLink("/proc/1/cwd").Error);
        Assert.Equal(Errno.ENOENT, Files.StatError("/proc/1/cwd/x"));
        here.Release();
    }

    [Fact]
    public void Path_OfADirectoryInProc_IsFoundByClimbing()
    {
        OpenFile directory = Files.Open("/proc/self/fd");
        byte[] path = new byte[100];
        IoResult result = Files.Vfs.GetPath(directory.Inode, path);
        Assert.Equal("/proc/20/fd"u8, path.AsSpan(0, result.Count));
        directory.Release();
    }

    [Fact]
    public void Directory_IsTheSameInode_SoThatItCanBeMountedOn_AndNothingStaysActive()
    {
        Inode root = Files.Open("/proc").Inode;
        int active = root.SuperBlock.ActiveInodes;
        Assert.Equal(Errno.Success, Files.Vfs.Mount(Files.Root, "/proc/net"u8, FileSystemType.Memory, device: null, isReadOnly: false));
        Files.Write("/proc/net/covering", "x");
        Assert.Equal("tmpfs /proc/net tmpfs rw,relatime 0 0", _proc.Lines("/proc/mounts")[^1]);
        Assert.Equal(Errno.Success, Files.Vfs.Unmount(Files.Root, "/proc/net"u8));
        Assert.NotEmpty(Files.Read("/proc/net/dev"));
        Files.Read("/proc/self/status");
        Files.List("/proc/20/fd");
        Assert.Equal(active, root.SuperBlock.ActiveInodes);
    }
}
