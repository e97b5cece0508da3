using KernelSockets.Simulation.Disk;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>The state of the super block, space that is freed, and directories that grow and shrink.</summary>
public sealed class StateTests
{
    private const int StateOffset = 1024 + 18;

    private readonly Fixture _files = new();
    private readonly List<string> _warnings = [];

    public StateTests() => _files.Vfs.Warn = _warnings.Add;

    [Theory]
    [InlineData("version=1")]
    [InlineData("version=2")]
    public void State_IsClean_UnlessSomethingHasChanged(string options)
    {
        MemoryDisk disk = new(kibibytes: 400);
        _files.MountMinix("/m", disk, options);
        Assert.Equal(1, disk.Content[StateOffset]);
        Assert.Equal(InodeMode.Directory, _files.Stat("/m").Mode.Type());
        Assert.Equal(1, disk.Content[StateOffset]);
        _files.MakeDirectory("/m/d");
        Assert.Equal(0, disk.Content[StateOffset]);
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        Assert.Equal(0, disk.Content[StateOffset]);
        Assert.Equal(Errno.Success, _files.Vfs.Settle());
        Assert.Equal(1, disk.Content[StateOffset]);
        _files.MakeDirectory("/m/e");
        Assert.Equal(0, disk.Content[StateOffset]);
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        Assert.Equal(1, disk.Content[StateOffset]);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void UncleanDevice_IsMountedWithAWarning_AndStaysSoUntilItIsChecked()
    {
        MemoryDisk disk = new(kibibytes: 400);
        _files.MountMinix("/m", disk, "version=2");
        _files.Write("/m/f", "x");
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        byte[] image = (byte[])disk.Content.Clone();

        Fixture later = new();
        later.Vfs.Warn = _warnings.Add;
        later.MakeDirectory("/m");
        MemoryDisk cut = new(image);
        later.Mount("/m", cut);
        Assert.Equal("memory: was not unmounted, and should be checked (fsck.minix)", Assert.Single(_warnings));
        Assert.Equal("x", later.Read("/m/f"));
        later.Write("/m/g", "y");
        Assert.Equal(Errno.Success, later.Vfs.Unmount(later.Root, "/m"u8));
        Assert.Equal(0, image[StateOffset]);
        Assert.Equal(default, OwnChecker.Run(image, CheckOptions.Repair).Outcome);
        Assert.Equal(1, image[StateOffset]);
        Assert.Equal("memory is clean, no check.", OwnChecker.Run(image, CheckOptions.Repair).Output);
    }

    [Fact]
    public void FileInUseWithoutAName_IsNotClean_ButGoneAfterACheck()
    {
        MemoryDisk disk = new(kibibytes: 400);
        _files.MountMinix("/m", disk, "version=1");
        OpenFile file = _files.Open("/m/f", OpenFlags.ReadWrite | OpenFlags.Create);
        Assert.Equal(IoResult.Ok(5000), file.Write(new byte[5000]));
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/f"u8));
        Assert.Equal(Errno.Success, _files.Vfs.Settle());
        Assert.Equal(0, disk.Content[StateOffset]);
        byte[] mended = HostTool.Repair(disk.Content, "a file without a name");
        HostTool.AssertClean(mended, "a file without a name");
        OwnChecker.Repair((byte[])disk.Content.Clone(), "a file without a name");
        file.Release();
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        Assert.Equal(1, disk.Content[StateOffset]);
        HostTool.AssertClean(disk.Content, "released");
    }

    [Theory]
    [InlineData("version=1")]
    [InlineData("version=3")]
    public void FullDisk_WritesBackToHaveWhatWasFreed(string options)
    {
        MemoryDisk blank = new(kibibytes: 400);
        Assert.Equal(Errno.Success, _files.Vfs.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(blank, options));
        RecordingDisk disk = new(blank.Content);
        _files.MakeDirectory("/m");
        _files.Mount("/m", disk);
        byte[] most = new byte[250_000];
        for (int round = 0; round < 5; round++)
        {
            OpenFile file = _files.Open("/m/f", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive);
            Assert.Equal(IoResult.Ok(most.Length), file.Write(most));
            file.Release();
            Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/f"u8));
        }

        // Four times there was no room but for what the last file had left.
        Assert.InRange(disk.Flushes.Count, 4, 100);
    }

    [Theory]
    [InlineData("version=1,names=14")]
    [InlineData("version=2,names=30")]
    [InlineData("version=3,names=60")]
    public void Directory_GrowsAndShrinks(string options)
    {
        MemoryDisk disk = new(kibibytes: 4096);
        _files.MountMinix("/m", disk, options);
        _files.MakeDirectory("/m/d");
        long empty = _files.Stat("/m/d").Size;
        for (int i = 0; i < 400; i++)
        {
            Assert.Equal(Errno.Success, _files.TryOpen($"/m/d/n{i}", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive));
        }

        Assert.Equal(empty / 2 * 402, _files.Stat("/m/d").Size);
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());

        // Gaps are used again once they are on the disk.
        for (int i = 0; i < 400; i += 2)
        {
            Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, Fixture.Bytes($"/m/d/n{i}")));
        }

        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        for (int i = 0; i < 150; i++)
        {
            Assert.Equal(Errno.Success, _files.TryOpen($"/m/d/again{i}", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive));
        }

        Assert.Equal(empty / 2 * 402, _files.Stat("/m/d").Size);
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        _files.RemoveAll("/m/d");
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());

        // The end goes with the first removal after that.
        _files.Write("/m/d/last", string.Empty);
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/d/last"u8));
        Assert.InRange(_files.Stat("/m/d").Size, empty, empty * 2);
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        HostTool.AssertClean(disk.Content, options);
    }

    [Fact]
    public void Directories_AreBoundedByTheirParentsLinks()
    {
        MemoryDisk disk = new(kibibytes: 4096);
        _files.MountMinix("/m", disk, "version=1,inodes=400");
        for (int i = 0; i < 248; i++)
        {
            _files.MakeDirectory($"/m/d{i}");
        }

        Assert.Equal(Errno.EMLINK, _files.Vfs.MakeDirectory(_files.Root, "/m/more"u8, InodeMode.DefaultDirectory));
        _files.MakeDirectory("/m/d0/e");
        Assert.Equal(Errno.EMLINK, _files.Vfs.Rename(_files.Root, "/m/d0/e"u8, "/m/e"u8));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        HostTool.AssertClean(disk.Content, "as many directories as there can be");
    }
}
