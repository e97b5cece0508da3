using KernelSockets.Sockets;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Proc;

/// <summary>/proc/PID/fd, and what /dev leads to through it.</summary>
public sealed class ProcDescriptorTests
{
    private readonly ProcFixture _proc = new();

    private Fixture Files => _proc.Files;

    [Fact]
    public void Names_ArePathsWhereThereAreSome_ElseKindAndInode()
    {
        Files.Write("/tmp/file", "text");
        Assert.Equal(Errno.Success, Files.Vfs.Pipes.TryCreate(OpenFlags.ReadOnly, out OpenFile? reader, out OpenFile? writer));
        Assert.Equal(Errno.Success, Files.Vfs.Events.TryCreateCounter(0, 0, out OpenFile? counter));
        Assert.Equal(Errno.Success, Files.Vfs.Events.TryCreateSet(OpenFlags.ReadOnly, out OpenFile? set));
        Files.Vfs.Sockets.Modules.Register(new FakeSocketOps(SocketType.Udp));
        Assert.Equal(Errno.Success, Files.Vfs.Sockets.TryCreate(2, 2, 0, Fixture.Job, out OpenFile? socket));
        (OpenFile File, string Name, int Permissions)[] expected =
        [
            (Files.Open("/tmp/file"), "/tmp/file", 0x140), (Files.Open("/tmp/file", OpenFlags.WriteOnly), "/tmp/file", 0xC0), (Files.Open("/dev/null", OpenFlags.ReadWrite), "/dev/null", 0x1C0),
            (Files.Open("/tmp"), "/tmp", 0x140), (Files.Open("/proc/uptime"), "/proc/uptime", 0x140), (Files.Open("/tmp/file", OpenFlags.PathOnly), "/tmp/file", 0),
            (reader!, $"pipe:[{reader!.Inode.Number}]", 0x140), (writer!, $"pipe:[{writer!.Inode.Number}]", 0xC0), (counter!, "anon_inode:[eventfd]", 0x1C0),
            (set!, "anon_inode:[eventpoll]", 0x1C0), (socket!, $"socket:[{socket!.Inode.Number}]", 0x1C0),
        ];
        List<string> names = [];
        foreach ((OpenFile file, string name, int permissions) in expected)
        {
            int fd = _proc.Install(file);
            names.Add($"{fd}");
            Assert.Equal((Errno.Success, name), _proc.ReadLink($"/proc/20/fd/{fd}"));
            Assert.Equal(InodeMode.SymbolicLink | (InodeMode)permissions, Files.Stat($"/proc/self/fd/{fd}", follows: false).Mode);
        }

        Assert.Equal([".", "..", .. names], Files.List("/proc/20/fd"));
        Assert.Equal([".", ".."], Files.List("/proc/1/fd"));
    }

    [Fact]
    public void Name_FollowsARename_AndTellsADeletion()
    {
        Files.Write("/tmp/file", "text");
        int fd = _proc.Install(Files.Open("/tmp/file"));
        Assert.Equal(Errno.Success, Files.Vfs.Rename(Files.Root, "/tmp/file"u8, "/tmp/other"u8));
        Assert.Equal((Errno.Success, "/tmp/other"), _proc.ReadLink($"/proc/self/fd/{fd}"));
        Files.Write("/tmp/file", "another");
        Assert.Equal((Errno.Success, "/tmp/other"), _proc.ReadLink($"/proc/self/fd/{fd}"));
        Assert.Equal(Errno.Success, Files.Vfs.Unlink(Files.Root, "/tmp/other"u8));
        Assert.Equal((Errno.Success, "/tmp/file (deleted)"), _proc.ReadLink($"/proc/self/fd/{fd}"));
        Assert.Equal("text", Files.Read($"/proc/self/fd/{fd}"));
    }

    [Fact]
    public void Opening_GivesAFileOfItsOwn_EvenWithoutAName()
    {
        Files.Write("/tmp/file", "text");
        OpenFile first = Files.Open("/tmp/file");
        int fd = _proc.Install(first);
        Assert.Equal(IoResult.Ok(3), first.Read(new byte[3]));
        OpenFile again = Files.Open($"/proc/self/fd/{fd}", OpenFlags.ReadWrite | OpenFlags.Create);
        Assert.Equal(0, again.Position);
        Assert.Equal("/tmp/file", _proc.ReadLink($"/proc/self/fd/{_proc.Install(again)}").Target);
        Assert.Equal(Errno.EEXIST, Files.TryOpen($"/proc/self/fd/{fd}", OpenFlags.ReadOnly | OpenFlags.Create | OpenFlags.Exclusive));
        Assert.Equal(Errno.ELOOP, Files.TryOpen($"/proc/self/fd/{fd}", OpenFlags.ReadOnly | OpenFlags.NoFollow));
        Assert.Equal(Errno.ENOTDIR, Files.TryOpen($"/proc/self/fd/{fd}/", OpenFlags.ReadOnly));
        Assert.Equal(Errno.ENOTDIR, Files.TryOpen($"/proc/self/fd/{fd}/x", OpenFlags.ReadOnly));
        Assert.Equal(4, Files.Stat($"/proc/self/fd/{fd}").Size);
        Assert.Equal(Errno.Success, Files.TryOpen($"/proc/self/fd/{fd}", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate));
        Assert.Equal(0, Files.Stat("/tmp/file").Size);
    }

