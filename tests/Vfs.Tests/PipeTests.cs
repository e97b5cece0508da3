using KernelSockets.Simulation;
using KernelSockets.Sockets;
using KernelSockets.Vfs.Pipe;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

public sealed class PipeTests
{
    private const int Capacity = 65536;
    private const int AtomicSize = 4096;
    private const int SetStatusFlags = 4;

    private readonly Fixture _files = new();
    private readonly OpenFile _reader;
    private readonly OpenFile _writer;

    public PipeTests() => (_reader, _writer) = Create(OpenFlags.ReadOnly);

    [Fact]
    public void Bytes_ComeOutInOrder_AcrossTheEndOfTheRing()
    {
        Random random = new(3);
        byte[] sent = new byte[10 * Capacity];
        random.NextBytes(sent);
        byte[] received = new byte[sent.Length];
        (OpenFile reader, OpenFile writer) = Create(OpenFlags.NonBlocking);
        int written = 0;
        int read = 0;
        while (read < sent.Length)
        {
            IoResult put = writer.Write(sent.AsSpan(written, Math.Min(random.Next(1, 30000), sent.Length - written)));
            Assert.True(put.IsSuccess || put.Error == Errno.EAGAIN, put.Error.ToString());
            written += put.Count;
            read += written > read ? Count(reader.Read(received.AsSpan(read, Math.Min(random.Next(1, 40000), received.Length - read)))) : 0;
        }

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Reader_WaitsForTheFirstByte()
    {
        byte[] buffer = new byte[10];
        Task<IoResult> reading = Task.Run(() => _reader.Read(buffer), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        Assert.Equal(IoResult.Ok(3), _writer.Write("abc"u8));
        Assert.Equal(IoResult.Ok(3), await Result(reading));
    }

    [Fact]
    public async Task LastWriterGone_IsTheEnd_AfterWhatIsLeft()
    {
        byte[] buffer = new byte[10];
        _writer.Hold();
        _writer.Write("rest"u8);
        _writer.Release();
        Assert.Equal(IoResult.Ok(4), _reader.Read(buffer));
        Task<IoResult> reading = Task.Run(() => _reader.Read(buffer), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        _writer.Release();
        Assert.Equal(IoResult.Ok(0), await Result(reading));
        Assert.Equal(IoResult.Ok(0), _reader.Read(buffer));
    }

    [Fact]
    public async Task LastReaderGone_BreaksThePipe_ForAWaitingWriterToo()
    {
        Assert.Equal(IoResult.Ok(Capacity), _writer.Write(new byte[Capacity]));
        Task<IoResult> writing = Task.Run(() => _writer.Write("x"u8), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        _reader.Release();
        Assert.Equal((IoResult)Errno.EPIPE, await Result(writing));
        Assert.Equal((IoResult)Errno.EPIPE, _writer.Write("x"u8));
        Assert.Equal(IoResult.Ok(0), _writer.Write([]));
    }

    [Fact]
    public void WrongEnd_IsABadDescriptor()
    {
        Assert.Equal((IoResult)Errno.EBADF, _writer.Read(new byte[1]));
        Assert.Equal((IoResult)Errno.EBADF, _reader.Write(new byte[1]));
        Assert.Equal(Errno.ESPIPE, _reader.Seek(0, SeekOrigin.Begin, out _));
        Assert.Equal((IoResult)Errno.ESPIPE, _reader.ReadAt(new byte[1], 0));
        Assert.Equal((IoResult)Errno.ESPIPE, _writer.WriteAt(new byte[1], 0));
        Assert.Equal(Errno.EINVAL, _files.Vfs.Pipes.TryCreate(OpenFlags.Append, out _, out _));
    }

    [Fact]
    public void NonBlocking_Empty_IsEAGAIN_Full_TakesWhatFits_SmallWritesAllOrNothing()
    {
        (OpenFile reader, OpenFile writer) = Create(OpenFlags.NonBlocking);
        Assert.Equal((IoResult)Errno.EAGAIN, reader.Read(new byte[1]));
        Assert.Equal(IoResult.Ok(0), reader.Read([]));
        Assert.Equal(IoResult.Ok(Capacity), writer.Write(new byte[Capacity + 5000]));
        Assert.Equal((IoResult)Errno.EAGAIN, writer.Write(new byte[1]));
        Assert.Equal(IoResult.Ok(AtomicSize - 1), reader.Read(new byte[AtomicSize - 1]));
        Assert.Equal((IoResult)Errno.EAGAIN, writer.Write(new byte[1])); // the first page is not free before its last byte is read
        Assert.Equal(IoResult.Ok(1), reader.Read(new byte[1]));
        Assert.Equal(IoResult.Ok(AtomicSize), writer.Write(new byte[AtomicSize + 1]));
        byte[] count = new byte[4];
        Assert.Equal(IoResult.Ok(0), reader.Ioctl(IoctlRequest.BytesAvailable, 0, count));
        Assert.Equal(Capacity, BitConverter.ToInt32(count));
        writer.Release();
        Assert.Equal(IoResult.Ok(Capacity), reader.Read(new byte[Capacity + 1]));
        Assert.Equal(IoResult.Ok(0), reader.Read(new byte[1]));
    }

    [Fact]
    public void Interrupted_WithNothingDone_IsEINTR_ElseWhatWasDone()
    {
        _files.Queues.Interrupts = true;
        Assert.Equal((IoResult)Errno.EINTR, _reader.Read(new byte[1]));
        Assert.Equal(IoResult.Ok(Capacity), _writer.Write(new byte[Capacity + AtomicSize]));
        Assert.Equal((IoResult)Errno.EINTR, _writer.Write(new byte[1]));
    }

    [Fact]
    public void ManyWriters_UpToPipeBuf_AreNeverTornApart()
    {
        const int writers = 6;
        const int records = 300;
        int seed = 11;
        Thread[] threads =
        [
            .. Enumerable.Range(1, writers).Select(number => new Thread(() =>
            {
                Random random = new(seed + number);
                for (int i = 0; i < records; i++)
                {
                    // Two bytes of length, then the writer's number to the end.
                    byte[] record = new byte[random.Next(3, AtomicSize + 1)];
                    record.AsSpan().Fill((byte)number);
                    BitConverter.TryWriteBytes(record, (ushort)record.Length);
                    Assert.Equal(IoResult.Ok(record.Length), _writer.Write(record));
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        int[] counts = new int[writers + 1];
        byte[] buffer = new byte[AtomicSize];
        for (int i = 0; i < writers * records; i++)
        {
            ReadExactly(buffer.AsSpan(0, 2));
            int length = BitConverter.ToUInt16(buffer);
            Assert.InRange(length, 3, AtomicSize);
            ReadExactly(buffer.AsSpan(2, length - 2));
            byte number = buffer[2];
            Assert.True(buffer.AsSpan(2, length - 2).IndexOfAnyExcept(number) < 0, $"seed {seed}: a record of writer {number} is mixed");
            counts[number]++;
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.All(counts.Skip(1), count => Assert.Equal(records, count));
    }

    [Fact]
    public void SeveralReadersAndLongWriters_LoseNothing()
    {
        const int perWriter = 500_000;
        Thread[] writers = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() => Assert.Equal(IoResult.Ok(perWriter), _writer.Write(new byte[perWriter]))))];
        long total = 0;
        Thread[] readers =
        [
            .. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                byte[] buffer = new byte[7000];
                for (IoResult result = _reader.Read(buffer); result.Count > 0; result = _reader.Read(buffer))
                {
                    Interlocked.Add(ref total, result.Count);
                }
            })),
        ];
        Array.ForEach([.. writers, .. readers], thread => thread.Start());
        Array.ForEach(writers, thread => thread.Join());
        _writer.Release();
        Array.ForEach(readers, thread => thread.Join());
        Assert.Equal(3L * perWriter, total);
    }

    [Fact]
    public void Poll_TellsWhatWouldNotBlock()
    {
        Assert.Equal(PollEvents.None, _reader.Poll(PollEvents.In | PollEvents.Out, null));
        Assert.Equal(PollEvents.Out, _writer.Poll(PollEvents.In | PollEvents.Out, null));
        _writer.Write(new byte[Capacity - AtomicSize + 1]);
        Assert.Equal(PollEvents.In, _reader.Poll(PollEvents.In, null));
        Assert.Equal(PollEvents.None, _writer.Poll(PollEvents.Out, null));
        _reader.Read(new byte[AtomicSize - 1]);
        Assert.Equal(PollEvents.None, _writer.Poll(PollEvents.Out, null));
        _reader.Read(new byte[1]);
        Assert.Equal(PollEvents.Out, _writer.Poll(PollEvents.Out, null));
        _writer.Hold();
        _reader.Hold();
        _writer.Release();
        _writer.Release();
        Assert.Equal(PollEvents.In | PollEvents.HangUp, _reader.Poll(PollEvents.In, null));
        (OpenFile reader, OpenFile writer) = Create(OpenFlags.ReadOnly);
        reader.Release();
        Assert.Equal(PollEvents.Out | PollEvents.Error, writer.Poll(PollEvents.Out, null));
    }

    [Fact]
    public void Stat_IsAFifo()
    {
        Assert.Equal(Errno.Success, _reader.Operations.Stat(_reader.Inode, out FileStat stat));
        Assert.Equal(InodeMode.Fifo, stat.Mode.Type());
        Assert.Equal(_files.Clock.UtcNow, stat.ModificationTime);
    }

    [Fact]
    public async Task Fifo_WithAName_JoinsWhoeverOpensIt()
    {
        MakeFifo();
        Assert.Equal(Errno.ENXIO, _files.TryOpen("/fifo", OpenFlags.WriteOnly | OpenFlags.NonBlocking));
        OpenFile early = _files.Open("/fifo", OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        Assert.Equal(PollEvents.None, early.Poll(PollEvents.In, null));
        Assert.Equal(IoResult.Ok(0), early.Read(new byte[1]));
        early.Release();

        Task<OpenFile> opening = Task.Run(() => _files.Open("/fifo"), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        OpenFile writer = _files.Open("/fifo", OpenFlags.WriteOnly);
        OpenFile reader = await Result(opening);
        Assert.Equal(IoResult.Ok(2), writer.Write("hi"u8));
        writer.Release();
        Assert.Equal(PollEvents.In | PollEvents.HangUp, reader.Poll(PollEvents.In, null));
        Assert.Equal("hi", Fixture.ReadAll(reader));
        reader.Release();
    }

    [Fact]
    public void Fifo_OpenInterrupted_CountsNoEnd()
    {
        MakeFifo();
        _files.Queues.Interrupts = true;
        Assert.Equal(Errno.EINTR, _files.TryOpen("/fifo", OpenFlags.ReadOnly));
        Assert.Equal(Errno.ENXIO, _files.TryOpen("/fifo", OpenFlags.WriteOnly | OpenFlags.NonBlocking));
    }

    [Fact]
    public async Task Fifo_OpenForBoth_WaitsForNobody_AndIsItsOwnPeer()
    {
        MakeFifo();
        OpenFile both = _files.Open("/fifo", OpenFlags.ReadWrite);
        Assert.Equal(IoResult.Ok(2), both.Write("hi"u8));
        Assert.Equal(IoResult.Ok(2), both.Read(new byte[10]));
        Task<IoResult> reading = Task.Run(() => both.Read(new byte[10]), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        OpenFile writer = _files.Open("/fifo", OpenFlags.WriteOnly);
        Assert.Equal(IoResult.Ok(1), writer.Write("x"u8));
        Assert.Equal(IoResult.Ok(1), await Result(reading));
        writer.Release();
        both.Release();
        Assert.Equal(Errno.ENXIO, _files.TryOpen("/fifo", OpenFlags.WriteOnly | OpenFlags.NonBlocking));
    }

    [Fact]
    public async Task Fifo_WriterThatOpens_WaitsForAReader_EvenOneThatHasGoneAgain()
    {
        MakeFifo();
        Task<OpenFile> opening = Task.Run(() => _files.Open("/fifo", OpenFlags.WriteOnly), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        _files.Open("/fifo", OpenFlags.ReadOnly | OpenFlags.NonBlocking).Release();
        OpenFile writer = await Result(opening);
        Assert.Equal((IoResult)Errno.EPIPE, writer.Write("x"u8));
        writer.Release();
    }

    [Fact]
    public void Fifo_ThatNobodyHasOpen_ForgetsContentAndSize()
    {
        MakeFifo();
        OpenFile both = _files.Open("/fifo", OpenFlags.ReadWrite);
        both.Write("left"u8);
        Assert.Equal(IoResult.Ok(1 << 18), PipeFileSystem.SetSize(both, 1 << 18));
        both.Release();
        both = _files.Open("/fifo", OpenFlags.ReadWrite | OpenFlags.NonBlocking);
        Assert.Equal((IoResult)Errno.EAGAIN, both.Read(new byte[1]));
        Assert.Equal(IoResult.Ok(Capacity), PipeFileSystem.GetSize(both));
        both.Release();
    }

    [Fact]
    public void Packets_AreRefused()
    {
        MakeFifo();
        Assert.Equal(Errno.EINVAL, _files.TryOpen("/fifo", OpenFlags.ReadWrite | OpenFlags.Direct));
        Assert.Equal(Errno.EINVAL, _files.Vfs.Pipes.TryCreate(OpenFlags.Direct, out _, out _));
        _writer.Hold();
        Assert.Equal(Errno.Success, _files.Vfs.Files.TryInstall(Fixture.Job, _writer, isClosedOnExec: false, out int fd));
        Assert.Equal((IoResult)Errno.EINVAL, FileControl.Execute(_files.Vfs.Files, Fixture.Job, fd, SetStatusFlags, (long)OpenFlags.Direct));
        Assert.Equal(IoResult.Ok(0), FileControl.Execute(_files.Vfs.Files, Fixture.Job, fd, SetStatusFlags, (long)OpenFlags.NonBlocking));
        Assert.True(_writer.IsNonBlocking);
    }

    [Fact]
    public async Task Size_ThatGrows_LetsAWaitingWriterGoOn_AndAboveTheBoundIsEPERM()
    {
        Assert.Equal(IoResult.Ok(Capacity), _writer.Write(new byte[Capacity]));
        Assert.Equal((IoResult)Errno.EBUSY, PipeFileSystem.SetSize(_writer, AtomicSize));
        Task<IoResult> writing = Task.Run(() => _writer.Write(new byte[5]), TestContext.Current.CancellationToken);
        _files.Queues.AwaitWaiting(1);
        Assert.Equal(IoResult.Ok(2 * Capacity), PipeFileSystem.SetSize(_reader, Capacity + 1));
        Assert.Equal(IoResult.Ok(5), await Result(writing));
        Assert.Equal((IoResult)Errno.EPERM, PipeFileSystem.SetSize(_reader, (1 << 20) + 1));
        OpenFile other = _files.Open("/dev/null");
        Assert.Equal((IoResult)Errno.EBADF, PipeFileSystem.SetSize(other, Capacity));
        Assert.Equal((IoResult)Errno.EBADF, PipeFileSystem.GetSize(other));
    }

    [Fact]
    public void Vectors_StayTogether_AndAReadWaitsForTheFirstByteOnly()
    {
        byte[][] parts = ["one"u8.ToArray(), [], "two"u8.ToArray()];
        Assert.Equal(IoResult.Ok(6), PipeFileSystem.Write(_writer, new IoVector(new ArrayVectors(parts), 6)));
        byte[][] received = [new byte[4], new byte[100]];
        Assert.Equal(IoResult.Ok(6), PipeFileSystem.Read(_reader, new IoVector(new ArrayVectors(received), 104)));
        Assert.Equal("onet"u8, received[0]);
        Assert.Equal("wo"u8, received[1].AsSpan(0, 2));

        (OpenFile reader, OpenFile writer) = Create(OpenFlags.NonBlocking);
        writer.Write(new byte[Capacity - 1]);
        byte[][] twoThatDoNotFit = [new byte[1], new byte[1]];
        Assert.Equal((IoResult)Errno.EAGAIN, PipeFileSystem.Write(writer, new IoVector(new ArrayVectors(twoThatDoNotFit), 2)));
        Assert.Equal(IoResult.Ok(Capacity - 1), reader.Read(new byte[Capacity + 1]));
    }

    [Fact]
    public void WakeUps_AreOnlyForThoseWhoWait_AndMovingBytesAllocatesNothing()
    {
        byte[] data = new byte[AtomicSize];

        // The first, unoptimised code of a method may allocate where the later one does not.
        bool isQuiet = SpinWait.SpinUntil(() => IsQuiet(data), TimeSpan.FromMinutes(1));
        Assert.True(isQuiet, "moving bytes allocates");
        Assert.Equal(0, _files.Queues.WakeUps);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(4, 1)]
    [InlineData(4, 4)]
    public void Stress_OfReadersAndWriters_LosesNoByteAndNoWakeUp(int readers, int writers)
    {
        const int perWriter = 1_500_000;
        const int seed = 21;
        long sum = 0;
        long received = 0;
        Thread[] writing = [.. Enumerable.Range(1, writers).Select(number => new Thread(() => WriteRandomly(_writer, new Random(seed + number), (byte)number, perWriter)))];
        Thread[] reading =
        [
            .. Enumerable.Range(1, readers).Select(number => new Thread(() =>
            {
                Random random = new(seed - number);
                byte[] buffer = new byte[90_000];
                for (int count = Count(_reader.Read(buffer.AsSpan(0, random.Next(1, 6000)))); count > 0; count = Count(_reader.Read(buffer.AsSpan(0, Length(random)))))
                {
                    long part = 0;
                    foreach (byte value in buffer.AsSpan(0, count))
                    {
                        part += value;
                    }

                    Interlocked.Add(ref sum, part);
                    Interlocked.Add(ref received, count);
                }
            })),
        ];
        Array.ForEach([.. reading, .. writing], static thread => thread.Start());
        Assert.All(writing, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(2)), "a writer hangs"));
        _writer.Release();
        Assert.All(reading, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(2)), "a reader hangs"));
        Assert.Equal((long)perWriter * writers, received);
        Assert.Equal((long)perWriter * writers * (writers + 1) / 2, sum);
    }

    /// <summary>Sizes of all kinds: a few bytes, around a page, more than the pipe holds.</summary>
    private static int Length(Random random) => random.Next(4) switch
    {
        0 => random.Next(1, 100),
        1 => random.Next(AtomicSize - 2, AtomicSize + 3),
        2 => random.Next(1, 20_000),
        _ => random.Next(1, 90_000),
    };

    private static void WriteRandomly(OpenFile writer, Random random, byte value, int total)
    {
        byte[] data = new byte[90_000];
        data.AsSpan().Fill(value);
        for (int done = 0; done < total;)
        {
            done += Count(writer.Write(data.AsSpan(0, Math.Min(Length(random), total - done))));
        }
    }

    private bool IsQuiet(byte[] data)
    {
        const int times = 10_000;
        AllocationMeter meter = AllocationMeter.Start();
        for (int i = 0; i < times; i++)
        {
            _writer.Write(data);
            _writer.Write(data.AsSpan(0, 100));
            _reader.Read(data);
            _reader.Read(data.AsSpan(0, 100));
        }

        return meter.IsQuiet;
    }

    private void MakeFifo() =>
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/fifo"u8, InodeMode.Fifo | InodeMode.DefaultFile, DeviceNumber.None));

    private sealed class ArrayVectors(byte[][] parts) : IoVectorMemory
    {
        public override int Count => parts.Length;

        public override Span<byte> this[int index] => parts[index];
    }

    private static Task<T> Result<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

    private static int Count(IoResult result)
    {
        Assert.True(result.IsSuccess, result.Error.ToString());
        return result.Count;
    }

    private (OpenFile Reader, OpenFile Writer) Create(OpenFlags flags)
    {
        Assert.Equal(Errno.Success, _files.Vfs.Pipes.TryCreate(flags, out OpenFile? reader, out OpenFile? writer));
        return (reader!, writer!);
    }

    private void ReadExactly(Span<byte> buffer)
    {
        for (int done = 0; done < buffer.Length;)
        {
            int count = Count(_reader.Read(buffer[done..]));
            Assert.NotEqual(0, count);
            done += count;
        }
    }
}
