using System.Buffers.Binary;
using System.Net;
using KernelSockets.QemuHarness.Wire;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Tests.Survival;

/// <summary>Frames, datagrams and fragments that are not what they say, and what befalls the card.</summary>
public sealed class PacketSurvivalTests(SurvivingGuest shared) : SurvivalTests(shared)
{
    private const byte IpInIp = 4;
    private const byte Udp = 17;
    private const ushort MoreFragments = 0x2000;
    private const int BufferSize = 2048; // of the driver's receive buffers
    private const ushort HiddenId = 0x7A11;

    private static readonly uint s_guest = RawFrame.Number(Frames.GuestIp);
    private static readonly uint s_strangers = RawFrame.Number(IPAddress.Parse("100.64.0.1"));

    /// <summary>What has to be dropped in silence, by name.</summary>
    private static readonly Dictionary<string, byte[][]> s_silent = new()
    {
        ["LAND: a SYN from the guest's own address and port"] = [Syn().In(new RawFrame { Source = s_guest }).ToBytes()],
        ["LAND from the loopback address"] = [Syn().In(new RawFrame { Source = 0x7F000001 }).ToBytes()],
        ["teardrop: a second fragment inside of the first"] = Overlap(firstLength: 64, secondAt: 24, secondLength: 8),
        ["teardrop: a second fragment that begins inside of the first"] = Overlap(firstLength: 64, secondAt: 56, secondLength: 64),
        ["teardrop: a second fragment that begins before the first"] = [.. Overlap(firstLength: 64, secondAt: 56, secondLength: 64).Reverse()],
        ["ping of death"] = PingOfDeath(),
        ["an Ethernet header and nothing else"] = [Echo().AsSpan(0, 14).ToArray()],
        ["a TCP data offset beyond the segment"] = [(Syn() with { OffsetUnits = 15 }).ToBytes()],
        ["a TCP data offset of 4"] = [(Syn() with { OffsetUnits = 4 }).ToBytes()],
        ["a TCP data offset of 0"] = [(Syn() with { OffsetUnits = 0 }).ToBytes()],
        ["a total length below the header's"] = [Syn().In(new RawFrame { TotalLength = 19 }).ToBytes()],
        ["a header of 60 bytes in a datagram of 40"] = [Syn().In(new RawFrame { HeaderUnits = 15 }).ToBytes()],
        ["a TCP segment cut by its total length"] = [Syn().In(new RawFrame { TotalLength = 39 }).ToBytes()],
        ["a TCP datagram longer than its frame"] = [Syn().In(new RawFrame { TotalLength = 1500 }).ToBytes()],
        ["a UDP length beyond the datagram"] = [UdpFrame(length: ushort.MaxValue), UdpFrame(length: 29)],
        ["a UDP length below its header"] = [UdpFrame(length: 7), UdpFrame(length: 0)],
        ["runts"] = [.. Enumerable.Range(1, 41).Select(static size => Echo().AsSpan(0, size).ToArray())],
        ["runts of a SYN, cut in front of its checksum"] = [.. Enumerable.Range(1, 50).Select(static size => Syn().ToBytes().AsSpan(0, size).ToArray())],
    };

    /// <summary>Options of a source route that cannot be one, and of one that a host must not follow.</summary>
    private static readonly Dictionary<string, byte[]> s_routes = new()
    {
        ["LSRR without an address"] = [131, 3, 4, 0],
        ["SSRR without an address"] = [137, 3, 4, 0],
        ["LSRR with pointer 0"] = [131, 7, 0, 10, 77, 0, 99, 0],
        ["LSRR with pointer 3"] = [131, 7, 3, 10, 77, 0, 99, 0],
        ["SSRR with a pointer between addresses"] = [137, 7, 5, 10, 77, 0, 99, 0],
        ["LSRR of length 0"] = [131, 0, 4, 0],
        ["SSRR of length 1"] = [137, 1, 4, 0],
        ["LSRR longer than the header"] = [131, 39, 4, 10],
        ["SSRR of length 255"] = [137, 255, 4, 10],
        ["LSRR as the last byte"] = [1, 1, 1, 131],
        ["LSRR and SSRR both"] = [131, 7, 4, 10, 77, 0, 99, 137, 7, 4, 10, 77, 0, 99, 0, 0],
        ["LSRR to another host"] = [131, 7, 4, 10, 77, 0, 99, 0],
    };

