using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

public sealed class FileTableTests
{
    private const int Job = 1;
    private const int Other = 2;

    private readonly Fixture _files = new();
    private readonly FileTable _table = new(capacity: 10, jobLimit: 6);

    public FileTableTests()
    {
        OpenFile console = Null();
        Assert.Equal(Errno.Success, _table.AddJob(Job, console, console, console));
        Assert.Equal(Errno.Success, _table.AddJob(Other, console, console, null));
        console.Release();
    }

    [Fact]
    public void StandardFiles_BelongToTheirJob()
    {
        Assert.Equal(Errno.Success, _table.Close(Job, 1));
        Assert.Equal(Errno.EBADF, _table.TryGet(Job, 1, out _));
        Assert.Equal(1, Install(Job));
        AssertOpen(Other, 1);
        Assert.Equal(2, Install(Other));
        Assert.Equal(Errno.EBADF, _table.TryGet(99, 0, out _));
    }

    [Fact]
    public void StandardFiles_OfAJobLikeAnother_AreTheSameAndItsOwn()
    {
        _ = _table.TryGet(Job, 0, out OpenFile? console);
        int before = console!.References;
        Assert.Equal(Errno.Success, _table.AddJobLike(3, Other));
        Assert.Equal(before + 2, console.References);
        Assert.Equal(Errno.EBADF, _table.TryGet(3, 2, out _));
        Assert.Equal(Errno.EEXIST, _table.AddJobLike(3, Job));
        Assert.Equal(Errno.Success, _table.AddJobLike(4, 99));
        Assert.Equal(Errno.EBADF, _table.TryGet(4, 0, out _));
        _table.EndJob(3);
        Assert.Equal(before, console.References);
        console.Release();
    }

    [Fact]
    public void StandardFiles_Replaced_LetTheOldOnesGo()
    {
        _ = _table.TryGet(Job, 0, out OpenFile? console);
        OpenFile other = Null();
        int before = console!.References;
        _table.ReplaceStandard(Job, other, console, null);
        Assert.Equal((before - 2, 2), (console.References, other.References));
        Assert.Equal(2, _table.CountOf(Job));
        _table.ReplaceStandard(Job, null, null, null);
        Assert.Equal((before - 3, 1), (console.References, other.References));
        Assert.Equal(0, _table.CountOf(Job));
        _table.ReplaceStandard(99, other, other, other);
        Assert.Equal(1, other.References);
        other.Release();
        console.Release();
    }

    [Fact]
    public void SameFile_IsTold()
    {
        Assert.Equal(Errno.Success, _table.Duplicate(Job, 1, 0, isClosedOnExec: false, out int duplicate));
        Assert.True(_table.IsSameFile(Job, duplicate, 1));
        Assert.False(_table.IsSameFile(Job, Install(Job), 1));
        Assert.False(_table.IsSameFile(Job, 9, 1));
        Assert.False(_table.IsSameFile(Job, -1, int.MaxValue));
        Assert.False(_table.IsSameFile(Other, 2, 2));
    }

