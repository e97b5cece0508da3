using FsCheck.Xunit;
using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>The parts that a connection is made of, each against a naive model or published numbers.</summary>
public sealed class TcpPartsTests
{
    [Property(MaxTest = 500)]
    public bool Options_EmittedAndParsed_AreTheSame(ushort? mss, byte? scale, bool sackPermitted, bool hasTimestamps, uint value, uint echo, uint[] edges)
    {
        TcpOptions options = new() { MaximumSegmentSize = mss, WindowScale = scale, IsSackPermitted = sackPermitted, HasTimestamps = hasTimestamps };
        (options.TimestampValue, options.TimestampEcho) = hasTimestamps ? (value, echo) : (0, 0);
        int room = options.SackRoom;
        for (int i = 0; i + 1 < edges.Length && options.SackCount < room; i += 2)
        {
            options.AddSack(new SackBlock(new SequenceNumber(edges[i]), new SequenceNumber(edges[i + 1])));
        }

        byte[] bytes = new byte[options.Size];
        options.Emit(bytes);
        TcpOptions parsed = TcpOptions.Parse(bytes);
        bool isSame = parsed.MaximumSegmentSize == mss && parsed.WindowScale == scale && parsed.IsSackPermitted == sackPermitted && parsed.HasTimestamps == hasTimestamps
            && parsed.TimestampValue == options.TimestampValue && parsed.TimestampEcho == options.TimestampEcho && parsed.SackCount == options.SackCount;
        for (int i = 0; i < options.SackCount; i++)
        {
            isSame &= parsed.Sack(i) == options.Sack(i);
        }

        return isSame && bytes.Length is <= TcpOptions.MaximumSize && bytes.Length % 4 == 0;
    }

    [Property(MaxTest = 2000)]
    public void AnyBytes_AreParsedWithoutAnException(byte[] bytes, byte kind, byte length)
    {
        byte[] likely = [kind, length, .. bytes];
        foreach (byte[] input in (byte[][])[bytes, likely, [1, .. likely]])
        {
            Assert.InRange(TcpOptions.Parse(input).SackCount, 0, TcpOptions.MaximumSackBlocks);
            if (TcpHeader.TryParse(input, out TcpHeader header))
            {
                Assert.Equal(input.Length, header.HeaderLength + header.Data.Length);
                Assert.Equal(header.HeaderLength - TcpHeader.MinimumSize, header.Options.Length);
                _ = new TcpSegment(header, null).Length;
            }

            Assert.Equal(input.Length >= TcpHeader.QuotationSize, TcpHeader.TryParseQuotation(input, out _, out _, out _));
        }
    }

    [Fact]
    public void SipHash_PublishedVectors()
    {
        // Aumasson and Bernstein's reference: key 00 01 ... 0f, messages of 0, 1, 2, ... bytes 00 01 02 ...
        KeyedHash hash = new(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908);
        Assert.Equal(0x726F_DB47_DD0E_0E31u, hash.Compute([]));
        Assert.Equal(0x74F8_39C5_93DC_67FDu, hash.Compute([0]));
        Assert.Equal(0x0D6C_8009_D9A9_4F5Au, hash.Compute([0, 1]));
        Assert.Equal(0x93F5_F579_9A93_2462u, hash.Compute(Frames.Pattern(8)));
        Assert.Equal(0xA129_CA61_49BE_45E5u, hash.Compute(Frames.Pattern(15)));
    }

    [Property]
    public bool SequenceNumber_ComparesWithinHalfTheCircle(uint number, int distance)
    {
        SequenceNumber one = new(number);
        SequenceNumber two = one + distance;
        bool isExtreme = distance == int.MinValue;
        return two - one == distance
            && (two - distance) == one
            && (isExtreme || (two > one) == (distance > 0))
            && (isExtreme || (two < one) == (distance < 0))
            && (two >= one) == (distance >= 0)
            && (two == one) == (distance == 0)
            && (isExtreme || SequenceNumber.Max(one, two) == (distance > 0 ? two : one))
            && (isExtreme || SequenceNumber.Min(one, two) == (distance < 0 ? two : one));
    }

