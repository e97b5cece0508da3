using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

/// <summary>sendfile, copy_file_range and lseek's search for data.</summary>
public sealed class FileCopyTests
{
    private const int Long = 200_000;

    private readonly Fixture _files = new();

    [Fact]
    public void Range_IsCopied_AndPositionsMove()
    {
        string text = string.Concat(Enumerable.Range(0, Long / 8).Select(static i => $"{i,7}\n"));
        _files.Write("/from", text);
        OpenFile source = _files.Open("/from");
        OpenFile target = _files.Open("/to", OpenFlags.WriteOnly | OpenFlags.Create);
        Assert.Equal(IoResult.Ok(100), FileCopy.CopyRange(source, null, target, null, 100));
        Assert.Equal(IoResult.Ok(Long - 100), FileCopy.Send(source, null, target, int.MaxValue - 5000));
        Assert.Equal(IoResult.Ok(0), FileCopy.Send(source, null, target, 10));
        Assert.Equal((Long, Long), (source.Position, target.Position));
        Assert.Equal(text, _files.Read("/to"));
        Assert.Equal(IoResult.Ok(8), FileCopy.CopyRange(source, 8, target, 0, 8));
        Assert.Equal(IoResult.Ok(8), FileCopy.Send(source, 16, target, 8));
        Assert.Equal((Long, Long + 8), (source.Position, target.Position));
        Assert.StartsWith("      1\n      1\n", _files.Read("/to"), StringComparison.Ordinal);
        Assert.EndsWith("      2\n", _files.Read("/to"), StringComparison.Ordinal);
    }

    [Fact]
    public void BadRequest_IsRefused()
    {
        _files.Write("/from", "text");
        OpenFile source = _files.Open("/from");
        OpenFile both = _files.Open("/from", OpenFlags.ReadWrite);
        OpenFile appending = _files.Open("/to", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append);
        OpenFile directory = _files.Open("/dev");
        OpenFile device = _files.Open("/dev/null", OpenFlags.ReadWrite);
        Assert.Equal((IoResult)Errno.EBADF, FileCopy.CopyRange(source, 0, source, 0, 1));
        Assert.Equal((IoResult)Errno.EBADF, FileCopy.CopyRange(source, 0, appending, 0, 1));
        Assert.Equal((IoResult)Errno.EISDIR, FileCopy.CopyRange(directory, 0, both, 0, 1));
        Assert.Equal((IoResult)Errno.EINVAL, FileCopy.CopyRange(source, 0, device, 0, 1));
        Assert.Equal((IoResult)Errno.EINVAL, FileCopy.CopyRange(source, -1, both, 0, 1));
        Assert.Equal((IoResult)Errno.EINVAL, FileCopy.CopyRange(source, 0, both, 1, 3));
        Assert.Equal(IoResult.Ok(0), FileCopy.CopyRange(source, 4, both, 4, 3));
        Assert.Equal(IoResult.Ok(1), FileCopy.CopyRange(source, 3, both, 5, 3));
        Assert.Equal(Errno.Success, both.Truncate(4));
        Assert.Equal((IoResult)Errno.EOVERFLOW, FileCopy.CopyRange(source, long.MaxValue, both, 1, 3));
        Assert.Equal((IoResult)Errno.EBADF, FileCopy.Send(source, 0, source, 1));
        Assert.Equal((IoResult)Errno.EINVAL, FileCopy.Send(source, 0, appending, 1));
        Assert.Equal((IoResult)Errno.EINVAL, FileCopy.Send(device, 0, both, 1));
        Assert.Equal((IoResult)Errno.EINVAL, FileCopy.Send(directory, 0, both, 1));
        Assert.Equal((IoResult)Errno.EINVAL, FileCopy.Send(source, -1, both, 1));
        Assert.Equal(IoResult.Ok(4), FileCopy.Send(source, 0, device, 100));
        Assert.Equal("text", _files.Read("/from"));
    }

    [Theory]
    [InlineData(3, 0, 0, Errno.Success)]
    [InlineData(3, 2, 2, Errno.Success)]
    [InlineData(4, 0, 4, Errno.Success)]
    [InlineData(4, 3, 4, Errno.Success)]
    [InlineData(3, 4, 0, Errno.ENXIO)]
    [InlineData(4, 4, 0, Errno.ENXIO)]
    [InlineData(3, -1, 0, Errno.ENXIO)]
    [InlineData(5, 0, 0, Errno.EINVAL)]
    public void Seek_ToDataAndHoles_FindsAllToBeData(int origin, long offset, long expected, Errno error)
    {
        _files.Write("/from", "text");
        OpenFile file = _files.Open("/from");
        Assert.Equal(error, file.Seek(offset, (SeekOrigin)origin, out long position));
        Assert.Equal(expected, position);
    }

    [Fact]
    public void CloseRange_ClosesWhatTheJobOwns()
    {
        const int other = 2;
        FileTable table = _files.Vfs.Files;
        Assert.Equal(Errno.Success, table.AddJob(other, null, null, null));
        int[] fds = new int[4];
        for (int i = 0; i < fds.Length; i++)
        {
            Assert.Equal(Errno.Success, table.TryInstall(i == 2 ? other : Fixture.Job, _files.Open("/dev/null"), false, out fds[i]));
        }

        table.CloseRange(Fixture.Job, (uint)fds[1], uint.MaxValue, isMarked: true);
        Assert.Equal(4, table.CountOf(Fixture.Job) + table.CountOf(other));
        Assert.Equal([false, true, false, true], fds.Select(fd => IsMarked(table, fd)));
        table.CloseRange(Fixture.Job, (uint)fds[1], uint.MaxValue, isMarked: false);
        Assert.Equal((1, 1), (table.CountOf(Fixture.Job), table.CountOf(other)));
        table.CloseRange(Fixture.Job, uint.MaxValue, uint.MaxValue, isMarked: false);
    }

    private static bool IsMarked(FileTable table, int fd)
    {
        Assert.Equal(Errno.Success, table.DescriptorFlag(Fixture.Job, fd, change: null, out bool isMarked));
        return isMarked;
    }
}
