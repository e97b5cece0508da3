using System.Net;
using System.Net.NetworkInformation;
using KernelSockets.QemuHarness.Wire;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>A machine whose cable ends at an <see cref="EthernetPeer"/>.</summary>
public sealed class WiredGuest : SharedGuest
{
    private protected override QemuOptions Options => new() { Network = NetworkKind.Wire, FirmwareOptions = QemuOptions.AddressOptions };

    internal EthernetPeer Peer { get; private set; } = null!;

    private protected override Task BootedAsync(QemuGuest guest)
    {
        Peer = new EthernetPeer(guest.Port);
        return Task.CompletedTask;
    }
}

/// <summary>ARP, echo and hostile frames, with PacketDotNet at the other end of the cable.</summary>
public sealed class WireTests(WiredGuest shared) : SharedGuestTests<WiredGuest>(shared)
{
    private const int LargestPayload = 1500 - 20 - Frames.IcmpHeaderSize;
    private const ushort Id = 0x4B53;

    private static readonly byte[] s_data = [.. Enumerable.Range(0, 56).Select(i => (byte)i)];

    private EthernetPeer Peer => Shared.Peer;

    [Fact]
    public async Task Ping_FromTheGuest_IsAnswered()
    {
        int before = Peer.EchoRequests;
        ShellResult ping = (await Shell.RunAsync("ping -c 3 -i 0.2 10.77.0.1")).Succeeded();
        Assert.Contains("3 packets transmitted, 3 received, 0% packet loss", ping.Output, StringComparison.Ordinal);
        Assert.Equal(3, Peer.EchoRequests - before);
        Peer.AssertNoViolations();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(56)]
    [InlineData(1000)]
    [InlineData(LargestPayload)]
    public async Task Ping_FromThePeer_ComesBackUnchanged(int size)
    {
        byte[] data = new byte[size];
        new Random(size).NextBytes(data);
        IcmpV4Packet? reply = await Peer.PingAsync(Id, (ushort)size, data, Limits.Command);
        Assert.NotNull(reply);
        Assert.Equal(data, reply.Data[..size]);
        Peer.AssertNoViolations();
    }

