namespace KernelSockets.Vfs.Tests;

/// <summary>What a file system says that supports nothing: Linux's answers.</summary>
public sealed class FileSystemOpsTests
{
    private readonly Bare _bare = new();
    private readonly Inode _directory;
    private readonly OpenFile _file;

    public FileSystemOpsTests()
    {
        SuperBlock superBlock = new(_bare, new DeviceNumber(0, 9));
        _directory = new Inode(superBlock, 1, InodeMode.Directory | InodeMode.DefaultDirectory);
        Assert.Equal(Errno.Success, OpenFile.TryOpen(new Inode(superBlock, 2, InodeMode.Regular), _bare, OpenFlags.ReadWrite, out OpenFile? file));
        _file = file!;
    }

    [Fact]
    public void Names_AreRefused()
    {
        Assert.Equal(Errno.ENOTDIR, _bare.Namei(_directory, "a"u8, out _));
        Assert.Equal(Errno.ENOTDIR, _bare.Open(_directory, "a"u8, OpenFlags.ReadOnly, InodeMode.None, out _));
        Assert.Equal(Errno.EPERM, _bare.MakeDirectory(_directory, "a"u8, InodeMode.None));
        Assert.Equal(Errno.EPERM, _bare.RemoveDirectory(_directory, "a"u8));
        Assert.Equal(Errno.EPERM, _bare.Unlink(_directory, "a"u8));
        Assert.Equal(Errno.EPERM, _bare.Link(_file.Inode, _directory, "a"u8));
        Assert.Equal(Errno.EPERM, _bare.MakeNode(_directory, "a"u8, InodeMode.Fifo, DeviceNumber.None));
        Assert.Equal(Errno.EPERM, _bare.MakeSymbolicLink(_directory, "a"u8, "b"u8));
        Assert.Equal(Errno.EPERM, _bare.Rename(_directory, "a"u8, _directory, "b"u8));
    }

    [Fact]
    public void Files_AreRefused()
    {
        byte[] buffer = new byte[4];
        Assert.Equal((IoResult)Errno.EINVAL, _file.Read(buffer));
        Assert.Equal((IoResult)Errno.EINVAL, _file.Write(buffer));
        Assert.Equal((IoResult)Errno.ENOTTY, _file.Ioctl(IoctlRequest.BytesAvailable, 0, buffer));
        Assert.Equal((IoResult)Errno.ENOTDIR, _file.ReadDirectory(buffer));
        Assert.Equal(Errno.EINVAL, _bare.Truncate(_file.Inode, 0));
        Assert.Equal(Errno.EISDIR, _bare.Truncate(_directory, 0));
        Assert.Equal(Errno.EINVAL, _bare.Sync(_file, isDataOnly: false));
        Assert.Equal((IoResult)Errno.EINVAL, _bare.ReadLink(_file.Inode, buffer));
        Assert.Equal(PollEvents.In | PollEvents.Out, _file.Poll(PollEvents.In | PollEvents.Out, null));
    }

    [Fact]
    public void FileSystem_CannotBeMadeOrMounted()
    {
        Assert.Equal(Errno.EOPNOTSUPP, _bare.MakeFileSystem(null!, string.Empty));
        Assert.Equal(Errno.EINVAL, _bare.Super(null, DeviceNumber.None, isReadOnly: false, out _));
    }

    [Fact]
    public void Permission_OfRoot_LacksOnlyWhatNobodyMayExecute()
    {
        Assert.Equal(Errno.Success, _bare.Permission(_file.Inode, AccessMask.Read | AccessMask.Write));
        Assert.Equal(Errno.EACCES, _bare.Permission(_file.Inode, AccessMask.Execute));
        Assert.Equal(Errno.Success, _bare.Permission(_directory, AccessMask.Execute));
        _file.Inode.Mode |= (InodeMode)1;
        Assert.Equal(Errno.Success, _bare.Permission(_file.Inode, AccessMask.Execute));
    }

    [Fact]
    public void SetNonBlocking_WorksOnEveryFile()
    {
        byte[] on = [1, 0, 0, 0];
        Assert.Equal(IoResult.Ok(0), _file.Ioctl(IoctlRequest.SetNonBlocking, 0, on));
        Assert.True(_file.IsNonBlocking);
        Assert.Equal(IoResult.Ok(0), _file.Ioctl(IoctlRequest.SetNonBlocking, 0, new byte[4]));
        Assert.False(_file.IsNonBlocking);
        Assert.Equal((IoResult)Errno.EFAULT, _file.Ioctl(IoctlRequest.SetNonBlocking, 0, []));
    }

    [Fact]
    public void Table_TakesEachTypeOnce()
    {
        FileSystemTable table = new();
        Assert.Null(table.Find(FileSystemType.Minix));
        Assert.Equal(Errno.Success, table.Register(_bare));
        Assert.Equal(Errno.EBUSY, table.Register(new Bare()));
        Assert.Same(_bare, table.Find(FileSystemType.Minix));
        Assert.Same(_bare, table.Find("bare"));
        Assert.Null(table.Find("other"));
        Assert.Null(table.Find(FileSystemType.Count));
        Assert.Null(table.Find((FileSystemType)(-1)));
    }

    [Fact]
    public void UnmountableCount_FollowsReferences()
    {
        SuperBlock superBlock = new(_bare, DeviceNumber.None);
        Inode inode = new(superBlock, 1, InodeMode.Regular);
        Assert.Equal(1, superBlock.ActiveInodes);
        inode.Hold();
        inode.Release();
        Assert.Equal(1, superBlock.ActiveInodes);
        inode.Release();
        Assert.Equal(0, superBlock.ActiveInodes);
    }

    [Theory]
    [InlineData(1u, 3u, 0x103ul)]
    [InlineData(8u, 0u, 0x800ul)]
    [InlineData(0xABCu, 0xFEDCBu, 0xFEDABCCBul)]
    public void DeviceNumber_Encoding_IsLinuxs(uint major, uint minor, ulong encoded)
    {
        Assert.Equal(encoded, new DeviceNumber(major, minor).Encoded);
        Assert.Equal(new DeviceNumber(major, minor), DeviceNumber.Decode(encoded));
    }

    [Fact]
    public void Stat_BytesBefore1970_CountNanosecondsUpwards()
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch - TimeSpan.FromSeconds(1.25);
        FileStat stat = new(new DeviceNumber(8, 1), 2, InodeMode.Regular, 3, 4, 5, DeviceNumber.None, 6, 7, 8, time, time, time);
        byte[] bytes = new byte[FileStat.Size64];
        stat.Write(bytes);
        Assert.Equal(0x801, BitConverter.ToInt64(bytes, 0));
        Assert.Equal((2, 3), (BitConverter.ToInt64(bytes, 8), BitConverter.ToInt64(bytes, 16)));
        Assert.Equal((0x8000, 4, 5), (BitConverter.ToInt32(bytes, 24), BitConverter.ToInt32(bytes, 28), BitConverter.ToInt32(bytes, 32)));
        Assert.Equal((6, 7, 8), (BitConverter.ToInt64(bytes, 48), BitConverter.ToInt64(bytes, 56), BitConverter.ToInt64(bytes, 64)));
        Assert.Equal((-2, 750_000_000), (BitConverter.ToInt64(bytes, 72), BitConverter.ToInt64(bytes, 80)));
    }

    private sealed class Bare : FileSystemOps
    {
        public override FileSystemType Type => FileSystemType.Minix;

        public override string Name => "bare";
    }
}
