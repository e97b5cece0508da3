using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

public sealed class PollTests
{
    private const int Job = Fixture.Job;

    /// <summary>Long after which a test hangs; no test takes a fraction of it.</summary>
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(2);

    private readonly Fixture _files = new();
    private readonly PollWaiter _waiter;

    public PollTests() => _waiter = new PollWaiter(_files.Queues);

    [Fact]
    public void Ready_AtOnce_DoesNotWait()
    {
        (int reader, int writer) = Pipe();
        byte[] set = Set((reader, PollEvents.In), (writer, PollEvents.Out), (-5, PollEvents.In), (900, PollEvents.In));
        Assert.Equal(IoResult.Ok(2), Poller.Poll(_files.Vfs.Files, Job, set, _waiter, Instant.Never));
        Assert.Equal([PollEvents.None, PollEvents.Out, PollEvents.None, PollEvents.Invalid], Returned(set));
    }

    [Fact]
    public void Nothing_ByTheDeadline_IsZero()
    {
        (int reader, _) = Pipe();
        byte[] set = Set((reader, PollEvents.In));
        Assert.Equal(IoResult.Ok(0), Poller.Poll(_files.Vfs.Files, Job, set, _waiter, Instant.Zero));
        Assert.Equal(IoResult.Ok(0), Poller.Poll(_files.Vfs.Files, Job, [], _waiter, Instant.Zero));
    }

    [Fact]
    public void CtrlC_IsEINTR()
    {
        (int reader, _) = Pipe();
        _files.Queues.Interrupts = true;
        Assert.Equal((IoResult)Errno.EINTR, Poller.Poll(_files.Vfs.Files, Job, Set((reader, PollEvents.In)), _waiter, Instant.Never));
    }

    [Fact]
    public void TooManyEntries_AreRefused() =>
        Assert.Equal((IoResult)Errno.EINVAL, Poller.Poll(_files.Vfs.Files, Job, new byte[(Poller.MaxEntries + 1) * PollEntry.Size], _waiter, Instant.Zero));

    [Fact]
    public async Task AnyOfSeveral_WakesTheWaiter_AndLeavesNobodyAttached()
    {
        (int firstReader, _) = Pipe();
        (int secondReader, int secondWriter) = Pipe();
        byte[] set = Set((firstReader, PollEvents.In), (secondReader, PollEvents.In), (secondReader, PollEvents.In));
        Task<IoResult> polling = Task.Run(
            () => Poller.Poll(_files.Vfs.Files, Job, set, _waiter, Instant.Never), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        Write(secondWriter, 1);
        Assert.Equal(IoResult.Ok(2), await polling.WaitAsync(s_hang, TestContext.Current.CancellationToken));
        Assert.Equal([PollEvents.None, PollEvents.In, PollEvents.In], Returned(set));
    }

    [Fact]
    public async Task CloseOfTheOtherEnd_WakesTheWaiter()
    {
        (int reader, int writer) = Pipe();
        byte[] set = Set((reader, PollEvents.None));
        Task<IoResult> polling = Task.Run(
            () => Poller.Poll(_files.Vfs.Files, Job, set, _waiter, Instant.Never), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        Assert.Equal(Errno.Success, _files.Vfs.Files.Close(Job, writer));
        await polling.WaitAsync(s_hang, TestContext.Current.CancellationToken);
        Assert.Equal([PollEvents.HangUp], Returned(set));
    }

    [Fact]
    public async Task PingPong_ByPollAlone_LosesNoWakeUp()
    {
        // One lost wake-up among these, and both sides wait for ever.
        const int rounds = 20_000;
        (int pingReader, int pingWriter) = Pipe();
        (int pongReader, int pongWriter) = Pipe();
        Task echo = Task.Run(() => Relay(pingReader, pongWriter, new PollWaiter(_files.Queues), rounds), TestContext.Current.CancellationToken);
        Write(pingWriter, 1);
        Relay(pongReader, pingWriter, _waiter, rounds);
        await echo.WaitAsync(s_hang, TestContext.Current.CancellationToken);
    }

    private static byte[] Set(params (int Fd, PollEvents Events)[] entries)
    {
        byte[] set = new byte[entries.Length * PollEntry.Size];
        for (int i = 0; i < entries.Length; i++)
        {
            BitConverter.TryWriteBytes(set.AsSpan(i * PollEntry.Size), entries[i].Fd);
            BitConverter.TryWriteBytes(set.AsSpan((i * PollEntry.Size) + 4), (short)entries[i].Events);
        }

        return set;
    }

    private static PollEvents[] Returned(byte[] set) =>
        [.. Enumerable.Range(0, set.Length / PollEntry.Size).Select(i => (PollEvents)BitConverter.ToUInt16(set, (i * PollEntry.Size) + 6))];

    private void Relay(int from, int to, PollWaiter waiter, int rounds)
    {
        byte[] set = Set((from, PollEvents.In));
        for (int i = 0; i < rounds; i++)
        {
            Assert.Equal(IoResult.Ok(1), Poller.Poll(_files.Vfs.Files, Job, set, waiter, Instant.Never));
            Assert.Equal(Errno.Success, _files.Vfs.Files.TryGet(Job, from, out OpenFile? file));
            Assert.Equal(IoResult.Ok(1), file!.Read(new byte[10]));
            file.Release();
            Write(to, 1);
        }
    }

    private (int Reader, int Writer) Pipe()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Pipes.TryCreate(OpenFlags.ReadOnly, out OpenFile? reader, out OpenFile? writer));
        Assert.Equal(Errno.Success, _files.Vfs.Files.TryInstallPair(Job, reader!, writer!, isClosedOnExec: false, out int first, out int second));
        return (first, second);
    }

    private void Write(int fd, int count)
    {
        Assert.Equal(Errno.Success, _files.Vfs.Files.TryGet(Job, fd, out OpenFile? file));
        Assert.Equal(IoResult.Ok(count), file!.Write(new byte[count]));
        file.Release();
    }
}
