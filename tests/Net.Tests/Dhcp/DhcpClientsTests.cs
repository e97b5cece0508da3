using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Simulation;
using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>DHCP through a whole stack: a card without an address beside a server on a simulated wire.</summary>
public sealed class DhcpClientsTests
{
    private const string ServerIp = "10.0.0.1";
    private const string GivenIp = "10.0.0.57";
    private const string Mac = "52:54:00:00:00:02";

    private readonly SimulatedTime _time = new();
    private readonly SimulatedNode _node;
    private readonly WireProbe _probe;
    private readonly DhcpClients _clients;
    private readonly List<int> _received = [];
    private readonly List<string> _askedBy = []; // who asks for the address that is given
    private bool _isServing = true;
    private bool _isOccupied;

    public DhcpClientsTests()
    {
        SimulatedWire wire = new(_time, seed: 1);
        _probe = new WireProbe(wire) { Arrived = Serve };
        _node = new SimulatedNode(_time, wire, Mac);
        _clients = new DhcpClients(_node.Stack, "ks");
    }

    [Fact]
    public void Start_OnWhatIsNoCard_IsRefused()
    {
        Assert.Equal(Errno.ENODEV, _clients.Start("eth7"));
        Assert.Equal(Errno.ENODEV, _clients.Start("lo"));
        Assert.Equal(Errno.ESRCH, _clients.Release("eth0"));
        Assert.Equal(Errno.ESRCH, _clients.WaitForLease("eth0", Instant.Never, out _));
        Assert.Equal(Errno.Success, _node.Control.SetUp("eth0", isUp: false));
        Assert.Equal(Errno.ENETDOWN, _clients.Start("eth0"));
    }

    [Fact]
    public void Start_WithServer_SetsAddressAndGatewayAndTells()
    {
        Assert.Equal(Errno.Success, _clients.Start("eth0"));
        Assert.Equal(Errno.Success, _clients.WaitForLease("eth0", _time.Now + TimeSpan.FromSeconds(30), out DhcpLeaseInformation? lease));
        Assert.Equal(Addresses.Ip(GivenIp), lease!.Address);
        Assert.Equal("test", lease.DomainName);
        Assert.Equal(Addresses.Ip(GivenIp), _node.Interface.Address);
        Assert.Equal(24, _node.Interface.PrefixLength);
        Assert.Equal(1400, _node.Interface.Mtu);
        Assert.Equal([1, 3], _received);
        Assert.Equal(Errno.Success, _clients.WaitForEvent(_time.Now, out DhcpEvent? happened));
        Assert.Equal(DhcpEventKind.Bound, happened!.Kind);
        Assert.Equal(Errno.ETIME, _clients.WaitForEvent(_time.Now, out _));
        _node.AssertNoLeak();
    }

    [Fact]
    public void Renewal_GoesToTheServerAlone()
    {
        Bind();
        _time.RunFor(TimeSpan.FromSeconds(61)); // of a lease of two minutes
        Assert.Equal([1, 3, 3], _received);
        _time.RunFor(TimeSpan.FromSeconds(600));
        Assert.Equal(Addresses.Ip(GivenIp), _node.Interface.Address);
        Assert.InRange(_received.Count, 10, 14);
        _node.AssertNoLeak();
    }

    [Fact]
    public void Server_ThatIsGone_CostsTheAddress()
    {
        Bind();
        _isServing = false;
        _time.RunFor(TimeSpan.FromSeconds(121));
        Assert.True(_node.Interface.Address.IsAny);
        _isServing = true;
        _time.RunFor(TimeSpan.FromSeconds(70));
        Assert.Equal(Addresses.Ip(GivenIp), _node.Interface.Address);
    }

    [Fact]
    public void Release_TakesTheAddressAway()
    {
        Bind();
        Assert.Equal(Errno.Success, _clients.Release("eth0"));
        Assert.True(_node.Interface.Address.IsAny);
        _time.RunFor(TimeSpan.FromSeconds(300));
        Assert.Equal([1, 3, 7], _received);
        Assert.Equal(Errno.ESRCH, _clients.Release("eth0"));
        Bind();
    }

    [Fact]
    public void WaitForLease_WithoutServer_EndsAtTheDeadline()
    {
        _isServing = false;
        Assert.Equal(Errno.Success, _clients.Start("eth0"));
        Assert.Equal(Errno.ETIME, _clients.WaitForLease("eth0", _time.Now + TimeSpan.FromSeconds(30), out _));
    }

    [Fact]
    public void Address_IsAskedForBeforeItIsUsed_AndAnnouncedAfter()
    {
        Bind();
        _time.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(["0.0.0.0", "0.0.0.0", "0.0.0.0", GivenIp, GivenIp], _askedBy);
    }