    [Property(MaxTest = 300)]
    public void ReceivedRanges_AgainstABitmap(uint start, int seed)
    {
        Random random = new(seed);
        ReceivedRanges ranges = new();
        bool[] bitmap = new bool[400];
        SequenceNumber origin = new(start);
        for (int i = 0; i < 40; i++)
        {
            int left = random.Next(1, 380);
            int right = left + random.Next(1, 20);
            bool isCovered = Enumerable.Range(left, right - left).All(at => bitmap[at]);
            Assert.Equal(isCovered, ranges.Covers(origin + left, origin + right));
            Assert.True(ranges.TryAdd(origin + left, origin + right));
            Array.Fill(bitmap, true, left, right - left);
            Assert.True(ranges[0].Left <= origin + left && ranges[0].Right >= origin + right, $"seed {seed}: the newest is not first");
            AssertSame(ranges, bitmap, origin, seed);
        }

        int next = random.Next(1, 390);
        int expected = next;
        for (int at = 0; at < next; at++)
        {
            bitmap[at] = false;
        }

        while (expected < bitmap.Length && bitmap[expected])
        {
            bitmap[expected++] = false;
        }

        Assert.Equal(origin + expected, ranges.Absorb(origin + next));
        AssertSame(ranges, bitmap, origin, seed);
    }

    [Fact]
    public void ReceivedRanges_AreBounded()
    {
        ReceivedRanges ranges = new();
        int added = 0;
        for (int i = 0; i < 1000; i++)
        {
            added += ranges.TryAdd(new SequenceNumber((uint)(i * 2)), new SequenceNumber((uint)(i * 2) + 1)) ? 1 : 0;
        }

        Assert.Equal((ReceivedRanges.Capacity, ReceivedRanges.Capacity), (added, ranges.Count));
        Assert.True(ranges.TryAdd(new SequenceNumber(1), new SequenceNumber(2)), "one that joins two others needs no room");
        Assert.Equal(ReceivedRanges.Capacity - 1, ranges.Count);
    }

    [Property(MaxTest = 200)]
    public void StreamBuffer_AgainstAnArray(int seed)
    {
        Random random = new(seed);
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(1, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        TcpMemory memory = new(pool!, new SocketMemory(pool!), 16 * TcpMemory.ChunkSize, new TimerWheel(static _ => { }), new SimulatedTime().Clock);
        StreamBuffer buffer = new(memory);
        byte[] model = new byte[200_000];
        bool[] isWritten = new bool[model.Length];
        int start = 0;
        for (int i = 0; i < 200; i++)
        {
            int offset = start + random.Next(0, 30_000);
            byte[] data = new byte[random.Next(1, 9000)];
            if (offset + data.Length > model.Length)
            {
                break;
            }

            random.NextBytes(data);
            int written = buffer.Write(offset, data);
            Assert.True(written == data.Length || memory.ChunksInUse == memory.MaximumChunks, $"seed {seed}");
            data.AsSpan(0, written).CopyTo(model.AsSpan(offset));
            Array.Fill(isWritten, true, offset, written);
            int end = start;
            while (end < model.Length && isWritten[end])
            {
                end++;
            }

            byte[] read = new byte[end - start];
            buffer.Read(start, read);
            Assert.True(read.AsSpan().SequenceEqual(model.AsSpan(start, read.Length)), $"seed {seed}");
            start += random.Next(0, read.Length + 1);
            buffer.DiscardTo(start);
            Assert.Equal(start, buffer.Start);
        }

        buffer.Clear();
        Assert.Equal(0, memory.ChunksInUse);
    }

    /// <summary>As a connection uses it: segments in order in their packets, others copied to where they belong, some over one another.</summary>
    [Property(MaxTest = 300)]
    public void ReceiveBuffer_AgainstAnArray(int seed)
    {
        Random random = new(seed);
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(80, new ArrayDmaAllocator(), out PacketBufferPool? pool)); // sockets may hold 20 of them
        SocketMemory packets = new(pool!);
        TcpMemory memory = new(pool!, packets, 64 * TcpMemory.ChunkSize, new TimerWheel(static _ => { }), new SimulatedTime().Clock);
        ReceiveBuffer buffer = new(memory);
        byte[] model = new byte[400_000];
        bool[] isWritten = new bool[model.Length];
        int start = 0;
        int end = 0;
        int most = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] data = new byte[random.Next(1, random.Next(2) == 0 ? 1460 : 300)];
            random.NextBytes(data);
            int offset = random.Next(4) == 0 ? end + random.Next(1, 5000) : end;
            if (offset == end)
            {
                PacketBuffer frame = pool!.TryTake()!;
                frame.SetReceived(random.Next(2) * 2, 54 + data.Length);
                data.CopyTo(frame.Data[54..]);
                Assert.Equal(data.Length, buffer.Append(offset, frame.Data[54..], random.Next(8) == 0 ? null : frame));
                frame.Release();
            }
            else
            {
                Assert.Equal(data.Length, buffer.Write(offset, data));
            }

