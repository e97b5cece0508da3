using KernelSockets.Vfs.Locks;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Locks;

/// <summary>Locks on files: flock's by open file, fcntl's by job.</summary>
public sealed class FileLocksTests
{
    private const int Mine = 1;
    private const int Theirs = 2;
    private const int Third = 3;

    private readonly Fixture _files = new();
    private readonly OpenFile _first;
    private readonly OpenFile _second;

    public FileLocksTests()
    {
        _files.Write("/f", "text");
        _first = _files.Open("/f", OpenFlags.ReadWrite);
        _second = _files.Open("/f", OpenFlags.ReadWrite);
    }

    private FileLocks Locks => _files.Vfs.Locks;

    [Fact]
    public void Whole_SharedByMany_ExclusiveByOne()
    {
        Assert.Equal(Errno.Success, Try(_first, LockType.Shared));
        Assert.Equal(Errno.Success, Try(_second, LockType.Shared));
        Assert.Equal(Errno.EAGAIN, Try(_second, LockType.Exclusive));
        Assert.Equal(1, Locks.Count); // a change that fails has lost what was held, as in Linux
        Assert.Equal(Errno.Success, Try(_first, LockType.Exclusive));
        Assert.Equal(Errno.EAGAIN, Try(_second, LockType.Shared));
        Assert.Equal(Errno.Success, Try(_first, LockType.None));
        Assert.Equal(Errno.Success, Try(_first, LockType.None));
        Assert.Equal(Errno.Success, Try(_second, LockType.Exclusive));
    }

    [Fact]
    public void Whole_GoesWithTheOpenFile_NotWithOneOfItsDescriptors()
    {
        Assert.Equal(Errno.Success, Try(_first, LockType.Exclusive));
        Assert.Equal(Errno.Success, _files.Vfs.Files.TryInstall(Fixture.Job, _first, false, out int fd));
        Assert.Equal(Errno.Success, _files.Vfs.Files.Duplicate(Fixture.Job, fd, 0, false, out int duplicate));
        Assert.Equal(Errno.Success, _files.Vfs.Files.Close(Fixture.Job, fd));
        Assert.Equal(Errno.EAGAIN, Try(_second, LockType.Shared));
        Assert.Equal(Errno.Success, _files.Vfs.Files.Close(Fixture.Job, duplicate));
        Assert.Equal(0, Locks.Count);
        Assert.Equal(Errno.Success, Try(_second, LockType.Shared));
    }