    [Fact]
    public async Task Ping_OfAHostThatIsDown_ReportsItAsUnreachable()
    {
        ShellResult ping = await Shell.RunAsync("ping -c 1 -W 20 10.77.0.99");
        Assert.Equal(1, ping.Status);
        Assert.Contains("Destination Host Unreachable", ping.Output, StringComparison.Ordinal);
        Assert.Contains("100% packet loss", ping.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arp_RequestForTheGuest_IsAnsweredByUnicast()
    {
        await DrainAsync();
        await Peer.SendAsync(Frames.ArpRequest(Peer.Mac, Peer.Ip, Frames.GuestIp));
        EthernetPacket frame = await NextFrameAsync(frame => frame.Extract<ArpPacket>() is { Operation: ArpOperation.Response });
        ArpPacket reply = frame.Extract<ArpPacket>();
        Assert.Equal(Peer.Mac, frame.DestinationHardwareAddress);
        Assert.Equal(Frames.GuestMac, reply.SenderHardwareAddress);
        Assert.Equal(Frames.GuestIp, reply.SenderProtocolAddress);
        Assert.Equal(Peer.Mac, reply.TargetHardwareAddress);
        Assert.Equal(Peer.Ip, reply.TargetProtocolAddress);
    }

    [Fact]
    public async Task Arp_RequestForAnotherHost_IsNotAnswered()
    {
        await DrainAsync();
        await Peer.SendAsync(Frames.ArpRequest(Peer.Mac, Peer.Ip, IPAddress.Parse("10.77.0.77")));
        await AssertSilenceAsync();
    }

    [Fact]
    public async Task Arp_Probe_IsAnsweredButNotLearnt()
    {
        await DrainAsync();
        await Peer.SendAsync(Frames.ArpRequest(Frames.Mac("52:54:00:00:00:77"), IPAddress.Any, Frames.GuestIp));
        _ = await NextFrameAsync(frame => frame.Extract<ArpPacket>() is { Operation: ArpOperation.Response });
        Assert.DoesNotContain("52:54:00:00:00:77", (await Shell.RunAsync("arp")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arp_Command_ShowsThePeerAndForgetsIt()
    {
        _ = (await Shell.RunAsync("ping -c 1 10.77.0.1")).Succeeded();
        Assert.Contains("52:54:00:4b:53:01", (await Shell.RunAsync("arp -n")).Succeeded().Output, StringComparison.OrdinalIgnoreCase);
        _ = (await Shell.RunAsync("arp -d 10.77.0.1")).Succeeded();
        Assert.DoesNotContain("52:54:00:4b:53:01", (await Shell.RunAsync("arp -n")).Output, StringComparison.OrdinalIgnoreCase);
        _ = (await Shell.RunAsync("ping -c 1 10.77.0.1")).Succeeded();
    }

    [Fact]
    public async Task Arp_ClaimOfOurAddress_IsDefended()
    {
        await DrainAsync();
        PhysicalAddress thief = Frames.Mac("52:54:00:00:00:66");
        await Peer.SendAsync(Frames.Arp(ArpOperation.Request, thief, Frames.GuestIp, Frames.Unknown, Frames.GuestIp, Frames.Broadcast));
        EthernetPacket defence = await NextFrameAsync(frame =>
            frame.Extract<ArpPacket>() is { } arp && arp.SenderProtocolAddress.Equals(Frames.GuestIp));
        Assert.Equal(Frames.GuestMac, defence.Extract<ArpPacket>().SenderHardwareAddress);
        Assert.Contains("10.77.0.2", (await Shell.RunAsync("ifconfig eth0")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HostileFrames))]
    public async Task Frame_Hostile_IsDroppedInSilence(string what, string hex)
    {
        _ = await Peer.PingAsync(Id, 1, s_data, Limits.Command);
        await DrainAsync();
        await Peer.SendAsync(Convert.FromHexString(hex));
        await AssertSilenceAsync(what);
    }

    public static TheoryData<string, string> HostileFrames()
    {
        TheoryData<string, string> frames = [];
        byte[] echo = Frames.Echo(
            IcmpV4TypeCode.EchoRequest, Frames.Mac("52:54:00:4B:53:01"), Frames.GuestMac, IPAddress.Parse("10.77.0.1"), Frames.GuestIp, 7, 7, s_data);
        byte[] arp = Frames.ArpRequest(Frames.Mac("52:54:00:4B:53:01"), IPAddress.Parse("10.77.0.1"), Frames.GuestIp);
        void Add(string what, byte[] frame, Action<byte[]> spoil)
        {
            byte[] copy = [.. frame];
            spoil(copy);
            frames.Add(what, Convert.ToHexString(copy));
        }

        frames.Add("an Ethernet header and nothing else", Convert.ToHexString(echo.AsSpan(0, 14)));
        frames.Add("a runt of 1 byte", "52");
        frames.Add("a runt of 13 bytes", Convert.ToHexString(echo.AsSpan(0, 13)));
        frames.Add("an IPv4 header cut short", Convert.ToHexString(echo.AsSpan(0, 30)));
        frames.Add("a frame of 9000 bytes", Convert.ToHexString([.. echo, .. new byte[9000 - echo.Length]]));
        Add("a frame for another station", echo, f => f[5] ^= 0xFF);
        Add("IP version 5", echo, f => f[14] = 0x55);
        Add("IHL 4", echo, f => f[14] = 0x44);
        Add("IHL beyond the frame", echo, f => f[14] = 0x4F);
        Add("a total length beyond the frame", echo, f => { f[16] = 0x05; f[17] = 0xDC; Repair(f); });
        Add("a total length below the header", echo, f => { f[16] = 0; f[17] = 19; Repair(f); });
        Add("a bad IP checksum", echo, f => f[24] ^= 0x01);
        Add("a bad ICMP checksum", echo, f => f[36] ^= 0x01);
        Add("an unknown ICMP type", echo, f => { f[34] = 250; Fix(f, 36, 34, f.Length); });
        Add("a loopback source", echo, f => { f[26] = 127; Repair(f); });
        Add("a multicast source", echo, f => { f[26] = 224; Repair(f); });
        Add("a broadcast source", echo, f => { f.AsSpan(26, 4).Fill(0xFF); Repair(f); });
        Add("a datagram for another host", echo, f => { f[33] = 99; Repair(f); });
        Add("an echo request for the broadcast address", echo, f => { f.AsSpan(0, 6).Fill(0xFF); f[33] = 255; Repair(f); });
        Add("an unknown EtherType", echo, f => { f[12] = 0x88; f[13] = 0xB5; });
        Add("ARP of hardware type 99", arp, f => f[15] = 99);
        Add("ARP of hardware length 255", arp, f => f[18] = 255);
        Add("ARP of protocol length 16", arp, f => f[19] = 16);
        Add("ARP of operation 99", arp, f => f[21] = 99);
        frames.Add("ARP of 24 bytes", Convert.ToHexString(arp.AsSpan(0, 24)));
        return frames;
    }

    [Fact]
    public async Task Frames_OfRandomBytes_LeaveTheGuestAlive()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        byte[] echo = Frames.Echo(IcmpV4TypeCode.EchoRequest, Peer.Mac, Frames.GuestMac, Peer.Ip, Frames.GuestIp, 9, 9, s_data);
        for (int i = 0; i < 2000; i++)
        {
            byte[] frame = [.. echo.AsSpan(0, random.Next(1, echo.Length + 1)), .. new byte[random.Next(0, 64)]];
            for (int flips = random.Next(1, 16); flips > 0; flips--)
            {
                frame[random.Next(Math.Min(12, frame.Length - 1), frame.Length)] = (byte)random.Next(256);
            }

            await Peer.SendAsync(frame);
        }

        await AssertAliveAsync($"seed {seed}");
        Peer.AssertNoViolations();
    }

    [Fact]
    public async Task Interface_Counters_AgreeWithTheWire()
    {
        string before = (await Shell.RunAsync("ifconfig eth0")).Succeeded().Output;
        for (ushort i = 0; i < 20; i++)
        {
            Assert.NotNull(await Peer.PingAsync(Id, i, s_data, Limits.Command));
        }

        string after = (await Shell.RunAsync("ifconfig eth0")).Succeeded().Output;
        Assert.InRange(InterfaceCounters.Parse(after).ReceivedPackets - InterfaceCounters.Parse(before).ReceivedPackets, 20, 30);
        Assert.InRange(InterfaceCounters.Parse(after).SentPackets - InterfaceCounters.Parse(before).SentPackets, 20, 30);
        Assert.Contains(QemuOptions.NicAddress, after, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("mtu 1500", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_PulledAndPutBack_IsNoticedAndWorksAgain()
    {
        _ = (await Shell.RunAsync("ping -c 1 10.77.0.1")).Succeeded();
        await Guest.Qmp.SetLinkAsync(isUp: false);
        await Eventually.TrueAsync(
            async () => !(await Shell.RunAsync("ifconfig eth0")).Output.Contains("RUNNING", StringComparison.Ordinal), "the link is down", Limits.Command);
        Assert.NotEqual(0, (await Shell.RunAsync("ping -c 1 -W 1 10.77.0.1")).Status);
        await Guest.Qmp.SetLinkAsync(isUp: true);
        await Eventually.TrueAsync(
            async () => (await Shell.RunAsync("ifconfig eth0")).Output.Contains("RUNNING", StringComparison.Ordinal), "the link is up", Limits.Command);
        await AssertAliveAsync("link up");
    }

    [Fact]
    public async Task Flood_OfEchoRequests_IsBoundedAndLeavesNothingBehind()
    {
        await AssertAliveAsync("before");
        FreeReport before = FreeReport.Parse((await Shell.RunAsync("free -b")).Succeeded().Output);
        byte[] echo = Frames.Echo(IcmpV4TypeCode.EchoRequest, Peer.Mac, Frames.GuestMac, Peer.Ip, Frames.GuestIp, 3, 3, new byte[1000]);
        for (int i = 0; i < 20000; i++)
        {
            await Peer.SendAsync(echo);
        }

        await AssertAliveAsync("after 20000 frames as fast as the wire takes them");
        await DrainAsync();
        FreeReport after = FreeReport.Parse((await Shell.RunAsync("free -b")).Succeeded().Output);
        Assert.Equal(before.FreeBuffers, after.FreeBuffers);
        InterfaceCounters counters = InterfaceCounters.Parse((await Shell.RunAsync("ifconfig eth0")).Succeeded().Output);
        Assert.True(counters.ReceivedPackets + counters.ReceiveDrops >= 20000, counters.ToString());
    }

    /// <summary>Recomputes the IPv4 header checksum, so that only the spoilt field is wrong.</summary>
    private static void Repair(byte[] frame) => Fix(frame, 24, 14, 34);

    /// <summary>Writes the Internet checksum of a range (RFC 1071) at a place in it.</summary>
    private static void Fix(byte[] frame, int at, int from, int to)
    {
        frame[at] = 0;
        frame[at + 1] = 0;
        uint sum = 0;
        for (int i = from; i < to; i += 2)
        {
            sum += (uint)((frame[i] << 8) | (i + 1 < to ? frame[i + 1] : 0));
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        ushort checksum = (ushort)~((sum & 0xFFFF) + (sum >> 16));
        frame[at] = (byte)(checksum >> 8);
        frame[at + 1] = (byte)checksum;
    }

    /// <summary>An echo request is answered in order, so an answer to it without anything before shows that the frames before gave none.</summary>
    private async Task AssertSilenceAsync(string what = "")
    {
        await AssertAliveAsync(what);
        List<string> unexpected = [];
        while (Peer.Unclaimed.TryRead(out EthernetPacket? frame))
        {
            unexpected.Add(frame.ToString());
        }

        Assert.True(unexpected.Count == 0, $"{what}: the guest answered {string.Join('\n', unexpected)}");
    }

    /// <summary>The guest answers a ping. After a burst the first ones may be lost to a full receive ring, which the card counts as overruns.</summary>
    private async Task AssertAliveAsync(string after)
    {
        ushort sequence = 0;
        await Eventually.TrueAsync(
            async () => await Peer.PingAsync(0xA11E, ++sequence, s_data, Limits.Answer) is not null, $"the guest answers after {after}", Limits.Command);
        Assert.Equal("alive", (await Shell.RunAsync("echo alive")).Succeeded().Output.Trim());
    }

    /// <summary>Takes what is on its way and forgets it.</summary>
    private async Task DrainAsync()
    {
        Assert.NotNull(await Peer.PingAsync(0xD7A1, 1, s_data, Limits.Command));
        while (Peer.Unclaimed.TryRead(out _))
        {
        }
    }

    private async Task<EthernetPacket> NextFrameAsync(Func<EthernetPacket, bool> condition)
    {
        using CancellationTokenSource deadline = new(Limits.Command);
        await foreach (EthernetPacket frame in Peer.Unclaimed.ReadAllAsync(deadline.Token))
        {
            if (condition(frame))
            {
                return frame;
            }
        }

        throw new EndOfStreamException("The guest ended.");
    }
}