            data.CopyTo(model, offset);
            Array.Fill(isWritten, true, offset, data.Length);
            end = Array.IndexOf(isWritten, false, end);
            most = Math.Max(most, packets.HeldFrames);
            int from = random.Next(start, end + 1);
            byte[] read = new byte[random.Next(0, end - from + 1)];
            buffer.Read(from, read);
            Assert.True(read.AsSpan().SequenceEqual(model.AsSpan(from, read.Length)), $"seed {seed}");
            if (random.Next(3) == 0)
            {
                start = random.Next(start, end + 1);
                buffer.DiscardTo(start);
            }
        }

        Assert.InRange(most, 1, 20);
        buffer.DiscardTo(end);
        buffer.DiscardFrom(end);
        buffer.Clear();
        Assert.Equal((0, 0, 80), (memory.ChunksInUse, packets.HeldFrames, pool!.Free));
    }

    [Fact]
    public void RoundTrip_AsRfc6298ComputesIt()
    {
        RttEstimator estimator = new();
        Assert.Equal(TimeSpan.FromSeconds(1), estimator.Timeout); // (2.1)
        estimator.Add(TimeSpan.FromMilliseconds(800), new Instant(1));
        Assert.Equal((800, 400, 2400), (Milliseconds(estimator.Smoothed), Milliseconds(estimator.Variation), Milliseconds(estimator.Timeout))); // (2.2)
        estimator.Add(TimeSpan.FromMilliseconds(400), new Instant(2));
        Assert.Equal((750, 400, 2350), (Milliseconds(estimator.Smoothed), Milliseconds(estimator.Variation), Milliseconds(estimator.Timeout))); // (2.3): |800 - 400| = 400
        estimator.Add(TimeSpan.FromMilliseconds(750), new Instant(3));
        Assert.Equal((750, 300, 1950), (Milliseconds(estimator.Smoothed), Milliseconds(estimator.Variation), Milliseconds(estimator.Timeout)));
        Assert.Equal((1950, 3900, 7800, 120_000), (Milliseconds(estimator.TimeoutAfter(0)), Milliseconds(estimator.TimeoutAfter(1)), Milliseconds(estimator.TimeoutAfter(2)), Milliseconds(estimator.TimeoutAfter(60))));
        Assert.Equal(400, Milliseconds(estimator.Minimum));
    }

    [Fact]
    public void RoundTrip_Floor_AndTheFallbackOfALostSyn()
    {
        RttEstimator estimator = new();
        for (int i = 0; i < 100; i++)
        {
            estimator.Add(TimeSpan.FromMilliseconds(1), new Instant(i));
        }

        Assert.Equal(201, Milliseconds(estimator.Timeout));
        estimator.FallBack();
        Assert.Equal(201, Milliseconds(estimator.Timeout));
        RttEstimator fresh = new();
        fresh.FallBack();
        Assert.Equal(3000, Milliseconds(fresh.Timeout));
    }

    [Theory]
    [InlineData("reno")]
    [InlineData("cubic")]
    public void Congestion_SlowStartDoubles_LossCuts_TimeoutLeavesOneSegment(string name)
    {
        const int Mss = 1000;
        CongestionControl congestion = CongestionControl.Create(name, Mss)!;
        TimeSpan roundTrip = TimeSpan.FromMilliseconds(100);
        Assert.Equal((10 * Mss, name), (congestion.Window, congestion.Name));
        congestion.OnAcknowledged(congestion.Window, Instant.Zero, roundTrip);
        Assert.Equal(20 * Mss, congestion.Window);
        congestion.OnLoss(20 * Mss, Instant.Zero);
        Assert.Equal(name == "reno" ? 10 * Mss : 14 * Mss, congestion.Threshold);
        congestion.Window = congestion.Threshold;
        int before = congestion.Window;
        Instant now = Instant.Zero;
        for (int round = 0; round < 10; round++)
        {
            now += roundTrip;
            for (int acknowledged = 0, window = congestion.Window; acknowledged < window; acknowledged += Mss)
            {
                congestion.OnAcknowledged(Mss, now, roundTrip);
            }
        }

        Assert.InRange(congestion.Window - before, 4 * Mss, 12 * Mss); // about a segment a round trip
        congestion.OnTimeout(congestion.Window, now);
        Assert.Equal(Mss, congestion.Window);
        Assert.InRange(congestion.Threshold, 2 * Mss, before * 2);
        congestion.OnLoss(1, now);
        Assert.Equal(2 * Mss, congestion.Threshold); // RFC 5681 (4): at least two segments
    }

    [Fact]
    public void Cubic_ReachesItsOldMaximumAgain_ThenGoesBeyond()
    {
        const int Mss = 1000;
        Cubic cubic = new(Mss) { Window = 100 * Mss };
        Instant now = Instant.Zero;
        TimeSpan roundTrip = TimeSpan.FromMilliseconds(100);
        cubic.OnLoss(100 * Mss, now);
        cubic.Window = cubic.Threshold;
        Assert.Equal(70 * Mss, cubic.Window);
        double seconds = Math.Cbrt(30 / 0.4); // K = cbrt(W_max * (1 - beta) / C)
        int atK = 0;
        while (now - Instant.Zero < TimeSpan.FromSeconds(8))
        {
            now += roundTrip;
            for (int acknowledged = 0, window = cubic.Window; acknowledged < window; acknowledged += Mss)
            {
                cubic.OnAcknowledged(Mss, now, roundTrip);
            }

            atK = now - Instant.Zero <= TimeSpan.FromSeconds(seconds) ? cubic.Window : atK;
        }

        Assert.InRange(atK, 95 * Mss, 105 * Mss);
        Assert.True(cubic.Window > 115 * Mss);
    }

    [Property(MaxTest = 300)]
    public void Scoreboard_SumsAreThoseOfItsSegments(uint start, int seed)
    {
        Random random = new(seed);
        Scoreboard board = new(new RingPool<SentSegment>(smallest: 16, sizes: 3, mostKept: 256));
        SequenceNumber next = new(start);
        SequenceNumber una = next;
        for (int step = 0; step < 400; step++)
        {
            int index = board.Count > 0 ? random.Next(board.Count) : -1;
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    int length = random.Next(1, 1460);
                    board.Add(next, length, new Instant(step));
                    next += length;
                    break;
                case 3 when index >= 0:
                    una = board[0].End;
                    board.RemoveFirst();
                    break;
                case 4 when index >= 0 && board[0].Length > 1:
                    int cut = random.Next(1, board[0].Length);
                    una += cut;
                    board.ShortenFirst(cut);
                    break;
                case 5 when index >= 0:
                    board.MarkSacked(index, random.Next(3) > 0);
                    break;
                case 6 when index >= 0 && !board[index].IsSacked:
                    board.MarkLost(index, random.Next(2) == 0);
                    break;
                case 7 when index >= 0 && board[index].Length > 1:
                    board.Split(index, random.Next(1, board[index].Length));
                    break;
                default:
                    break;
            }

            AssertSound(board, una, next, seed);
        }
    }

    private static void AssertSound(Scoreboard board, SequenceNumber una, SequenceNumber next, int seed)
    {
        SequenceNumber at = una;
        (int bytes, int sacked, int lost, int firstLost) = (0, 0, 0, -1);
        for (int i = 0; i < board.Count; i++)
        {
            SentSegment segment = board[i];
            Assert.True(segment.Start == at && segment.Length > 0, $"seed {seed}: a gap before {i}");
            Assert.False(segment.IsSacked && segment.IsLost);
            Assert.Equal(i, board.Find(segment.Start));
            bytes += segment.Length;
            sacked += segment.IsSacked ? segment.Length : 0;
            lost += segment.IsLost ? segment.Length : 0;
            firstLost = firstLost < 0 && segment.IsLost ? i : firstLost;
            at = segment.End;
        }

        Assert.True(board.Count == 0 || at == next, $"seed {seed}");
        Assert.Equal((bytes, sacked, lost, firstLost, bytes - sacked - lost), (board.Bytes, board.SackedBytes, board.LostBytes, board.FirstLost(), board.Pipe));
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Round(time.TotalMilliseconds);

    private static void AssertSame(ReceivedRanges ranges, bool[] bitmap, SequenceNumber origin, int seed)
    {
        bool[] actual = new bool[bitmap.Length];
        for (int i = 0; i < ranges.Count; i++)
        {
            int left = ranges[i].Left - origin;
            int right = ranges[i].Right - origin;
            Assert.True(left < right && !actual[left] && (left == 0 || !actual[left - 1]) && !actual[right], $"seed {seed}: ranges touch");
            Array.Fill(actual, true, left, right - left);
        }

        Assert.True(actual.AsSpan().SequenceEqual(bitmap), $"seed {seed}");
    }
}
