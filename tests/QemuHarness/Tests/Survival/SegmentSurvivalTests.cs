using System.Buffers.Binary;
using System.Text;
using KernelSockets.QemuHarness.Wire;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Tests.Survival;

/// <summary>Connections whose peer lies: about what it has, what is urgent, what the path carries, and about HTTP.</summary>
public sealed class SegmentSurvivalTests(SurvivingGuest shared) : SurvivalTests(shared)
{
    private const int HeaderSizes = 40; // of IPv4 and TCP without options
    private const int LeastPathMtu = 552;
    private const string LargePage = "GET /large HTTP/1.1\r\nHost: guest\r\nConnection: close\r\n\r\n";

    private static readonly byte[] s_sackPermitted = [1, 1, 4, 2];
    private static readonly byte[] s_text = [.. Enumerable.Range(0, 4000).Select(static i => (byte)(i * 7))];

    /// <summary>Options that are not what they say; the segment is good otherwise.</summary>
    private static readonly byte[][] s_badOptions =
    [
        [2, 0, 0, 0], [0x55, 0, 1, 1], [2, 1, 1, 1], [2, 3, 5, 1], [2, 40, 5, 180], [1, 1, 1, 2], [3, 0, 0, 0], [3, 3, 255, 0], [4, 0, 0, 0], [4, 34, 1, 1],
        [5, 0, 0, 0], [5, 2, 1, 1], [5, 3, 1, 1], [5, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [8, 0, 0, 0], [8, 2, 1, 1], [8, 10, 1, 1], [8, 255, 0, 0], [255, 255, 255, 255],
        [0, 5, 255, 1], [.. Enumerable.Repeat((byte)1, 39), 2], [.. Enumerable.Repeat((byte)8, 40)],
    ];

    public static TheoryData<string, string, string> Requests => new()
    {
        { "a negative Content-Length", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400" },
        { "a Content-Length beyond 64 bits", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400" },
        { "a Content-Length of 8 EiB", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775807\r\n\r\n", "413" },
        { "an empty Content-Length", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", "400" },
        { "a head of 64 KiB", $"GET / HTTP/1.1\r\nX: {new string('x', 65_536)}\r\n\r\n", "431" },
        { "a path of 64 KiB", $"GET /{new string('x', 65_536)} HTTP/1.1\r\n\r\n", "431" },
        { "ten thousand fields", $"GET / HTTP/1.1\r\n{string.Concat(Enumerable.Repeat("a: b\r\n", 10_000))}\r\n", "431" },
        { "no CRLF", new string('G', 20_000), "431" },
        { "line feeds alone", string.Concat(Enumerable.Repeat("GET / HTTP/1.1\n\n", 2000)), "431" },
        { "zeros", new string('\0', 20_000), "431" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_IsRefused(string what, string request, string status)
    {
        MachineFigures before = await PrepareAsync();
        WireConnection connection = await Station.OpenAsync(HttpPort);
        foreach (char[] piece in request.Chunk(1460))
        {
            await connection.WriteAsync(new string(piece));
        }

        Assert.StartsWith($"HTTP/1.1 {status} ", await connection.ReadToEndAsync(), StringComparison.Ordinal);
        await connection.ResetAsync();
        await AssertServesPagesAsync();
        await AssertUnharmedAsync(before, what);
    }

    [Fact]
    public async Task BadOptions_OfSynAndOfData_ArePassedOver()
    {
        MachineFigures before = await PrepareAsync();
        foreach (byte[] options in s_badOptions)
        {
            WireConnection connection = Station.Make(EchoPort);
            await connection.OpenAsync(options);
            await connection.SendAsync(connection.Segment(SegmentFlags.Ack, [1, 2, 3]) with { Options = options });
            Assert.Equal([1, 2, 3], await connection.EchoAsync([1, 2, 3])); // again, or for the first time
            await connection.CloseAsync();
        }

        await AssertUnharmedAsync(before, "bad options");
    }

    [Fact]
    public async Task BlindPathMtu_IsIgnored_AndAnHonestOneHasAFloor()
    {
        MachineFigures before = await PrepareAsync();
        WireConnection stream = await Station.OpenAsync(ChargenPort, [.. RawSegment.MaximumSegment(1460), .. s_sackPermitted]);
        Random random = new(2);
        for (int i = 0; i < 2000; i++)
        {
            await Peer.SendAsync(FragmentationNeeded(stream, stream.Expected + (uint)random.Next(1 << 20, int.MaxValue), (ushort)random.Next(1500)));
        }

        Assert.Equal(1460, (await FullSegmentAsync(stream)).PayloadData.Length);
        foreach (ushort mtu in (ushort[])[0, 68, 551])
        {
            await Peer.SendAsync(FragmentationNeeded(stream, stream.Expected, mtu));
            TcpPacket segment = await FullSegmentAsync(stream);
            Assert.InRange(segment.PayloadData.Length, LeastPathMtu - HeaderSizes, 1460);
        }

        await stream.ResetAsync();
        await AssertUnharmedAsync(before, "ICMP 3/4");
    }

    [Fact]
    public async Task SmallSegmentsWithHoles_EverythingArrivesInTheEnd()
    {
        MachineFigures before = await PrepareAsync();
        WireConnection page = await Station.OpenAsync(HttpPort, [.. RawSegment.MaximumSegment(48), .. s_sackPermitted]);
        await page.WriteAsync(LargePage);
        HashSet<uint> seen = [];
        Dictionary<uint, uint> held = []; // beyond a hole: first number and the one behind the last
        for (int i = 0; i < 200; i++)
        {
            TcpPacket segment = await page.ReceiveAsync(static segment => segment.PayloadData is { Length: > 0 }, Limits.Command);
            Assert.InRange(segment.PayloadData.Length, 1, 88);
            (uint left, uint right) = (segment.SequenceNumber, segment.SequenceNumber + (uint)segment.PayloadData.Length);
            if (seen.Add(left) && seen.Count % 2 == 0)
            {
                continue; // a hole, until it comes again
            }

            held[left] = right;
            bool isNext = left == page.Expected;
            while (held.Remove(page.Expected, out uint end))
            {
                page.Expected = end;
            }

            await page.SendAsync(page.Segment(SegmentFlags.Ack) with { Options = isNext ? [] : RawSegment.Sack((left, right)) });
            if (i == 100)
            {
                held.Clear(); // and what was acknowledged selectively is thrown away
            }
        }

        await AssertLargePageAsync(page);
        await AssertUnharmedAsync(before, "MSS 48 with holes");
    }

    [Fact]
    public async Task WildSackBlocks_EverythingArrivesNevertheless()
    {
        MachineFigures before = await PrepareAsync();
        WireConnection page = await Station.OpenAsync(HttpPort, [.. RawSegment.MaximumSegment(1460), .. s_sackPermitted]);
        await page.WriteAsync(LargePage);
        uint at = page.Expected;
        byte[][] wild =
        [
            RawSegment.Sack((at + 1_000_000, at + 1_001_460)), // beyond SND.NXT
            RawSegment.Sack((at + 2920, at + 1_000_000)),
            RawSegment.Sack((at + 2920, at + 1460)), // inverted
            RawSegment.Sack((at + 1460, at + 1460)), // empty
            RawSegment.Sack((at - 5000, at + 5000), (at, at + 1), (at + 1, at + 2), (uint.MaxValue, 0)),
            RawSegment.Sack((at + 0x8000_0000, at + 0x7FFF_FFFF), (at + 3, at + 0x8000_0003)),
            RawSegment.Sack((at + 1460, at + 2920), (at + 1460, at + 2920), (at + 1460, at + 2920)),
            [1, 1, 5, 3], // of length 3
            [1, 5, 3, 7],
        ];
        for (int i = 0; i < 20; i++)
        {
            foreach (byte[] options in wild)
            {
                await page.SendAsync(page.Segment(SegmentFlags.Ack) with { Options = options });
            }
        }

        await AssertLargePageAsync(page);
        await AssertUnharmedAsync(before, "wild SACK blocks");
    }

    [Fact]
    public async Task AlternatingBytesOutOfOrder_AreBoundedAndTheRestComes()
    {
        MachineFigures before = await PrepareAsync();
        WireConnection echo = await Station.OpenAsync(EchoPort);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 1; i < s_text.Length; i += 2)
            {
                await SendPieceAsync(echo, i, 1);
            }
        }

        await AssertServesAsync("alternating bytes");
        for (int i = 0; i < s_text.Length; i += 1000)
        {
            await SendPieceAsync(echo, i, 1000);
        }

        echo.Next += (uint)s_text.Length;
        Assert.Equal(s_text, await echo.ReadAsync(s_text.Length));
        await echo.CloseAsync();
        await AssertUnharmedAsync(before, "alternating bytes");
    }

    [Fact]
    public async Task UrgentPointers_OfEveryKind_DoNoHarm()
    {
        MachineFigures before = await PrepareAsync();
        foreach (ushort pointer in (ushort[])[0, 1, 3, 4, 1000, ushort.MaxValue])
        {
            WireConnection connection = Station.Make(EchoPort);
            RawSegment syn = connection.Segment(SegmentFlags.Syn | SegmentFlags.Urg) with { UrgentPointer = pointer };
            TcpPacket answer = await connection.AskAsync(syn, static segment => segment.Synchronize);
            connection.Next++;
            connection.Expected = answer.SequenceNumber + 1;
            await connection.SendAsync(connection.Segment(SegmentFlags.Ack | SegmentFlags.Urg) with { UrgentPointer = pointer });
            RawSegment data = connection.Segment(SegmentFlags.Ack | SegmentFlags.Urg, [1, 2, 3]) with { UrgentPointer = pointer };
            connection.Next += 3;
            TcpPacket acknowledgement = await connection.AskAsync(data, static segment => segment.Acknowledgment);
            Assert.Equal(connection.Next, acknowledgement.AcknowledgmentNumber);
            await connection.SendAsync(connection.Segment(SegmentFlags.Urg) with { UrgentPointer = pointer });
            await connection.ResetAsync();
        }

        await AssertUnharmedAsync(before, "urgent pointers");
    }

    /// <summary>A piece of the text at its place in the stream.</summary>
    private static Task SendPieceAsync(WireConnection connection, int start, int length) => connection.SendAsync(
        connection.Segment(SegmentFlags.Ack, s_text[start..(start + length)]) with { Sequence = connection.Next + (uint)start });

    /// <summary>Reads the rest of the large page, honestly.</summary>
    private static async Task AssertLargePageAsync(WireConnection page)
    {
        byte[] rest = await page.ReadAsync(int.MaxValue);
        Assert.InRange(rest.Length, SurvivingGuest.LargeFileSize - 60_000, SurvivingGuest.LargeFileSize + 1000);
        Assert.All(rest[^1000..], static value => Assert.Equal(0, value));
        await page.ResetAsync();
    }

    /// <summary>The next segment that is as full as they are now; everything is acknowledged meanwhile.</summary>
    private static async Task<TcpPacket> FullSegmentAsync(WireConnection stream)
    {
        byte[] data = await stream.ReadAsync(100_000); // whatever was under way is over
        Assert.Contains("XYZ[\\]^", Encoding.ASCII.GetString(data), StringComparison.Ordinal);
        return await stream.ReceiveAsync(static segment => segment.PayloadData is { Length: >= LeastPathMtu - HeaderSizes }, Limits.Command);
    }

    /// <summary>ICMP 3/4 about a segment of the guest.</summary>
    private static byte[] FragmentationNeeded(WireConnection connection, uint sequence, ushort mtu)
    {
        const int IcmpHeaderSize = 8;
        RawSegment segment = new() { SourcePort = connection.Port, DestinationPort = connection.OwnPort, Sequence = sequence, Flags = SegmentFlags.Ack };
        RawFrame datagram = new() { Source = RawFrame.Number(Frames.GuestIp), Destination = new RawFrame().Source };
        byte[] quotation = segment.In(datagram).ToBytes()[RawFrame.Ipv4Start..];
        byte[] message = new byte[IcmpHeaderSize + quotation.Length];
        (message[0], message[1]) = (3, 4);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), mtu);
        quotation.CopyTo(message, IcmpHeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), RawFrame.Checksum(message));
        return new RawFrame { Payload = message }.ToBytes();
    }
}
