using System.Text;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

public sealed class PathTests
{
    private readonly Fixture _files = new();

    public PathTests()
    {
        _files.MakeDirectory("/a");
        _files.MakeDirectory("/a/b");
        _files.Write("/a/file", "text");
        _files.Link("b", "/a/relative");
        _files.Link("/a/b", "/a/absolute");
        _files.Link("nowhere", "/a/dangling");
        _files.Link("file", "/a/tofile");
    }

    [Theory]
    [InlineData("/", Errno.Success)]
    [InlineData("///", Errno.Success)]
    [InlineData("/a/./b/../b//", Errno.Success)]
    [InlineData("/../../a", Errno.Success)]
    [InlineData("a/b", Errno.Success)]
    [InlineData("", Errno.ENOENT)]
    [InlineData("/a/none", Errno.ENOENT)]
    [InlineData("/none/b", Errno.ENOENT)]
    [InlineData("/a/file/", Errno.ENOTDIR)]
    [InlineData("/a/file/b", Errno.ENOTDIR)]
    [InlineData("/a/file/..", Errno.ENOTDIR)]
    [InlineData("/a/relative/..", Errno.Success)]
    [InlineData("/a/absolute/../file", Errno.Success)]
    [InlineData("/a/tofile/", Errno.ENOTDIR)]
    [InlineData("/a/dangling", Errno.ENOENT)]
    [InlineData("/a/dangling/", Errno.ENOENT)]
    public void Stat_Path_SaysWhatLinuxSays(string path, Errno expected) => Assert.Equal(expected, _files.StatError(path));

    [Fact]
    public void Stat_LinkNotFollowed_IsTheLink()
    {
        Assert.Equal(InodeMode.SymbolicLink, _files.Stat("/a/dangling", follows: false).Mode.Type());
        Assert.Equal("nowhere".Length, _files.Stat("/a/dangling", follows: false).Size);

        // A slash behind it follows it all the same.
        Assert.Equal(InodeMode.Directory, _files.Stat("/a/relative/", follows: false).Mode.Type());
    }

    [Fact]
    public void Links_FortyAreFollowed_OneMoreIsALoop()
    {
        _files.Link("/a/file", "/link1");
        for (int i = 2; i <= 41; i++)
        {
            _files.Link($"link{i - 1}", $"/link{i}");
        }

        Assert.Equal(Errno.Success, _files.StatError("/link40"));
        Assert.Equal(Errno.ELOOP, _files.StatError("/link41"));
        _files.Link("self", "/self");
        Assert.Equal(Errno.ELOOP, _files.StatError("/self"));
        Assert.Equal(Errno.ELOOP, _files.StatError("/self/more"));
    }

    [Fact]
    public void Path_OfNameMaxAndPathMax_IsTheLongest()
    {
        string longest = new('n', 255);
        _files.Write("/" + longest, "x");
        Assert.Equal("x", _files.Read("/" + longest));
        Assert.Equal(Errno.ENAMETOOLONG, _files.StatError("/" + longest + "n"));
        string slashes = new('/', 4094);
        Assert.Equal(Errno.Success, _files.StatError(slashes + "a"));
        Assert.Equal(Errno.ENAMETOOLONG, _files.StatError(slashes + "aa"));
    }

    [Fact]
    public void Links_WhoseTargetsAddUpBeyondPathMax_AreTooLong()
    {
        _files.Link(new string('/', 3000), "/long");
        Assert.Equal(Errno.Success, _files.StatError("/long"));
        Assert.Equal(Errno.ENAMETOOLONG, _files.StatError("/long/" + string.Concat(Enumerable.Repeat("a/../", 400)) + "a"));
    }

    [Fact]
    public void GetPath_OfADirectoryBelowAMount_IsItsWholePath()
    {
        _files.MakeDirectory("/dev/sub");
        _files.MakeDirectory("/dev/sub/below");
        Assert.Equal("/dev/sub/below", PathOf("/dev/sub/below"));
        Assert.Equal("/dev", PathOf("/dev"));
        Assert.Equal("/a/b", PathOf("/a/absolute"));
        Assert.Equal("/", PathOf("/"));
        Assert.Equal(Errno.Success, _files.Vfs.TryResolveDirectory(_files.Root, "/a/b"u8, out Inode? directory));
        Assert.Equal(Errno.ERANGE, _files.Vfs.GetPath(directory!, new byte[3]).Error);
        Assert.Equal(Errno.Success, _files.Vfs.RemoveDirectory(_files.Root, "/a/b"u8));
        Assert.Equal(Errno.ENOENT, _files.Vfs.GetPath(directory!, new byte[100]).Error);
        directory!.Release();
    }

    [Fact]
    public void DotDot_AtTheRootOfAMount_LeadsOut()
    {
        Assert.Equal(_files.Stat("/").InodeNumber, _files.Stat("/dev/..").InodeNumber);
        Assert.Equal(_files.Stat("/").Device, _files.Stat("/dev/..").Device);
        Assert.NotEqual(_files.Stat("/").Device, _files.Stat("/dev").Device);
        Assert.Equal("text", _files.Read("/dev/../a/file"));
    }

