using KernelSockets.Filters;
using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;
using KernelSockets.UserApps.Network.PacketCapture;

namespace KernelSockets.Net.Tests.Fuzz;

/// <summary>
/// A host with a socket of every kind, a group, a DHCP client and a pinger, all of which look at whatever frame it is fed; and tcpdump's
/// printer, which does, too.
/// </summary>
internal sealed class FuzzTarget : IDisposable
{
    private const ushort EchoPort = 7;
    private const ushort ConnectedPort = 40_000;
    private const int Experimental = 253;
    private const int BootpReply = 2;
    private const int TransactionOffset = 46;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(90); // longer than fragments and neighbours wait

    private readonly Tester _tester = new(isKnown: false);
    private readonly FramePrinter[] _printers = [new(new PrintOptions()), new(new PrintOptions { Verbosity = 3, ShowsLink = true })];
    private readonly byte[] _received = new byte[65_535];
    private readonly TestSocket[] _sockets;
    private readonly Pinger _pinger;
    private readonly DhcpClients _dhcp;
    private byte[] _transaction = new byte[4];
    private ushort _sequence;

    public FuzzTarget()
    {
        NetStack stack = _tester.Node.Stack;
        TestSocket udp = TestSocket.Udp(_tester, EchoPort);
        TestSocket connected = TestSocket.Udp(_tester, ConnectedPort);
        Assert.Equal(Errno.Success, connected.Connect(Tester.SelfIp, 53));
        Assert.Equal(Errno.Success, udp.Set(0, 35, [239, 1, 2, 3, 10, 0, 0, 2]));
        TestSocket packet = new(stack, SocketType.Packet, PacketBlock.AllProtocols);
        _sockets = [udp, connected, packet, new TestSocket(stack, SocketType.Raw, 1), new TestSocket(stack, SocketType.Raw, Experimental), new TestSocket(stack, SocketType.Raw)];
        _pinger = new Pinger(stack, Tester.Self4);
        _dhcp = new DhcpClients(stack, "fuzz");
        Assert.Equal(Errno.Success, _dhcp.Start("eth0"));
        Filter = FilterCompiler.Compile(Parse("udp port 53 or (arp and not host 10.0.0.1) or icmp"), uint.MaxValue);
        Assert.True(BpfProgram.TryCreate(Filter, out BpfProgram? program));
        Program = program;
    }

    /// <summary>Frames taken.</summary>
    public long Fed { get; private set; }

    private BpfInstruction[] Filter { get; }

    private BpfProgram Program { get; }

    /// <summary>Takes one frame, of any length up to a buffer's, past the wire: devices deliver anything.</summary>
    public void Feed(byte[] frame)
    {
        Fed++;
        Aim(frame);
        PacketBuffer? buffer = _tester.Node.Pool.TryTake();
        Assert.NotNull(buffer);
        buffer.SetReceived(0, frame.Length);
        frame.CopyTo(buffer.Data);
        _tester.Node.Interface.Receive(buffer);
        buffer.Release();
        _ = Program.Run(frame);
        if (Fed % 8 == 0)
        {
            Assert.NotEmpty(_printers[Fed / 8 % 2].Format(new CapturedFrame(DateTime.UnixEpoch, frame, frame.Length)));
        }
    }

    /// <summary>Lets time pass, sends something, and empties all queues.</summary>
    public void Rest(TimeSpan time)
    {
        _pinger.Send(_sequence++, _received.AsSpan(0, _sequence % 3000), 64);
        _tester.Settle(time);
        Drain();
    }

    private void Drain()
    {
        foreach (byte[] sent in _tester.Probe.Take())
        {
            bool isDhcp = sent.Length > TransactionOffset + 4 && Frames.IsIpv4(sent) && sent[23] == 17 && sent[37] == 67;
            _transaction = isDhcp ? sent[TransactionOffset..(TransactionOffset + 4)] : _transaction;
        }

        _pinger.Drain();
        foreach (TestSocket socket in _sockets)
        {
            socket.Drain(_received);
        }
    }

    /// <summary>All counters that have moved.</summary>
    public string Counters => string.Join(", ", _tester.Node.Control.Counters().Where(counter => counter.Value > 0).Select(counter => $"{counter.Group}.{counter.Name} {counter.Value}"));

    /// <summary>Waits for everything that waits, then fails if a buffer is missing or the host does not answer.</summary>
    public void AssertSound()
    {
        Rest(s_longest);
        Drain();
        _tester.Settle(s_longest);
        Drain();
        _tester.Node.AssertNoLeak($"after {Fed} frames");
        Assert.Equal(Errno.Success, _tester.Node.Control.SetAddress("eth0", Tester.Node4, 24));
        Assert.Equal(Errno.Success, _tester.Node.Control.AddNeighbour(Tester.Self4, Tester.SelfMac));
        _tester.Settle(TimeSpan.FromSeconds(5));
        Drain();
        _tester.AssertAnswers();
    }

    public void Dispose()
    {
        _pinger.Dispose();
        Array.ForEach(_sockets, socket => socket.Dispose());
    }

    private static FilterNode Parse(string expression)
    {
        Assert.Null(FilterParser.TryParse(expression, _ => null, out FilterNode? filter));
        return filter!;
    }

    /// <summary>An answer of DHCP counts only with the transaction that the client has under way.</summary>
    private void Aim(byte[] frame)
    {
        bool isAnswer = frame.Length > TransactionOffset + 4 && Frames.IsIpv4(frame) && frame[23] == 17 && frame[42] == BootpReply;
        if (isAnswer && Fed % 4 != 0)
        {
            _transaction.CopyTo(frame, TransactionOffset);
        }
    }
}
