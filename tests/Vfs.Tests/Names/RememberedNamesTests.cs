using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Names;

/// <summary>What the walk remembers of names: how much, for how long, and that nobody is kept from anything by it.</summary>
public sealed class RememberedNamesTests
{
    private const int Names = 50;

    private readonly Fixture _files = new(Names);
    private readonly MemoryDisk _disk = new(kibibytes: 2048);

    public RememberedNamesTests() => _files.MountMinix("/m", _disk, "version=3");

    private int Remembered => _files.Vfs.RememberedNames;

    [Fact]
    public void Names_OfADisk_AreRemembered_MissingOnesToo()
    {
        _files.Write("/m/f", "x");
        _files.Vfs.ForgetNames();
        Assert.Equal(0, Remembered);
        _files.Stat("/m/f");
        Assert.Equal(1, Remembered);
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/none"));
        Assert.Equal(2, Remembered);
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/none"));
        _files.Stat("/m/f");
        Assert.Equal(2, Remembered);
    }

    [Fact]
    public void Name_ThatWasMissing_IsFoundOnceItIsMade()
    {
        foreach ((string name, Func<byte[], Errno> make) in (IEnumerable<(string, Func<byte[], Errno>)>)
        [
            ("directory", path => _files.Vfs.MakeDirectory(_files.Root, path, InodeMode.DefaultDirectory)),
            ("fifo", path => _files.Vfs.MakeNode(_files.Root, path, InodeMode.Fifo | InodeMode.DefaultFile, DeviceNumber.None)),
            ("symbolic", path => _files.Vfs.MakeSymbolicLink(_files.Root, "fifo"u8, path)),
            ("link", path => _files.Vfs.Link(_files.Root, "/m/fifo"u8, path, follows: false)),
            ("file", _ => _files.TryOpen("/m/file", OpenFlags.WriteOnly | OpenFlags.Create)),
            ("renamed", path => _files.Vfs.Rename(_files.Root, "/m/file"u8, path)),
        ])
        {
            Assert.Equal(Errno.ENOENT, _files.StatError($"/m/{name}", follows: false));
            Assert.Equal(Errno.Success, make(Fixture.Bytes($"/m/{name}")));
            _files.Stat($"/m/{name}", follows: false);
        }

        Assert.Equal(Errno.ENOENT, _files.StatError("/m/file"));
    }

    [Fact]
    public void MoreNamesThanThereIsRoomFor_LeaveAsManyAsThereIs()
    {
        for (int i = 0; i < 3 * Names; i++)
        {
            _files.Write($"/m/{i}", "x");
            Assert.Equal(Errno.ENOENT, _files.StatError($"/m/none{i}"));
            Assert.InRange(Remembered, 1, Names);
        }

        Assert.Equal(Names, Remembered);
        for (int i = 0; i < 3 * Names; i++)
        {
            Assert.Equal(1, _files.Stat($"/m/{i}").Size);
        }
    }

    [Fact]
    public void FileSystem_WhoseNamesAreRemembered_IsUnmounted_ButNotWhileAFileIsOpen()
    {
        _files.MakeDirectory("/m/d");
        _files.Write("/m/d/f", "kept");
        OpenFile file = _files.Open("/m/d/f");
        Assert.Equal(Errno.EBUSY, _files.Vfs.Unmount(_files.Root, "/m"u8));
        Assert.Equal("kept", Fixture.ReadAll(file));
        file.Release();
        _files.Stat("/m/d/f");
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/d/none"));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        Assert.Equal(0, Remembered);
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/d/f"));
        HostTool.AssertClean(_disk.Content, "unmounted");
        _files.Mount("/m", _disk, isReadOnly: true);
        Assert.Equal("kept", _files.Read("/m/d/f"));
    }

