using System.Net;
using KernelSockets.QemuHarness.Wire;
using PacketDotNet;
using ProtocolType = PacketDotNet.ProtocolType;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>A machine that serves echo over UDP to a peer on its wire.</summary>
public sealed class ServingGuest() : WireServiceGuest("inetd", 7);

/// <summary>UDP and what belongs to it as a peer on the wire sees it (RFC 768, 791, 792, 1122).</summary>
public sealed class DatagramTests(ServingGuest shared) : SharedGuestTests<ServingGuest>(shared)
{
    private const ushort EchoPort = 7;
    private const ushort ClosedPort = 4444;
    private const ushort OurPort = 40000;
    private const int UdpHeader = 8;
    private const int UdpLengthOffset = 38;
    private const int UdpChecksumOffset = 40;
    private const int LargestFragment = 1480;

    private static readonly byte[] s_data = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];

    private EthernetPeer Peer => Shared.Peer;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(18)]
    [InlineData(1472)]
    public async Task Echo_ComesBackFromTheAddressAsked(int size)
    {
        byte[] data = new byte[size];
        new Random(size).NextBytes(data);
        await Peer.SendAsync(Udp(EchoPort, data));
        UdpPacket reply = await Peer.WaitForAsync<UdpPacket>(udp => udp.SourcePort == EchoPort, Limits.Command);
        Assert.Equal(OurPort, reply.DestinationPort);
        Assert.Equal(data, reply.PayloadData[..size]);
        Assert.Equal(Frames.GuestIp, ((IPv4Packet)reply.ParentPacket).SourceAddress);
        Assert.True(reply.ValidUdpChecksum);
    }

    [Fact]
    public async Task ClosedPort_IsReportedWithTheHeaderQuoted()
    {
        byte[] frame = Udp(ClosedPort, s_data);
        IcmpV4Packet error = await ProvokeAsync(frame);
        Assert.Equal(IcmpV4TypeCode.UnreachablePort, error.TypeCode);
        Assert.True(error.ValidIcmpChecksum);
        byte[] quoted = error.Bytes[UdpHeader..];
        Assert.Equal(frame.AsSpan(14, 28).ToArray(), quoted[..28]);
    }

    [Fact]
    public async Task ClosedPort_OfABroadcast_IsNotReported()
    {
        await DrainAsync();
        await Peer.SendAsync(Frames.Udp(Peer.Mac, Frames.Broadcast, Peer.Ip, IPAddress.Parse("10.77.0.255"), OurPort, ClosedPort, s_data));
        await AssertSilenceAsync();
    }

    [Fact]
    public async Task UnknownProtocol_IsReported()
    {
        EthernetPacket frame = Frames.Datagram(Peer.Mac, Frames.GuestMac, Peer.Ip, Frames.GuestIp, OurPort, ClosedPort, s_data);
        IPv4Packet datagram = frame.Extract<IPv4Packet>();
        datagram.Protocol = (ProtocolType)253;
        datagram.UpdateIPChecksum();
        IcmpV4Packet error = await ProvokeAsync(frame.Bytes);
        Assert.Equal(IcmpV4TypeCode.UnreachableProtocol, error.TypeCode);
    }

    [Theory]
    [InlineData("a bad checksum", UdpChecksumOffset, 0x12, 0x34)]
    [InlineData("a length of 7", UdpLengthOffset, 0, 7)]
    [InlineData("a length beyond the datagram", UdpLengthOffset, 0x05, 0xDC)]
    public async Task Datagram_Malformed_IsDroppedInSilence(string what, int offset, byte high, byte low)
    {
        await DrainAsync();
        byte[] frame = Udp(EchoPort, s_data);
        frame[offset] = high;
        frame[offset + 1] = low;
        await Peer.SendAsync(frame);
        await AssertSilenceAsync(what);
    }

    [Fact]
    public async Task Checksum_OfZero_IsAccepted()
    {
        byte[] frame = Udp(EchoPort, s_data);
        frame[UdpChecksumOffset] = 0;
        frame[UdpChecksumOffset + 1] = 0;
        await Peer.SendAsync(frame);
        UdpPacket reply = await Peer.WaitForAsync<UdpPacket>(udp => udp.SourcePort == EchoPort, Limits.Command);
        Assert.Equal(s_data, reply.PayloadData[..s_data.Length]);
    }

    [Theory]
    [InlineData("in order", new[] { 0, 1, 2 })]
    [InlineData("reversed", new[] { 2, 1, 0 })]
    public Task Fragments_OfALongDatagram_GiveOneReply(string what, int[] order) => AssertReassembledAsync(what, order);

    [Fact]
    public Task Fragments_OneOfThemTwice_GiveOneReply() => AssertReassembledAsync("one twice", [0, 0, 1, 2]);

    private async Task AssertReassembledAsync(string what, int[] order)
    {
        await DrainAsync();
        byte[] data = new byte[3000];
        new Random(3000).NextBytes(data);
        EthernetPacket whole = Frames.Datagram(Peer.Mac, Frames.GuestMac, Peer.Ip, Frames.GuestIp, OurPort, EchoPort, data);
        int total = data.Length + UdpHeader;
        ushort identification = (ushort)Random.Shared.Next(1, ushort.MaxValue);
        foreach (int index in order)
        {
            int offset = index * LargestFragment;
            int length = Math.Min(LargestFragment, total - offset);
            await Peer.SendAsync(Frames.Fragment(whole, offset, length, identification, isLast: offset + length == total));
        }

        Assert.Equal(data, (await ReassembleAsync(what))[UdpHeader..]);
        await AssertSilenceAsync(what);
    }

    [Fact]
    public async Task Errors_AreLimitedInRate()
    {
        await DrainAsync();
        for (ushort i = 0; i < 200; i++)
        {
            await Peer.SendAsync(Frames.Udp(Peer.Mac, Frames.GuestMac, Peer.Ip, Frames.GuestIp, OurPort, (ushort)(20000 + i), s_data));
        }

        Assert.NotNull(await Peer.PingAsync(0xE220, 1, s_data, Limits.Command));
        int errors = 0;
        while (Peer.Unclaimed.TryRead(out EthernetPacket? frame))
        {
            errors += frame.Extract<IcmpV4Packet>() is { TypeCode: IcmpV4TypeCode.UnreachablePort } ? 1 : 0;
        }

        Assert.InRange(errors, 1, 100);
    }

    [Fact]
    public async Task Flood_OfDatagrams_LeavesShellAndBuffers()
    {
        await DrainAsync();
        FreeReport before = FreeReport.Parse((await Shell.RunAsync("free -b")).Succeeded().Output);
        byte[] frame = Udp(EchoPort, new byte[1000]);
        for (int i = 0; i < 10000; i++)
        {
            await Peer.SendAsync(frame);
        }

        Assert.Equal("alive", (await Shell.RunAsync("echo alive")).Succeeded().Output.Trim());
        await Eventually.TrueAsync(
            async () => FreeReport.Parse((await Shell.RunAsync("free -b")).Succeeded().Output).FreeBuffers == before.FreeBuffers, "all buffers are free", Limits.Command);
        await DrainAsync();
    }

    private byte[] Udp(ushort port, byte[] data) => Frames.Udp(Peer.Mac, Frames.GuestMac, Peer.Ip, Frames.GuestIp, OurPort, port, data);

    /// <summary>Puts the guest's fragments together; its pieces come in order.</summary>
    private async Task<byte[]> ReassembleAsync(string what)
    {
        List<byte> payload = [];
        bool isMore = true;
        while (isMore)
        {
            IPv4Packet piece = await Peer.WaitForAsync<IPv4Packet>(_ => true, Limits.Command);
            int header = piece.HeaderLength * 4;
            Assert.True(piece.FragmentOffset * 8 == payload.Count, $"{what}: a piece at {piece.FragmentOffset * 8} after {payload.Count} bytes");
            payload.AddRange(piece.BytesSegment.Bytes.AsSpan(piece.BytesSegment.Offset + header, piece.TotalLength - header));
            isMore = (piece.FragmentFlags & 1) != 0;
        }

        return [.. payload];
    }

    private async Task AssertSilenceAsync(string what = "")
    {
        Assert.NotNull(await Peer.PingAsync(0x511E, 1, s_data, Limits.Command));
        List<string> unexpected = [];
        while (Peer.Unclaimed.TryRead(out EthernetPacket? frame))
        {
            unexpected.Add(frame.ToString());
        }

        Assert.True(unexpected.Count == 0, $"{what}: the guest answered {string.Join('\n', unexpected)}");
    }

    /// <summary>Sends a frame until it is answered by an ICMP error: the rate of those is bounded, and another test may have used it up.</summary>
    private async Task<IcmpV4Packet> ProvokeAsync(byte[] frame)
    {
        IcmpV4Packet? error = null;
        await Eventually.TrueAsync(
            async () =>
            {
                await Peer.SendAsync(frame);
                Assert.NotNull(await Peer.PingAsync(0x9A0F, 1, s_data, Limits.Command));
                while (error is null && Peer.Unclaimed.TryRead(out EthernetPacket? answer))
                {
                    error = answer.Extract<IcmpV4Packet>();
                }

                return error is not null;
            },
            "an ICMP error comes", Limits.Command);
        return error!;
    }

    /// <summary>Takes what is on its way and forgets it.</summary>
    private async Task DrainAsync()
    {
        ushort sequence = 0;
        await Eventually.TrueAsync(
            async () => await Peer.PingAsync(0xD7A1, ++sequence, s_data, Limits.Answer) is not null, "the guest answers", Limits.Command);
        while (Peer.Unclaimed.TryRead(out _))
        {
        }
    }
}