    [Fact]
    public void RemovedDirectory_AsCurrentOne_HasNoFilesAndAParentAsLongAsThatLives()
    {
        _files.MakeDirectory("/x");
        _files.MakeDirectory("/x/y");
        Assert.Equal(Errno.Success, _files.Vfs.TryResolveDirectory(_files.Root, "/x/y"u8, out Inode? current));
        Assert.Equal(Errno.Success, _files.Vfs.RemoveDirectory(_files.Root, "/x/y"u8));
        Assert.Equal(Errno.Success, _files.Vfs.Stat(current!, ".."u8, follows: true, out _));
        Assert.Equal(Errno.ENOENT, _files.Vfs.MakeDirectory(current!, "new"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.ENOENT, _files.Vfs.TryOpen(current!, "new"u8, OpenFlags.Create | OpenFlags.WriteOnly, InodeMode.DefaultFile, out _));
        Assert.Equal(Errno.Success, _files.Vfs.RemoveDirectory(_files.Root, "/x"u8));
        Assert.Equal(Errno.ENOENT, _files.Vfs.Stat(current!, ".."u8, follows: true, out _));
        current!.Release();
    }

    [Fact]
    public void Mount_CoversAndUncovers()
    {
        _files.MakeDirectory("/mnt");
        _files.Write("/mnt/under", "under");
        Assert.Equal(Errno.Success, _files.Vfs.Mount(_files.Root, "/mnt"u8, FileSystemType.Memory, null, isReadOnly: false));
        Assert.Equal(Errno.ENOENT, _files.StatError("/mnt/under"));
        _files.Write("/mnt/above", "above");
        Assert.Equal(Errno.EBUSY, _files.Vfs.RemoveDirectory(_files.Root, "/mnt"u8));
        Assert.Equal(Errno.EBUSY, _files.Vfs.Rename(_files.Root, "/mnt"u8, "/other"u8));
        Assert.Equal(Errno.EXDEV, _files.Vfs.Rename(_files.Root, "/mnt/above"u8, "/above"u8));
        Assert.Equal(Errno.EXDEV, _files.Vfs.Link(_files.Root, "/mnt/above"u8, "/above"u8, follows: false));
        OpenFile open = _files.Open("/mnt/above");
        Assert.Equal(Errno.EBUSY, _files.Vfs.Unmount(_files.Root, "/mnt"u8));
        open.Release();
        Assert.Equal(Errno.EINVAL, _files.Vfs.Unmount(_files.Root, "/a"u8));
        Assert.Equal(Errno.EBUSY, _files.Vfs.Unmount(_files.Root, "/"u8));
        Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/mnt"u8));
        Assert.Equal("under", _files.Read("/mnt/under"));
        Assert.Equal(Errno.EINVAL, _files.Vfs.Unmount(_files.Root, "/mnt"u8));
    }

    [Fact]
    public void Mount_BadArguments_AreRefused()
    {
        Assert.Equal(Errno.ENOTDIR, _files.Vfs.Mount(_files.Root, "/a/file"u8, FileSystemType.Memory, null, isReadOnly: false));
        Assert.Equal(Errno.ENOENT, _files.Vfs.Mount(_files.Root, "/none"u8, FileSystemType.Memory, null, isReadOnly: false));
        Assert.Equal(Errno.ENODEV, _files.Vfs.Mount(_files.Root, "/a"u8, FileSystemType.None, null, isReadOnly: false));
        Assert.Equal(Errno.EINVAL, _files.Vfs.Mount(_files.Root, "/a"u8, FileSystemType.Pipe, null, isReadOnly: false));
        Assert.Equal(Errno.EBUSY, _files.Vfs.Mount(_files.Root, "/"u8, FileSystemType.Memory, null, isReadOnly: false));
        Assert.Equal(2, _files.Vfs.Mounts().Count);
    }

    [Fact]
    public void ReadOnlyMount_RefusesEveryChange()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Mount(_files.Root, "/a/b"u8, FileSystemType.Memory, null, isReadOnly: true));
        Assert.Equal(Errno.EROFS, _files.Vfs.MakeDirectory(_files.Root, "/a/b/new"u8, InodeMode.DefaultDirectory));
        Assert.Equal(Errno.EROFS, _files.TryOpen("/a/b/new", OpenFlags.WriteOnly | OpenFlags.Create));
        Assert.Equal(Errno.ENOENT, _files.TryOpen("/a/b/new", OpenFlags.WriteOnly));
        Assert.Equal(Errno.EROFS, _files.Vfs.Access(_files.Root, "/a/b"u8, AccessMask.Write));
        Assert.Equal(Errno.ENOENT, _files.Vfs.Unlink(_files.Root, "/a/b/new"u8));
    }

    private string PathOf(string path)
    {
        Assert.Equal(Errno.Success, _files.Vfs.TryResolveDirectory(_files.Root, Fixture.Bytes(path), out Inode? directory));
        byte[] buffer = new byte[100];
        IoResult result = _files.Vfs.GetPath(directory!, buffer);
        directory!.Release();
        Assert.True(result.IsSuccess, result.Error.ToString());
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
