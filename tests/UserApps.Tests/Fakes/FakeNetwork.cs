using System.Net.Sockets;
using KernelSockets.Simulation;
using KernelSockets.UserApps.Commands;
using KernelSockets.UserApps.Network;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>A network whose interfaces, neighbours and echoes the test makes up.</summary>
internal sealed class FakeNetwork(SimulatedTime time, Func<bool> isInterrupted) : INetworkControl
{
    public List<InterfaceInformation> Links { get; } = [];

    public List<NeighbourInformation> Table { get; } = [];

    public List<RouteInformation> RouteTable { get; } = [];

    /// <summary>Calls that changed something, as text.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What each setter returns.</summary>
    public Errno SetResult { get; set; }

    /// <summary>What opening an echo socket says.</summary>
    public SocketError OpenResult { get; set; }

    /// <summary>What sending a request returns.</summary>
    public Errno SendResult { get; set; }

    /// <summary>What comes back for a request, and how long after it.</summary>
    public Func<ushort, IEnumerable<(TimeSpan Delay, EchoAnswer Reply)>> Answer { get; set; } = _ => [];

    /// <summary>Requests sent: sequence, data size, TTL and moment.</summary>
    public List<(ushort Sequence, int Size, byte TimeToLive, Instant At)> Sent { get; } = [];

    public int OpenSessions { get; private set; }

    public IReadOnlyList<InterfaceInformation> Interfaces() => Links;

    public Errno SetAddress(string name, Ipv4Address address, int prefixLength) => Record($"address {name} {address}/{prefixLength}");

    public Errno SetMtu(string name, int mtu) => Record($"mtu {name} {mtu}");

    public Errno SetUp(string name, bool isUp) => Record($"{(isUp ? "up" : "down")} {name}");

    public Errno SetGateway(Ipv4Address gateway) => Record($"gateway {gateway}");

    public IReadOnlyList<RouteInformation> Routes() => RouteTable;

    public Errno AddRoute(Ipv4Address destination, int prefixLength, Ipv4Address gateway, string? interfaceName, int metric) =>
        Record($"add route {destination}/{prefixLength} {gateway} {interfaceName ?? "-"} {metric}");

    public Errno DeleteRoute(Ipv4Address destination, int prefixLength, Ipv4Address? gateway, string? interfaceName) =>
        Record($"delete route {destination}/{prefixLength} {(gateway is null ? "-" : gateway)} {interfaceName ?? "-"}");

    public Errno SetPromiscuous(string name, bool isPromiscuous) => Record($"promisc {name} {isPromiscuous}");

    public Errno SetAllMulticast(string name, bool isAllMulticast) => Record($"allmulti {name} {isAllMulticast}");

    public List<ProtocolCounter> ProtocolCounters { get; } = [];

    public IReadOnlyList<ProtocolCounter> Counters() => ProtocolCounters;

    public List<SocketInformation> OpenSockets { get; } = [];

    public IReadOnlyList<SocketInformation> Sockets() => OpenSockets;

    public IReadOnlyList<NeighbourInformation> Neighbours() => Table;

    public Errno DeleteNeighbour(Ipv4Address address) => Record($"delete {address}");

    public Errno AddNeighbour(Ipv4Address address, MacAddress hardwareAddress) => Record($"add {address} {hardwareAddress}");

    public IEchoSocket OpenEcho(PingOptions options, Clock clock)
    {
        if (OpenResult != SocketError.Success)
        {
            throw new SocketException((int)OpenResult);
        }

        OpenSessions++;
        return new EchoSocket(this, options.TimeToLive);
    }

    private Errno Record(string call)
    {
        Calls.Add(call);
        return SetResult;
    }

    private sealed class EchoSocket(FakeNetwork network, byte timeToLive) : IEchoSocket
    {
        private readonly Lock _gate = new();
        private readonly SimulatedWaitQueue _arrived = new(network.Time, "echo");
        private readonly Queue<EchoAnswer> _replies = new();

        public Errno Send(ushort sequence, ReadOnlySpan<byte> payload)
        {
            network.Sent.Add((sequence, payload.Length, timeToLive, network.Time.Now));
            if (network.SendResult != Errno.Success)
            {
                return network.SendResult;
            }

            foreach ((TimeSpan delay, EchoAnswer reply) in network.Answer(sequence))
            {
                network.Time.After(delay, () => Arrive(reply with { ReceivedAt = network.Time.Now }));
            }

            return Errno.Success;
        }

        public Errno Receive(Instant deadline, out EchoAnswer reply)
        {
            reply = default;
            lock (_gate)
            {
                while (_replies.Count == 0)
                {
                    Errno error = network.IsInterrupted() ? Errno.EINTR : _arrived.Wait(_gate, deadline);
                    if (error != Errno.Success)
                    {
                        return network.IsInterrupted() ? Errno.EINTR : error;
                    }
                }

                reply = _replies.Dequeue();
                return Errno.Success;
            }
        }

        public void Dispose() => network.OpenSessions--;

        private void Arrive(EchoAnswer reply)
        {
            lock (_gate)
            {
                _replies.Enqueue(reply);
                _arrived.WakeAll();
            }
        }
    }

    private SimulatedTime Time => time;

    private bool IsInterrupted() => isInterrupted();
}