    [Fact]
    public void Address_OfAnother_IsDeclined_UntilTheOtherIsGone()
    {
        _isOccupied = true;
        Assert.Equal(Errno.Success, _clients.Start("eth0"));
        _time.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal([1, 3, 4], _received);
        Assert.True(_node.Interface.Address.IsAny);
        Assert.Equal(Errno.Success, _clients.WaitForEvent(_time.Now, out DhcpEvent? happened));
        Assert.Equal((DhcpEventKind.Conflict, Addresses.Ip(GivenIp)), (happened!.Kind, happened.Address));
        _isOccupied = false;
        Assert.Equal(Errno.Success, _clients.WaitForLease("eth0", _time.Now + TimeSpan.FromSeconds(15), out _));
        Assert.Equal([1, 3, 4, 1, 3], _received);
        Assert.Equal(Addresses.Ip(GivenIp), _node.Interface.Address);
    }

    [Fact]
    public void CablePulledWhileAsking_AsksAnew()
    {
        Assert.Equal(Errno.Success, _clients.Start("eth0"));
        _time.RunFor(AddressProbe.InitialWait);
        Assert.Single(_askedBy);
        _node.Device.SetLink(false);
        _time.RunFor(TimeSpan.FromSeconds(10));
        Assert.True(_node.Interface.Address.IsAny);
        _node.Device.SetLink(true);
        Assert.Equal(Errno.Success, _clients.WaitForLease("eth0", _time.Now + TimeSpan.FromSeconds(15), out _));
        Assert.Equal([1, 3, 1, 3], _received);
        Assert.Equal(1 + AddressProbe.Count, _askedBy.Count(static sender => sender == "0.0.0.0"));
    }

    [Fact]
    public void Events_NobodyFetches_AreBounded()
    {
        Bind();
        _time.RunFor(TimeSpan.FromSeconds(61 * 40));
        Assert.InRange(_clients.DroppedEvents, 1, 40);
    }

    private void Bind()
    {
        Assert.Equal(Errno.Success, _clients.Start("eth0"));
        Assert.Equal(Errno.Success, _clients.WaitForLease("eth0", _time.Now + TimeSpan.FromSeconds(30), out _));
    }

    /// <summary>The server, which also answers ARP for itself.</summary>
    private void Serve(byte[] frame)
    {
        if (Frames.IsIpv4(frame))
        {
            UdpPacket udp = UdpFrames.Judge(frame);
            if (udp.DestinationPort == 67 && _isServing)
            {
                Answer(frame[(14 + 20 + 8)..]);
            }
        }
        else
        {
            AnswerArp(frame);
        }
    }

    private void Answer(byte[] message)
    {
        int type = ServerMessage.Option(message, 53)[0];
        _received.Add(type);
        if (type is not (1 or 3))
        {
            return;
        }

        byte[] answer = new ServerMessage(type == 1 ? 2 : 5, ServerMessage.TransactionOf(message), Mac, GivenIp).WithAddress(54, ServerIp)
            .WithSeconds(51, 120).WithAddress(1, "255.255.255.0").WithAddress(3, ServerIp).With(15, "test"u8.ToArray()).With(26, 1400 >> 8, 1400 & 255).ToBytes();
        bool isBroadcast = (message[10] & 0x80) != 0;
        Ipv4Fields ip = Tester.ToNode with { Protocol = Ipv4Protocol.Udp, Destination = isBroadcast ? Ipv4Address.Broadcast : Addresses.Ip(GivenIp) };
        byte[] datagram = Frames.Datagram(ip, UdpFrames.Segment(ip, 67, 68, answer));
        _probe.Send(Frames.Ethernet(isBroadcast ? MacAddress.Broadcast : Addresses.Mac(Mac), Tester.SelfMac, EtherType.Ipv4, datagram));
    }

    /// <summary>The server's address is its own; the given one may be another station's.</summary>
    private void AnswerArp(byte[] frame)
    {
        if (!EthernetHeader.TryParse(frame, out EthernetHeader header) || !ArpPacket.TryParse(header.Payload, out ArpPacket arp))
        {
            return;
        }

        bool isGiven = arp.TargetProtocol == Addresses.Ip(GivenIp);
        if (isGiven)
        {
            _askedBy.Add(arp.SenderProtocol.ToString());
        }

        if (arp.TargetProtocol == Addresses.Ip(ServerIp) || (isGiven && _isOccupied))
        {
            MacAddress owner = isGiven ? Addresses.Mac("52:54:00:00:00:99") : Tester.SelfMac;
            _probe.Send(Frames.Ethernet(Addresses.Mac(Mac), owner, EtherType.Arp, Frames.Arp(new ArpFields(
                ArpOperation.Reply, owner, arp.TargetProtocol, Addresses.Mac(Mac), arp.SenderProtocol))));
        }
    }
}
