using System.Buffers.Binary;
using KernelSockets.Vfs.Events;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Events;

public sealed class EventTests
{
    private const int Job = Fixture.Job;
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const uint In = 1;
    private const uint EdgeTriggered = 1u << 31;
    private const uint OneShot = 1u << 30;

    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(2);

    private readonly Fixture _files = new();

    [Fact]
    public void Counter_AddsUp_AndIsTakenAtOnce()
    {
        OpenFile file = Counter(3, 0x800);
        Assert.Equal(IoResult.Ok(8), file.Write(BitConverter.GetBytes(4ul)));
        Assert.Equal(7ul, Take(file));
        Assert.Equal((IoResult)Errno.EAGAIN, file.Read(new byte[8]));
        Assert.Equal((IoResult)Errno.EINVAL, file.Read(new byte[7]));
        Assert.Equal((IoResult)Errno.EINVAL, file.Write(new byte[7]));
        Assert.Equal((IoResult)Errno.EINVAL, file.Write(BitConverter.GetBytes(ulong.MaxValue)));
        Assert.Equal(IoResult.Ok(8), file.Write(BitConverter.GetBytes(ulong.MaxValue - 1)));
        Assert.Equal((IoResult)Errno.EAGAIN, file.Write(BitConverter.GetBytes(1ul)));
        Assert.Equal(PollEvents.In, file.Poll(PollEvents.In | PollEvents.Out, null));
        Assert.Equal(Errno.EINVAL, _files.Vfs.Events.TryCreateCounter(0, 2, out _));
    }

    [Fact]
    public void Semaphore_IsTakenOneByOne()
    {
        OpenFile file = Counter(2, 0x801);
        Assert.Equal(1ul, Take(file));
        Assert.Equal(1ul, Take(file));
        Assert.Equal((IoResult)Errno.EAGAIN, file.Read(new byte[8]));
    }

    [Fact]
    public void LevelTriggered_IsToldAsLongAsItLasts()
    {
        EpollSet set = Set();
        OpenFile counter = Counter(1, 0x800);
        Assert.Equal(Errno.Success, Control(set, Add, counter, In, 42));
        Assert.Equal([(In, 42ul)], Wait(set));
        Assert.Equal([(In, 42ul)], Wait(set));
        Take(counter);
        Assert.Empty(Wait(set));
        counter.Write(BitConverter.GetBytes(1ul));
        Assert.Equal([(In, 42ul)], Wait(set));
    }

    [Fact]
    public void EdgeTriggered_IsToldWhenItChanges()
    {
        EpollSet set = Set();
        OpenFile counter = Counter(1, 0x800);
        Control(set, Add, counter, In | EdgeTriggered, 1);
        Assert.Single(Wait(set));
        Assert.Empty(Wait(set));
        counter.Write(BitConverter.GetBytes(1ul));
        Assert.Single(Wait(set));
        Assert.Empty(Wait(set));
        Control(set, Modify, counter, In | EdgeTriggered, 1);
        Assert.Single(Wait(set));
    }

    [Fact]
    public void OneShot_IsToldOnce_UntilItIsSetAnew()
    {
        EpollSet set = Set();
        OpenFile counter = Counter(1, 0x800);
        Control(set, Add, counter, In | OneShot, 1);
        Assert.Single(Wait(set));
        counter.Write(BitConverter.GetBytes(1ul));
        Assert.Empty(Wait(set));
        Control(set, Modify, counter, In | OneShot, 2);
        Assert.Equal([(In, 2ul)], Wait(set));
    }