    [Fact]
    public void Opening_ADirectory_LeadsOn()
    {
        Files.Write("/tmp/file", "text");
        int fd = _proc.Install(Files.Open("/tmp"));
        Assert.Equal("text", Files.Read($"/proc/self/fd/{fd}/file"));
        Assert.Equal("text", Files.Read($"/dev/fd/{fd}/../tmp/./file"));
        Assert.Equal(Errno.ENOENT, Files.StatError($"/dev/fd/{fd}/none"));
        Assert.Equal(Errno.EISDIR, Files.TryOpen($"/proc/self/fd/{fd}", OpenFlags.ReadOnly | OpenFlags.Create));
        Assert.Equal(Errno.EEXIST, Files.Vfs.MakeDirectory(Files.Root, Fixture.Bytes($"/proc/self/fd/{fd}"), InodeMode.DefaultDirectory));
    }

    [Fact]
    public void Opening_APipe_JoinsIt_AndNeverWaits()
    {
        Assert.Equal(Errno.Success, Files.Vfs.Pipes.TryCreate(OpenFlags.ReadOnly, out OpenFile? reader, out OpenFile? writer));
        int fd = _proc.Install(reader!);
        OpenFile second = Files.Open($"/proc/self/fd/{fd}", OpenFlags.WriteOnly);
        Assert.Equal(IoResult.Ok(2), second.Write("hi"u8));
        writer!.Release();
        second.Release();
        Assert.Equal("hi", Fixture.ReadAll(reader!));
        Assert.Equal($"pipe:[{reader!.Inode.Number}]", _proc.ReadLink($"/proc/self/fd/{fd}").Target);
    }

    [Fact]
    public void Opening_SocketsAndEventCounters_IsENXIO()
    {
        Files.Vfs.Sockets.Modules.Register(new FakeSocketOps(SocketType.Udp));
        Assert.Equal(Errno.Success, Files.Vfs.Sockets.TryCreate(2, 2, 0, Fixture.Job, out OpenFile? socket));
        Assert.Equal(Errno.Success, Files.Vfs.Events.TryCreateCounter(0, 0, out OpenFile? counter));
        Assert.Equal(Errno.ENXIO, Files.TryOpen($"/proc/self/fd/{_proc.Install(socket!)}", OpenFlags.ReadWrite));
        Assert.Equal(Errno.ENXIO, Files.TryOpen($"/proc/self/fd/{_proc.Install(counter!)}", OpenFlags.ReadOnly));
    }

    [Fact]
    public void StandardStreams_HaveNamesInDev()
    {
        Files.Write("/tmp/input", "in");
        OpenFile input = Files.Open("/tmp/input");
        OpenFile output = Files.Open("/tmp/output", OpenFlags.WriteOnly | OpenFlags.Create);
        FakeProcess other = new(30, 2, "other");
        _proc.Machine.List.Add(other);
        _proc.Machine.Current = other;
        Assert.Equal(Errno.Success, Files.Vfs.Files.AddJob(2, input, output, null));
        Assert.Equal("in", Files.Read("/dev/stdin"));
        Assert.Equal("in", Files.Read("/dev/fd/0"));
        Files.Write("/dev/stdout", "out");
        Assert.Equal("out", Files.Read("/tmp/output"));
        Assert.Equal(Errno.ENOENT, Files.TryOpen("/dev/stderr", OpenFlags.WriteOnly));
    }

    [Fact]
    public void Location_KeepsADirectoryOnlyWhileTheFileIsOpen()
    {
        MemoryDisk disk = new(kibibytes: 256);
        Files.MountMinix("/disk", disk, "version=3");
        Files.Write("/disk/file", "text");
        int fd = _proc.Install(Files.Open("/disk/file"));
        OpenFile again = Files.Open($"/proc/self/fd/{fd}");
        Assert.Equal(Errno.EBUSY, Files.Vfs.Unmount(Files.Root, "/disk"u8));
        again.Release();
        Assert.Equal(Errno.Success, Files.Vfs.Files.Close(Fixture.Job, fd));
        Assert.Equal(Errno.Success, Files.Vfs.Unmount(Files.Root, "/disk"u8));
    }

    [Fact]
    public void Listing_AndFollowing_WhileDescriptorsComeAndGo_AnswersAndLeaksNothing()
    {
        const int rounds = 2000;
        Files.Write("/tmp/file", "text");
        OpenFile root = Files.Open("/proc");
        int active = root.Inode.SuperBlock.ActiveInodes;
        int inMemory = Files.Root.SuperBlock.ActiveInodes;
        using CancellationTokenSource ended = new();
        Thread changing = new(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                int fd = _proc.Install(Files.Open(i % 2 == 0 ? "/tmp/file" : "/proc/self/status"));
                Assert.Equal(Errno.Success, Files.Vfs.Files.Close(Fixture.Job, fd));
            }

            ended.Cancel();
        });
        Thread[] reading = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() => ReadUntil(ended.Token)))];
        Array.ForEach([.. reading, changing], static thread => thread.Start());
        Assert.All((Thread[])[.. reading, changing], thread => Assert.True(thread.Join(TimeSpan.FromMinutes(2)), "a thread hangs"));
        Assert.Equal(active, root.Inode.SuperBlock.ActiveInodes);
        Assert.Equal(inMemory, Files.Root.SuperBlock.ActiveInodes);
        root.Release();
    }

    private void ReadUntil(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            foreach (string name in Files.List("/proc/self/fd").Skip(2))
            {
                (Errno error, string target) = _proc.ReadLink($"/proc/self/fd/{name}");
                Assert.True(error == Errno.ENOENT || target is "/tmp/file" or "/proc/20/status", $"{error} {target}");
                Errno opened = Files.TryOpen($"/proc/self/fd/{name}", OpenFlags.ReadOnly);
                Assert.True(opened is Errno.Success or Errno.ENOENT, opened.ToString());
            }
        }
    }
}
