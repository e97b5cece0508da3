using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

/// <summary>mount and umount by names and device nodes, as the system calls have them.</summary>
public sealed class MountTests
{
    private static readonly DeviceNumber s_number = new(7, 0);

    private readonly Fixture _files = new();
    private readonly MemoryDisk _disk = new(kibibytes: 512);

    public MountTests()
    {
        Assert.Equal(Errno.Success, _files.Vfs.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(_disk, "version=1,names=14"));
        Assert.Equal(Errno.Success, _files.Vfs.AddBlockDevice(s_number, _disk));
        _files.MakeDirectory("/m");
        _files.MakeDirectory("/n");
    }

    [Fact]
    public void Device_IsMountedByItsNode_AndItsNumberIsTold()
    {
        Assert.Equal(Errno.Success, Mount("/dev/memory", "/m", "minix"));
        Assert.Equal(s_number, _files.Stat("/m").Device);
        Assert.Equal("/dev/memory", _files.Vfs.Mounts()[^1].Source);
        _files.Write("/m/f", "kept");
        Assert.Equal(Errno.Success, Unmount("/m"));
        Assert.Equal(Errno.ENOENT, _files.StatError("/m/f"));
        Assert.Equal(Errno.Success, Mount("/dev/memory", "/n", "minix"));
        Assert.Equal("kept", _files.Read("/n/f"));
    }

    [Theory]
    [InlineData("/dev/memory", "/m", "ext4", Errno.ENODEV)]
    [InlineData("/dev/memory", "/none", "minix", Errno.ENOENT)]
    [InlineData("/dev/memory", "/none", "ext4", Errno.ENOENT)]
    [InlineData("/dev/none", "/m", "minix", Errno.ENOENT)]
    [InlineData("", "/m", "minix", Errno.EINVAL)]
    [InlineData("/dev/null", "/m", "minix", Errno.ENOTBLK)]
    [InlineData("/m", "/m", "minix", Errno.ENOTBLK)]
    [InlineData("/gone", "/m", "minix", Errno.ENXIO)]
    [InlineData("/dev/memory", "/file", "minix", Errno.ENOTDIR)]
    [InlineData("/dev/memory", "/", "minix", Errno.EBUSY)]
    [InlineData("pipe", "/m", "pipefs", Errno.EINVAL)]
    public void BadRequest_IsRefused_AndLeavesNothingBehind(string source, string path, string type, Errno expected)
    {
        _files.Write("/file", "");
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/gone"u8, InodeMode.BlockDevice | InodeMode.DefaultFile, new DeviceNumber(99, 9)));
        type = type == "pipefs" ? _files.Vfs.Pipes.Name : type;
        int references = _files.Root.References;
        int mounted = _files.Vfs.Mounts().Count;
        Assert.Equal(expected, Mount(source, path, type));
        Assert.Equal(references, _files.Root.References);
        Assert.Equal(mounted, _files.Vfs.Mounts().Count);
    }

    [Fact]
    public void Device_WithGarbage_IsRefused()
    {
        Array.Clear(_disk.Content);
        Assert.Equal(Errno.EINVAL, Mount("/dev/memory", "/m", "minix"));
        Assert.Equal(Errno.Success, _files.Vfs.RemoveDirectory(_files.Root, "/m"u8));
    }

    [Fact]
    public void Device_ThatIsMounted_IsBusy()
    {
        Assert.Equal(Errno.Success, Mount("/dev/memory", "/m", "minix"));
        Assert.Equal(Errno.EBUSY, Mount("/dev/memory", "/n", "minix"));
        Assert.Equal(Errno.EBUSY, Mount("/dev/memory", "/m", "minix"));
    }

    [Fact]
    public void Memory_IsMountedWithoutADevice_AsOftenAsWanted()
    {
        Assert.Equal(Errno.Success, Mount("tmpfs", "/m", "tmpfs"));
        Assert.Equal(Errno.Success, Mount("", "/n", "tmpfs"));
        Assert.Equal("none", _files.Vfs.Mounts()[^1].Source);
        _files.Write("/m/f", "one");
        Assert.Equal(Errno.ENOENT, _files.StatError("/n/f"));
    }

    [Fact]
    public void ReadOnly_RefusesChanges()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Mount(_files.Root, "tmpfs"u8, "/m"u8, "tmpfs", isReadOnly: true));
        Assert.Equal(Errno.EROFS, _files.TryOpen("/m/f", OpenFlags.WriteOnly | OpenFlags.Create));
        Assert.Equal(Errno.EROFS, _files.Vfs.MakeDirectory(_files.Root, "/m/d"u8, InodeMode.DefaultDirectory));
    }

    [Fact]
    public void Unmount_InUse_IsBusy()
    {
        Assert.Equal(Errno.Success, Mount("/dev/memory", "/m", "minix"));
        OpenFile file = _files.Open("/m/f", OpenFlags.WriteOnly | OpenFlags.Create);
        Assert.Equal(Errno.EBUSY, Unmount("/m"));
        file.Release();
        Assert.Equal(Errno.Success, _files.Vfs.TryResolveDirectory(_files.Root, "/m"u8, out Inode? current));
        Assert.Equal(Errno.EBUSY, Unmount("/m"));
        current!.Release();
        Assert.Equal(Errno.Success, Unmount("/m"));
        HostTool.AssertClean(_disk.Content, "unmounted");
    }

    [Fact]
    public void Unmount_WhereNothingIsMounted_IsRefused()
    {
        Assert.Equal(Errno.EINVAL, Unmount("/m"));
        Assert.Equal(Errno.ENOENT, Unmount("/none"));
        Assert.Equal(Errno.EBUSY, Unmount("/"));
        _files.Link("m", "/link");
        Assert.Equal(Errno.Success, Mount("", "/m", "tmpfs"));
        Assert.Equal(Errno.EINVAL, _files.Vfs.Unmount(_files.Root, "/link"u8, follows: false));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/link"u8));
    }

    private Errno Mount(string source, string path, string type) => _files.Vfs.Mount(_files.Root, Fixture.Bytes(source), Fixture.Bytes(path), type, isReadOnly: false);

    private Errno Unmount(string path) => _files.Vfs.Unmount(_files.Root, Fixture.Bytes(path));
}