    [Fact]
    public async Task Whole_Waiter_GetsItWhenItGoes()
    {
        Assert.Equal(Errno.Success, Try(_first, LockType.Exclusive));
        Task<Errno> waiting = Task.Run(() => Locks.LockWhole(_second, LockType.Exclusive, waits: true), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        _first.Release();
        Assert.Equal(Errno.Success, await waiting);
        Assert.Equal(1, Locks.Count);
    }

    [Fact]
    public void Waiter_ToldToStop_LeavesNothingBehind()
    {
        Assert.Equal(Errno.Success, Try(_first, LockType.Exclusive));
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 0, 9));
        _files.Queues.Interrupts = true;
        Assert.Equal(Errno.EINTR, Locks.LockWhole(_second, LockType.Shared, waits: true));
        Assert.Equal(Errno.EINTR, Locks.LockRecord(_first.Inode, new RecordLock(Theirs, LockType.Shared, 5, 5), waits: true));
        Assert.Equal(2, Locks.Count);
    }

    [Fact]
    public void Kinds_DoNotSeeEachOther()
    {
        Assert.Equal(Errno.Success, Try(_first, LockType.Exclusive));
        Assert.Equal(Errno.Success, Record(Theirs, LockType.Exclusive, 0, long.MaxValue));
    }

    [Fact]
    public void Record_OfAnotherJob_ConflictsWhereItOverlaps()
    {
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 10, 19));
        Assert.Equal(Errno.EAGAIN, Record(Theirs, LockType.Shared, 19, 30));
        Assert.Equal(Errno.EAGAIN, Record(Theirs, LockType.Shared, 0, 10));
        Assert.Equal(Errno.Success, Record(Theirs, LockType.Exclusive, 20, long.MaxValue));
        Assert.Equal(Errno.Success, Record(Mine, LockType.Shared, 0, 19));
        Assert.Equal(Errno.Success, Record(Theirs, LockType.Shared, 0, 19));
        Assert.Equal(new RecordLock(Mine, LockType.Shared, 0, 19), Locks.FindConflict(_first.Inode, new RecordLock(Theirs, LockType.Exclusive, 5, 5)));
        Assert.Null(Locks.FindConflict(_first.Inode, new RecordLock(Mine, LockType.Shared, 0, 5)));
    }

    [Fact]
    public void Records_OfOneJob_MergeAndPart()
    {
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 0, 9));
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 20, 29));
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 10, 19));
        Assert.Equal(1, Locks.Count);
        Assert.Equal(Errno.Success, Record(Mine, LockType.None, 12, 14));
        Assert.Equal(2, Locks.Count);
        Assert.Equal(Errno.Success, Record(Mine, LockType.Shared, 5, 25));
        Assert.Equal(["Exclusive 0-4", "Exclusive 26-29", "Shared 5-25"], Held());
        Assert.Equal(Errno.Success, Record(Mine, LockType.None, 0, long.MaxValue));
        Assert.Equal(0, Locks.Count);
    }

    [Fact]
    public void Records_UnderRandomRequests_AreThoseOfAPlainTable()
    {
        const int Bytes = 24;
        for (int seed = 1; seed <= 20; seed++)
        {
            Random random = new(seed);
            LockType[,] table = new LockType[3, Bytes];
            for (int i = 0; i < table.Length; i++)
            {
                table[i / Bytes, i % Bytes] = LockType.None;
            }

            for (int step = 0; step < 400; step++)
            {
                int job = random.Next(3);
                LockType type = (LockType)random.Next(3);
                int start = random.Next(Bytes);
                int end = random.Next(start, Bytes);
                bool isFree = Enumerable.Range(start, end - start + 1).All(at => Enumerable.Range(0, 3).All(other =>
                    other == job || type == LockType.None || table[other, at] == LockType.None || (type == LockType.Shared && table[other, at] == LockType.Shared)));
                Errno error = Record(job, type, start, end);
                Assert.True(error == (isFree ? Errno.Success : Errno.EAGAIN), $"seed {seed}, step {step}: {error}");
                for (int at = start; isFree && at <= end; at++)
                {
                    table[job, at] = type;
                }
            }

            for (int at = 0; at < Bytes; at++)
            {
                bool isTaken = Enumerable.Range(0, 3).Any(job => table[job, at] != LockType.None);
                Assert.True(isTaken == Locks.FindConflict(_first.Inode, new RecordLock(99, LockType.Exclusive, at, at)) is not null, $"seed {seed}, byte {at}");
            }

            for (int job = 0; job < 3; job++)
            {
                Locks.OnJobEnded(job);
            }

            Assert.Equal(0, Locks.Count);
        }
    }

    [Fact]
    public void Records_GoWithAnyDescriptorOfTheFile()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Files.TryInstall(Fixture.Job, _first, false, out _));
        Assert.Equal(Errno.Success, _files.Vfs.Files.TryInstall(Fixture.Job, _second, false, out int second));
        Assert.Equal(Errno.Success, Record(Fixture.Job, LockType.Exclusive, 0, 9));
        Assert.Equal(Errno.Success, Record(Theirs, LockType.Exclusive, 10, 19));
        Assert.Equal(Errno.Success, _files.Vfs.Files.Close(Fixture.Job, second));
        Assert.Equal(1, Locks.Count);
        Assert.Equal(Errno.Success, _files.Vfs.Files.AddJob(Theirs, null, null, null));
        _files.Vfs.Files.EndJob(Theirs);
        Assert.Equal(0, Locks.Count);
    }

    [Fact]
    public void Records_KeepTheInode_UntilTheyGo()
    {
        int before = _first.Inode.References;
        Assert.Equal(Errno.Success, Record(Mine, LockType.Shared, 0, 9));
        Assert.Equal(Errno.Success, Record(Mine, LockType.Shared, 20, 29));
        Assert.Equal(before + 1, _first.Inode.References);
        Locks.OnJobEnded(Mine);
        Assert.Equal(before, _first.Inode.References);
    }

    [Fact]
    public async Task Record_Waiter_GetsItWhenItGoes()
    {
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 0, 9));
        Task<Errno> waiting = Wait(Theirs, 5, 5);
        _files.Queues.AwaitWaiting(1);
        Assert.Equal(Errno.Success, Record(Mine, LockType.None, 5, 5));
        Assert.Equal(Errno.Success, await waiting);
    }

    [Fact]
    public async Task Jobs_ThatWouldWaitForEachOther_AreToldSo()
    {
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 1, 1));
        Assert.Equal(Errno.Success, Record(Theirs, LockType.Exclusive, 2, 2));
        Assert.Equal(Errno.Success, Record(Third, LockType.Exclusive, 3, 3));
        Task<Errno> theirs = Wait(Theirs, 1, 1);
        Task<Errno> third = Wait(Third, 2, 2);
        _files.Queues.AwaitWaiting(2);
        Assert.Equal(Errno.EDEADLK, Locks.LockRecord(_first.Inode, new RecordLock(Mine, LockType.Exclusive, 3, 3), waits: true));
        Locks.OnJobEnded(Mine);
        Assert.Equal(Errno.Success, await theirs);
        Locks.OnJobEnded(Theirs);
        Assert.Equal(Errno.Success, await third);
    }

    [Fact]
    public void Locks_AreBounded()
    {
        Errno error = Errno.Success;
        int taken = 0;
        for (int i = 0; error == Errno.Success; i++)
        {
            taken = i;
            error = Record(Mine, LockType.Exclusive, i * 2, i * 2);
        }

        Assert.Equal(Errno.ENOLCK, error);
        Assert.InRange(taken, FileLocks.MaxLocks - 2, FileLocks.MaxLocks);
        Locks.OnJobEnded(Mine);
        Assert.Equal(Errno.Success, Record(Mine, LockType.Exclusive, 0, 0));
    }

    private Errno Try(OpenFile file, LockType type) => Locks.LockWhole(file, type, waits: false);

    private Errno Record(int job, LockType type, long start, long end) => Locks.LockRecord(_first.Inode, new RecordLock(job, type, start, end), waits: false);

    private Task<Errno> Wait(int job, long start, long end) => Task.Run(
        () => Locks.LockRecord(_first.Inode, new RecordLock(job, LockType.Exclusive, start, end), waits: true), TestContext.Current.CancellationToken);

    private List<string> Held()
    {
        List<string> held = [];
        for (long at = 0; at < 40;)
        {
            if (Locks.FindConflict(_first.Inode, new RecordLock(99, LockType.Exclusive, at, at)) is { } found)
            {
                held.Add($"{found.Type} {found.Start}-{found.End}");
                at = found.End;
            }

            at++;
        }

        return [.. held.Order(StringComparer.Ordinal)];
    }
}