    [Fact]
    public void Control_RefusesWhatLinuxRefuses()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Events.TryCreateSet(OpenFlags.ReadOnly, out OpenFile? file));
        EpollSet set = (EpollSet)file!.State!;
        OpenFile counter = Counter(0, 0);
        Assert.Equal(Errno.ENOENT, Control(set, Delete, counter, 0, 0));
        Assert.Equal(Errno.ENOENT, Control(set, Modify, counter, In, 0));
        Assert.Equal(Errno.Success, Control(set, Add, counter, In, 0));
        Assert.Equal(Errno.EEXIST, Control(set, Add, counter, In, 0));
        Assert.Equal(Errno.EINVAL, Control(set, 9, counter, In, 0));
        Assert.Equal(Errno.EINVAL, Control(set, Add, file, In, 0));
        Assert.Equal(Errno.EPERM, Control(set, Add, _files.Open("/f", OpenFlags.Create | OpenFlags.ReadWrite), In, 0));
        Assert.Equal(Errno.Success, Control(set, Delete, counter, 0, 0));
        Assert.Equal(0, set.Count);
        Assert.Equal(Errno.EINVAL, _files.Vfs.Events.TryCreateSet(OpenFlags.Append, out _));
    }

    [Fact]
    public void Nested_TellsTheOuterSet_AndNoRingIsMade()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Events.TryCreateSet(OpenFlags.ReadOnly, out OpenFile? inner));
        Assert.Equal(Errno.Success, _files.Vfs.Events.TryCreateSet(OpenFlags.ReadOnly, out OpenFile? outer));
        EpollSet innerSet = (EpollSet)inner!.State!;
        EpollSet outerSet = (EpollSet)outer!.State!;
        OpenFile counter = Counter(0, 0x800);
        Assert.Equal(Errno.Success, Control(innerSet, Add, counter, In, 1));
        Assert.Equal(Errno.Success, Control(outerSet, Add, inner, In, 2));
        Assert.Equal(Errno.ELOOP, Control(innerSet, Add, outer, In, 3));
        Assert.Empty(Wait(outerSet));
        counter.Write(BitConverter.GetBytes(1ul));
        Assert.Equal([(In, 2ul)], Wait(outerSet));
        Take(counter);
        Assert.Empty(Wait(outerSet));
    }

    [Fact]
    public void ClosedFile_LeavesTheSet()
    {
        EpollSet set = Set();
        for (int i = 0; i < 1000; i++)
        {
            OpenFile counter = Counter(1, 0x800);
            Assert.Equal(Errno.Success, Control(set, Add, counter, In, (ulong)i));
            counter.Release();
        }

        Assert.Equal(0, set.Count);
        Assert.Empty(Wait(set));
    }

    [Fact]
    public async Task Wait_IsWokenByAChange()
    {
        EpollSet set = Set();
        OpenFile counter = Counter(0, 0);
        Control(set, Add, counter, In | EdgeTriggered, 7);
        Task<List<(uint Events, ulong Data)>> waiting = Task.Run(() => Wait(set, Instant.Never), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        counter.Write(BitConverter.GetBytes(1ul));
        Assert.Equal([(In, 7ul)], await waiting.WaitAsync(s_hang, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void BadMemory_IsFoundWhenThereIsSomethingToTell()
    {
        EpollSet set = Set();
        OpenFile counter = Counter(0, 0x800);
        Control(set, Add, counter, In, 7);
        Assert.Equal(IoResult.Ok(0), set.Wait([], Instant.Zero));
        counter.Write(BitConverter.GetBytes(1ul));
        Assert.Equal((IoResult)Errno.EFAULT, set.Wait([], Instant.Zero));
        Assert.Single(Wait(set));
    }

    [Fact]
    public void Select_LeavesTheReadyOnesInTheSets()
    {
        FileTable table = _files.Vfs.Files;
        Assert.Equal(Errno.Success, table.TryInstall(Job, Counter(1, 0), false, out int ready));
        Assert.Equal(Errno.Success, table.TryInstall(Job, Counter(0, 0), false, out int idle));
        PollWaiter waiter = new(_files.Queues);
        byte[] read = new byte[8];
        byte[] write = new byte[8];
        read[0] = (byte)((1 << ready) | (1 << idle));
        write[0] = (byte)(1 << idle);
        Assert.Equal(IoResult.Ok(2), SelectSets.Select(table, Job, 64, read, write, [], waiter, Instant.Zero));
        Assert.Equal((1 << ready, 1 << idle), (read[0], write[0]));
        read[0] |= 1 << 7;
        Assert.Equal((IoResult)Errno.EBADF, SelectSets.Select(table, Job, 64, read, write, [], waiter, Instant.Zero));
        Assert.Equal(IoResult.Ok(0), SelectSets.Select(table, Job, 0, [], [], [], waiter, Instant.Zero));
    }

    private static ulong Take(OpenFile file)
    {
        byte[] value = new byte[8];
        Assert.Equal(IoResult.Ok(8), file.Read(value));
        return BitConverter.ToUInt64(value);
    }

    private static Errno Control(EpollSet set, int command, OpenFile file, uint events, ulong data)
    {
        byte[] description = new byte[EpollSet.EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(description, events);
        BinaryPrimitives.WriteUInt64LittleEndian(description.AsSpan(4), data);
        return set.Control(command, file, 5, description);
    }

    private static List<(uint Events, ulong Data)> Wait(EpollSet set) => Wait(set, Instant.Zero);

    private static List<(uint Events, ulong Data)> Wait(EpollSet set, Instant deadline)
    {
        byte[] events = new byte[4 * EpollSet.EventSize];
        IoResult result = set.Wait(events, deadline);
        Assert.True(result.IsSuccess, result.Error.ToString());
        List<(uint, ulong)> told = [];
        for (int i = 0; i < result.Count; i++)
        {
            Span<byte> one = events.AsSpan(i * EpollSet.EventSize);
            told.Add((BinaryPrimitives.ReadUInt32LittleEndian(one), BinaryPrimitives.ReadUInt64LittleEndian(one[4..])));
        }

        return told;
    }

    private OpenFile Counter(uint initial, int flags)
    {
        Assert.Equal(Errno.Success, _files.Vfs.Events.TryCreateCounter(initial, flags, out OpenFile? file));
        return file!;
    }

    private EpollSet Set()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Events.TryCreateSet(OpenFlags.ReadOnly, out OpenFile? file));
        return (EpollSet)file!.State!;
    }
}