    public static TheoryData<string> Silent => [.. s_silent.Keys];

    public static TheoryData<string> Routes => [.. s_routes.Keys];

    [Theory]
    [MemberData(nameof(Silent))]
    public async Task Malformed_IsDroppedInSilence(string what)
    {
        MachineFigures before = await PrepareAsync();
        foreach (byte[] frame in s_silent[what])
        {
            await Peer.SendAsync(frame);
        }

        List<EthernetPacket> answers = await TakeOthersAsync();
        Assert.True(answers.Count == 0, $"{what}: the guest answered {string.Join('\n', answers)}");
        await AssertUnharmedAsync(before, what);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task SourceRoute_IsNeverFollowed(string what)
    {
        MachineFigures before = await PrepareAsync();
        await Peer.SendAsync(new RawFrame { Options = s_routes[what], Payload = EchoMessage(9) }.ToBytes());
        foreach (EthernetPacket answer in await TakeOthersAsync())
        {
            // RFC 1122 §3.2.2.5, §3.3.5: a parameter problem, or source route failed; the datagram itself goes nowhere.
            IcmpV4Packet? message = answer.Extract<IcmpV4Packet>();
            Assert.True(message?.TypeCode is IcmpV4TypeCode.UnreachableSourceRouteFailed || (int?)message?.TypeCode >> 8 == 12, $"{what}: {answer}");
        }

        await AssertUnharmedAsync(before, what);
    }

    [Fact]
    public async Task IpInIp_IsAnUnknownProtocol()
    {
        MachineFigures before = await PrepareAsync();
        byte[] inner = Syn().ToBytes()[RawFrame.Ipv4Start..];
        byte[] tunnelled = new RawFrame { Protocol = IpInIp, Payload = inner }.ToBytes();
        List<EthernetPacket> answers = [];
        await Eventually.TrueAsync(
            async () =>
            {
                await Peer.SendAsync(tunnelled);
                answers = await TakeOthersAsync();
                return answers.Count > 0; // errors are limited in rate, and other tests have had their share of them
            },
            "an ICMP error comes", Limits.Command);
        Assert.Equal(IcmpV4TypeCode.UnreachableProtocol, Assert.Single(answers).Extract<IcmpV4Packet>().TypeCode);

        byte[] nested = Echo()[RawFrame.Ipv4Start..];
        for (int i = 0; i < 50; i++)
        {
            nested = new RawFrame { Protocol = IpInIp, Payload = nested }.ToBytes()[RawFrame.Ipv4Start..];
        }

        await Peer.SendAsync(new RawFrame { Protocol = IpInIp, Payload = nested }.ToBytes());
        await AssertUnharmedAsync(before, "IP in IP");
        DrainOthers();
    }

    [Fact]
    public async Task HundredThousandFirstFragments_HoldLittleAndNotForLong()
    {
        MachineFigures before = await PrepareAsync();
        RawFrame fragment = new() { Protocol = Udp, FragmentField = MoreFragments, Payload = new byte[64] };
        for (int i = 0; i < 100_000; i++)
        {
            await Peer.SendAsync((fragment with { Identification = (ushort)i, Source = s_strangers + (uint)(i >> 16) }).ToBytes());
        }

        await AssertServesAsync("100,000 first fragments");
        await AssertUnharmedAsync(before, "100,000 first fragments");
        DrainOthers(); // the last of them were told that their time was over
    }

    [Fact]
    public async Task LongFrames_TheirTailsAreNoFrames()
    {
        MachineFigures before = await PrepareAsync();
        byte[] hidden = Echo(HiddenId);
        foreach (int size in (int[])[1519, 1523, 2047, 2048, 2049, 2110, 4095, 4096, 4097, 6144, 8192, 9000, 16_000, 16_383, 16_384, 20_000, 65_000])
        {
            byte[] frame = new byte[size];
            Echo(HiddenId).CopyTo(frame, 0);
            for (int at = BufferSize; at + hidden.Length <= size; at += BufferSize)
            {
                hidden.CopyTo(frame, at);
            }

            await Peer.SendAsync(frame);
        }

        List<EthernetPacket> answers = await TakeOthersAsync();
        Assert.True(answers.Count == 0, $"the guest answered {string.Join('\n', answers)}");
        await AssertUnharmedAsync(before, "long frames");
    }

    [Fact]
    public async Task FullReceiveRing_IsServedWhenTheGuestGoesOn()
    {
        MachineFigures before = await PrepareAsync();
        byte[] frame = Echo(HiddenId);
        _ = await Guest.Qmp.ExecuteAsync("stop");
        Task burst = SendManyAsync(3000, frame);
        _ = await Guest.Qmp.ExecuteAsync("cont");
        await burst;
        await AssertUnharmedAsync(before, "a full receive ring");
        Assert.InRange(DrainOthers().Count, 255, 3000); // at least what the ring holds
    }

    [Fact]
    public async Task LinkDownAndUp_WhileFramesComeAndGo()
    {
        MachineFigures before = await PrepareAsync();
        WireConnection stream = await Station.OpenAsync(ChargenPort);
        stream.Answer = segment =>
        {
            stream.Expected = Math.Max(stream.Expected, segment.SequenceNumber + (uint)(segment.PayloadData?.Length ?? 0));
            _ = stream.SendAsync(SegmentFlags.Ack);
        };
        await stream.SendAsync(SegmentFlags.Ack);
        Task flood = SendManyAsync(5000, Echo(HiddenId));
        for (int i = 0; i < 20; i++)
        {
            await Guest.Qmp.SetLinkAsync(isUp: false);
            Assert.Equal("going on", (await Shell.RunAsync("echo going on")).Succeeded().Output.Trim());
            await Guest.Qmp.SetLinkAsync(isUp: true);
        }

        await flood;
        await AssertServesAsync("link changes");
        await stream.ResetAsync();
        await AssertUnharmedAsync(before, "link changes");
        DrainOthers();
    }

    private static RawSegment Syn() => new() { SourcePort = HttpPort, DestinationPort = HttpPort, Sequence = 1000, Flags = SegmentFlags.Syn };

    private static byte[] Echo(ushort id = 7) => new RawFrame { Payload = EchoMessage(id) }.ToBytes();

    private static byte[] EchoMessage(ushort id)
    {
        byte[] message = new byte[64];
        message[0] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), RawFrame.Checksum(message));
        return message;
    }

    private static byte[] UdpFrame(int length)
    {
        byte[] message = new byte[28]; // to echo, without a checksum
        BinaryPrimitives.WriteUInt16BigEndian(message, 4000);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), EchoPort);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)length);
        return new RawFrame { Protocol = Udp, Payload = message }.ToBytes();
    }

    /// <summary>Two fragments of a datagram that overlap.</summary>
    private static byte[][] Overlap(int firstLength, int secondAt, int secondLength)
    {
        RawFrame whole = new() { Protocol = Udp, Identification = 0x7EA2 };
        return
        [
            (whole with { FragmentField = MoreFragments, Payload = new byte[firstLength] }).ToBytes(),
            (whole with { FragmentField = (ushort)(secondAt / 8), Payload = new byte[secondLength] }).ToBytes(),
        ];
    }

    /// <summary>Fragments of an echo request that end beyond 65,535 bytes.</summary>
    private static byte[][] PingOfDeath()
    {
        const int Piece = 1480;
        List<byte[]> frames = [];
        for (int offset = 0; offset + 20 < 65_536; offset += Piece)
        {
            bool isLast = offset + Piece + 20 >= 65_536;
            frames.Add(new RawFrame { Identification = 0xDEAD, FragmentField = (ushort)((isLast ? 0 : MoreFragments) | (offset / 8)), Payload = new byte[Piece] }.ToBytes());
        }

        return [.. frames];
    }

    private async Task SendManyAsync(int count, byte[] frame)
    {
        for (int i = 0; i < count; i++)
        {
            await Peer.SendAsync(frame);
        }
    }
}
