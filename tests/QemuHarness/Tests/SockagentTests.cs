using System.Net;
using KernelSockets.AgentScripts;
using KernelSockets.QemuHarness.Wire;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>A machine that makes socket calls for a peer on its wire.</summary>
public sealed class AgentGuest() : WireServiceGuest("sockagent > /dev/null &", 7001);

/// <summary>The agent in the guest: its socket calls answer as Linux's did.</summary>
public sealed class SockagentTests(AgentGuest shared) : SharedGuestTests<AgentGuest>(shared)
{
    private const ushort Port = 7001;
    private const ushort OurPort = 40000;
    private const ushort GroupPort = 9300;
    private const int IdSize = 4;
    private const int Igmp = 2;

    private readonly List<IPv4Packet> _groupMessages = [];

    [Fact]
    public async Task Script_InTheGuest_GivesLinuxsAnswers()
    {
        AgentScript script = new(ExchangeAsync);
        List<string> differences = [];
        string path = Path.Combine(AppContext.BaseDirectory, "Transcripts", "agent.txt");
        foreach (string line in await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken))
        {
            string actual = await script.RunAsync(line);
            if (!AgentScript.Matches(line, actual))
            {
                differences.Add($"expected {line}\nactual   {actual}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task Group_Joined_IsReportedAndReceived_Left_IsNot()
    {
        EthernetPeer peer = Shared.Peer;
        AgentScript script = new(ExchangeAsync);
        byte[] datagram = Frames.Udp(peer.Mac, Frames.Mac("01:00:5E:01:02:03"), peer.Ip, IPAddress.Parse("239.1.2.3"), OurPort, GroupPort, [1, 2, 3, 4, 5]);
        await AssertAsync("g = socket 2 2 0 -> fd");
        await AssertAsync("bind g 0.0.0.0:9300 -> 0");
        await peer.SendAsync(datagram);
        await AssertAsync("setsockopt g 0 35 EF0102030A4D0002 -> 0");
        await AssertAsync("poll g:1 0 -> 0 0");
        await peer.SendAsync(datagram);
        await AssertAsync("poll g:1 10000 -> 1 1");
        await AssertAsync("recvfrom g 100 0x40 -> 5 10.77.0.1:40000");
        await AssertAsync("setsockopt g 0 36 EF0102030A4D0002 -> 0");
        await peer.SendAsync(datagram);
        await AssertAsync("poll g:1 0 -> 0 0");
        await AssertAsync("close g -> 0");
        Assert.Equal(["239.1.2.3", "224.0.0.2"], _groupMessages.Select(ip => ip.DestinationAddress.ToString())); // the report and the leave
        Assert.All(_groupMessages, ip => Assert.Equal((1, 6), (ip.TimeToLive, ip.HeaderLength)));

        async Task AssertAsync(string line) => Assert.Equal(line, await script.RunAsync(line));
    }

    private async Task<byte[]?> ExchangeAsync(byte[] request)
    {
        EthernetPeer peer = Shared.Peer;
        await peer.SendAsync(Frames.Udp(peer.Mac, Frames.GuestMac, peer.Ip, Frames.GuestIp, OurPort, Port, request));
        try
        {
            IPv4Packet reply = await peer.WaitForAsync<IPv4Packet>(ip => Answers(ip, request), Limits.Answer);
            return reply.Extract<UdpPacket>().PayloadData;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private bool Answers(IPv4Packet ip, byte[] request)
    {
        if ((int)ip.Protocol == Igmp)
        {
            _groupMessages.Add(ip);
        }

        return ip.Extract<UdpPacket>() is { SourcePort: Port } udp && udp.PayloadData.AsSpan(0, IdSize).SequenceEqual(request.AsSpan(0, IdSize));
    }
}