    [Fact]
    public void Unlink_FreesTheSpaceAtOnce_ThoughTheNameWasRemembered()
    {
        _files.Stat("/m");
        long free = FreeBlocks();
        _files.Write("/m/f", new string('x', 5000));
        Assert.Equal(Errno.Success, _files.Vfs.Link(_files.Root, "/m/f"u8, "/m/g"u8, follows: false));
        _files.Stat("/m/f");
        _files.Stat("/m/g");
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/f"u8));
        Assert.Equal(1u, _files.Stat("/m/g").LinkCount);
        Assert.True(FreeBlocks() < free);
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, "/m/g"u8));
        Assert.Equal(free, FreeBlocks());
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/g"));
    }

    [Fact]
    public void Directory_ThatIsCovered_ShowsWhatIsMounted_AndAgainItsOwn()
    {
        _files.MakeDirectory("/m/on");
        _files.Write("/m/on/below", "x");
        _files.Stat("/m/on/below");
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/on/above"));
        Assert.Equal(Errno.Success, _files.Vfs.Mount(_files.Root, "/m/on"u8, FileSystemType.Memory, device: null, isReadOnly: false));
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/on/below"));
        _files.Write("/m/on/above", "x");
        Assert.Equal(Errno.EBUSY, _files.Vfs.Unmount(_files.Root, "/m"u8));
        Assert.Equal(Errno.EBUSY, _files.Vfs.RemoveDirectory(_files.Root, "/m/on"u8));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m/on"u8));
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/on/above"));
        _files.Stat("/m/on/below");
    }

    [Fact]
    public void DirectoryMovedElsewhere_TakesItsNamesAlong_AndDotsLeadToTheNewParent()
    {
        foreach (string path in (string[])["/m/a", "/m/b", "/m/a/d"])
        {
            _files.MakeDirectory(path);
        }

        _files.Write("/m/a/d/f", "x");
        ulong number = _files.Stat("/m/a/d/f").InodeNumber;
        Assert.Equal(_files.Stat("/m/a").InodeNumber, _files.Stat("/m/a/d/..").InodeNumber);
        Assert.Equal(Errno.Success, _files.Vfs.Rename(_files.Root, "/m/a/d"u8, "/m/b/e"u8));
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/a/d/f"));
        Assert.Equal(number, _files.Stat("/m/b/e/f").InodeNumber);
        Assert.Equal(_files.Stat("/m/b").InodeNumber, _files.Stat("/m/b/e/..").InodeNumber);
    }

    [Fact]
    public void DirectoryRemovedUnderItsUser_LeadsNowhere_AndItsSuccessorIsAnother()
    {
        _files.MakeDirectory("/m/d");
        _files.Write("/m/d/f", "x");
        Assert.Equal(Errno.Success, _files.Vfs.TryResolveDirectory(_files.Root, "/m/d"u8, out Inode? directory));
        Assert.Equal(Errno.Success, _files.Vfs.Unlink(directory!, "f"u8));
        Assert.Equal(Errno.Success, _files.Vfs.RemoveDirectory(_files.Root, "/m/d"u8));
        Assert.Equal(Errno.ENOENT, _files.Vfs.Stat(directory!, "f"u8, follows: true, out _));
        _files.MakeDirectory("/m/d");
        _files.Write("/m/d/f", "yy");
        Assert.Equal(Errno.ENOENT, _files.Vfs.Stat(directory!, "f"u8, follows: true, out _));
        directory!.Release();
        Assert.Equal(2, _files.Stat("/m/d/f").Size);
    }

    [Theory]
    [InlineData("/tmp")]
    [InlineData("/dev")]
    [InlineData("/proc")]
    public void FileSystem_ThatChangesByItselfOrIsInMemoryAnyhow_IsAskedEveryTime(string path)
    {
        if (path == "/proc")
        {
            Assert.Equal(Errno.Success, _files.Vfs.MountProc());
        }

        _files.Stat(path);
        Assert.Equal(Errno.ENOENT, _files.StatError($"{path}/none"));
        Assert.Equal(0, Remembered);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Names)]
    public void Name_WhoseInodeHasLostItsLastLink_LeadsNowhere(int names)
    {
        // The count on the disk is one too low, as it may be after damage.
        _files.Write("/m/f", "x");
        Assert.Equal(Errno.Success, _files.Vfs.Link(_files.Root, "/m/f"u8, "/m/g"u8, follows: false));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));
        int inode = _disk.Content.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xA4, 0x81, 2, 0]); // mode and links
        _disk.Content[inode + 2] = 1;

        Fixture files = new(names);
        files.MakeDirectory("/m");
        files.Mount("/m", _disk);
        files.Stat("/m/g");
        Assert.Equal(Errno.Success, files.Vfs.Unlink(files.Root, "/m/f"u8));
        Assert.Equal(Errno.EUCLEAN, files.StatError("/m/g"));
    }

    private long FreeBlocks()
    {
        Assert.Equal(Errno.Success, _files.Vfs.StatFileSystem(_files.Root, "/m"u8, out FileSystemStatistics statistics));
        return (long)statistics.FreeBlocks;
    }
}