    [Fact]
    public void Descriptors_AboveTwo_AreShared_AndTheLowestIsTaken()
    {
        Assert.Equal(3, Install(Job));
        Assert.Equal(2, Install(Other));
        Assert.Equal(4, Install(Other));
        Assert.Equal(5, Install(Job));
        AssertOpen(Other, 3);
        AssertOpen(99, 3);
        Assert.Equal(Errno.Success, _table.Close(Other, 3));
        Assert.Equal(3, Install(Job));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Descriptor_ThatIsNotOpen_IsBad(int fd)
    {
        Assert.Equal(Errno.EBADF, _table.TryGet(Job, fd, out _));
        Assert.Equal(Errno.EBADF, _table.Close(Job, fd));
        Assert.Equal(Errno.EBADF, _table.Duplicate(Job, fd, 0, false, out _));
        Assert.Equal(Errno.EBADF, _table.DuplicateTo(Job, fd, 5, false, refusesSame: false));
        Assert.Equal(Errno.EBADF, _table.DescriptorFlag(Job, fd, null, out _));
    }

    [Fact]
    public void FullJob_IsEMFILE_FullTable_IsENFILE()
    {
        Assert.Equal([3, 4, 5], [Install(Job), Install(Job), Install(Job)]);
        OpenFile file = Null();
        Assert.Equal(Errno.EMFILE, _table.TryInstall(Job, file, false, out _));
        Assert.Equal(Errno.EMFILE, _table.DuplicateTo(Job, 0, 7, false, refusesSame: false));
        Assert.Equal([2, 6, 7, 8], [Install(Other), Install(Other), Install(Other), Install(Other)]);
        Assert.Equal(Errno.EMFILE, _table.TryInstall(Other, file, false, out _));
        Assert.Equal(Errno.Success, _table.AddJob(3, null, null, null));
        Assert.Equal([0, 1, 2, 9], [Install(3), Install(3), Install(3), Install(3)]);
        Assert.Equal(Errno.ENFILE, _table.TryInstall(3, file, false, out _));
        Assert.Equal(4, _table.Refused);
        Assert.Equal(1, file.References);
        file.Release();
    }

    [Fact]
    public void TenThousandDescriptors_AreOneJobs_AndTheLowestFreeOneIsFound()
    {
        const int count = 10_000;
        FileTable table = new();
        Assert.Equal(Errno.Success, table.AddJob(Job, null, null, null));
        OpenFile file = Null();
        for (int i = 0; i < count; i++)
        {
            file.Hold();
            Assert.Equal(Errno.Success, table.TryInstall(Job, file, false, out int fd));
            Assert.Equal(i, fd);
        }

        foreach (int freed in (int[])[5_000, 17, 9_999, 64, 4_095])
        {
            Assert.Equal(Errno.Success, table.Close(Job, freed));
        }

        foreach (int expected in (int[])[17, 64, 4_095, 5_000, 9_999, count])
        {
            file.Hold();
            Assert.Equal(Errno.Success, table.TryInstall(Job, file, false, out int fd));
            Assert.Equal(expected, fd);
        }

        Assert.Equal(Errno.Success, table.Duplicate(Job, 0, 16_000, false, out int high));
        Assert.Equal(16_000, high);
        Assert.Equal(Errno.Success, table.DuplicateTo(Job, 0, 16_383, false, refusesSame: true));
        Assert.Equal(Errno.EBADF, table.DuplicateTo(Job, 0, 16_384, false, refusesSame: true));
        table.EndJob(Job);
        Assert.Equal(1, file.References);
        file.Release();
    }

    [Fact]
    public void EndJob_ClosesWhatTheJobOwns_AndNothingElse()
    {
        OpenFile mine = Null();
        OpenFile theirs = Null();
        mine.Hold();
        theirs.Hold();
        Assert.Equal(Errno.Success, _table.TryInstall(Job, mine, false, out int mineFd));
        Assert.Equal(Errno.Success, _table.TryInstall(Other, theirs, false, out int theirFd, minimum: 5));
        _table.EndJob(Job);
        _table.EndJob(Job);
        Assert.Equal(1, mine.References);
        Assert.Equal(2, theirs.References);
        Assert.Equal(Errno.EBADF, _table.TryGet(Other, mineFd, out _));
        AssertOpen(Other, theirFd);
        Assert.Equal(0, _table.CountOf(Job));
        Assert.Equal(3, _table.CountOf(Other));
    }

    [Fact]
    public void EndJob_LeavesNumbersThatNobodyElseGets_BeforeTheLateCloseOfAFinalizer()
    {
        Assert.Equal([3, 4], [Install(Job), Install(Job)]);
        _table.EndJob(Job);
        Assert.Equal([2, 5], [Install(Other), Install(Other)]);
        Assert.Equal(Errno.EBADF, _table.TryGet(Other, 3, out _));
        Assert.Equal(Errno.EBADF, _table.Close(Other, 3)); // the finalizer's
        AssertOpen(Other, 5);
        Assert.Equal(3, Install(Other));
    }

    [Fact]
    public void EndJob_NumbersLeft_AreUsedWhenThereAreNoOthers()
    {
        Assert.Equal([3, 4, 5], [Install(Job), Install(Job), Install(Job)]);
        _table.EndJob(Job);
        Assert.Equal([2, 6, 7, 8], [Install(Other), Install(Other), Install(Other), Install(Other)]);
        Assert.Equal(Errno.Success, _table.AddJob(3, null, null, null));
        Assert.Equal([0, 1, 2, 9, 3, 4], [Install(3), Install(3), Install(3), Install(3), Install(3), Install(3)]);
        Assert.Equal(Errno.Success, _table.AddJob(4, null, null, null));
        Assert.Equal([0, 1, 2, 5], [Install(4), Install(4), Install(4), Install(4)]);
        OpenFile file = Null();
        Assert.Equal(Errno.ENFILE, _table.TryInstall(4, file, false, out _));
        file.Release();
    }

    [Fact]
    public void Duplicate_SharesThePosition_AndTakesTheLowestFromTheMinimum()
    {
        _files.Write("/text", "abcdef");
        OpenFile file = _files.Open("/text");
        Assert.Equal(Errno.Success, _table.TryInstall(Job, file, false, out int fd));
        Assert.Equal(Errno.Success, _table.Duplicate(Job, fd, 7, isClosedOnExec: true, out int duplicate));
        Assert.Equal(7, duplicate);
        byte[] three = new byte[3];
        Assert.Equal(3, file.Read(three).Count);
        Assert.Equal(Errno.Success, _table.TryGet(Job, duplicate, out OpenFile? same));
        Assert.Equal(3, same!.Position);
        same.Release();
        Assert.Equal(Errno.Success, _table.DescriptorFlag(Job, duplicate, null, out bool isClosedOnExec));
        Assert.True(isClosedOnExec);
        Assert.Equal(Errno.Success, _table.DescriptorFlag(Job, fd, null, out isClosedOnExec));
        Assert.False(isClosedOnExec);
        Assert.Equal(Errno.EINVAL, _table.Duplicate(Job, fd, 10, false, out _));
        Assert.Equal(Errno.EINVAL, _table.Duplicate(Job, fd, -1, false, out _));
    }

    [Fact]
    public void DuplicateTo_ReplacesAndCloses_TheSameTwiceDependsOnTheCall()
    {
        OpenFile old = Null();
        old.Hold();
        Assert.Equal(Errno.Success, _table.TryInstall(Job, old, false, out int target));
        int before = _table.CountOf(Job);
        Assert.Equal(Errno.Success, _table.DuplicateTo(Job, 0, target, isClosedOnExec: true, refusesSame: true));
        Assert.Equal(1, old.References);
        Assert.Equal(before, _table.CountOf(Job));
        Assert.Equal(Errno.EINVAL, _table.DuplicateTo(Job, 0, 0, false, refusesSame: true));
        Assert.Equal(Errno.Success, _table.DuplicateTo(Job, 0, 0, false, refusesSame: false));
        Assert.Equal(Errno.EBADF, _table.DuplicateTo(Job, 9, 9, false, refusesSame: false));
        Assert.Equal(Errno.EBADF, _table.DuplicateTo(Job, 0, 10, false, refusesSame: false));
        Assert.Equal(Errno.EBADF, _table.DuplicateTo(Job, 0, -1, false, refusesSame: false));
        Assert.Equal(Errno.Success, _table.DuplicateTo(Job, 0, 8, false, refusesSame: false));
        Assert.Equal(4, Install(Job));
    }

    [Fact]
    public void Pair_ThatDoesNotFit_LeavesNothingBehind()
    {
        Install(Job);
        Install(Job);
        OpenFile first = Null();
        OpenFile second = Null();
        Assert.Equal(Errno.EMFILE, _table.TryInstallPair(Job, first, second, false, out int a, out int b));
        Assert.Equal((-1, -1), (a, b));
        Assert.Equal((1, 1), (first.References, second.References));
        Assert.Equal(5, _table.CountOf(Job));
        Assert.Equal(Errno.Success, _table.Close(Job, 3));
        Assert.Equal(Errno.Success, _table.TryInstallPair(Job, first, second, false, out a, out b));
        Assert.Equal((3, 5), (a, b));
    }

    [Fact]
    public void Close_WhileACallIsInFlight_KeepsTheFileUntilItEnds()
    {
        int fd = Install(Job);
        Assert.Equal(Errno.Success, _table.TryGet(Job, fd, out OpenFile? file));
        Assert.Equal(Errno.Success, _table.Close(Job, fd));
        Assert.Equal(IoResult.Ok(1), file!.Write(new byte[1]));
        file.Release();
        Assert.Equal(0, file.References);
    }

    [Fact]
    public void Control_Commands_AreLinuxs()
    {
        const int dupFd = 0, getFd = 1, setFd = 2, getFl = 3, setFl = 4, dupFdCloexec = 1030, getPipeSize = 1032;
        int fd = Install(Job);
        Assert.Equal(IoResult.Ok(0), Control(fd, getFd, 0));
        Assert.Equal(IoResult.Ok(0), Control(fd, setFd, 1));
        Assert.Equal(IoResult.Ok(1), Control(fd, getFd, 0));
        Assert.Equal(IoResult.Ok(2 | 0x8000), Control(fd, getFl, 0));
        Assert.Equal(IoResult.Ok(0), Control(fd, setFl, (int)(OpenFlags.NonBlocking | OpenFlags.WriteOnly | OpenFlags.Create)));
        Assert.Equal(IoResult.Ok(2 | 0x8000 | 0x800), Control(fd, getFl, 0));
        Assert.Equal(IoResult.Ok(7), Control(fd, dupFd, 7));
        Assert.Equal(IoResult.Ok(8), Control(fd, dupFdCloexec, 7));
        Assert.Equal(IoResult.Ok(1), Control(8, getFd, 0));
        Assert.Equal((IoResult)Errno.EINVAL, Control(fd, dupFd, -1));
        Assert.Equal((IoResult)Errno.EINVAL, Control(fd, dupFd, 1L << 40));
        Assert.Equal((IoResult)Errno.EINVAL, Control(fd, 9999, 0));
        Assert.Equal((IoResult)Errno.EBADF, Control(9, getFl, 0));
        Assert.Equal((IoResult)Errno.EBADF, Control(fd, getPipeSize, 0));
    }

    private IoResult Control(int fd, int command, long argument) => FileControl.Execute(_table, Job, fd, command, argument);

    private OpenFile Null() => _files.Open("/dev/null", OpenFlags.ReadWrite);

    private int Install(int job)
    {
        Assert.Equal(Errno.Success, _table.TryInstall(job, Null(), isClosedOnExec: false, out int fd));
        return fd;
    }

    private void AssertOpen(int job, int fd)
    {
        Assert.Equal(Errno.Success, _table.TryGet(job, fd, out OpenFile? file));
        file!.Release();
    }
}
