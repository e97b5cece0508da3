using System.Collections.Concurrent;
using System.Threading.Channels;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>
/// A TCP host at the other end of the guest's cable that does nothing by itself: each of its connections is a script of the test. It reads the
/// frames that the <see cref="EthernetPeer"/> leaves and gives each segment to its connection.
/// </summary>
internal sealed class TcpStation
{
    private readonly ConcurrentDictionary<ushort, WireConnection> _connections = new();
    private readonly Channel<EthernetPacket> _others = Channel.CreateUnbounded<EthernetPacket>();
    private int _lastPort = Random.Shared.Next(10_000, 20_000);

    public TcpStation(EthernetPeer peer)
    {
        Peer = peer;
        _ = PumpAsync();
    }

    public EthernetPeer Peer { get; }

    /// <summary>Frames that belong to no connection, in order.</summary>
    public ChannelReader<EthernetPacket> Others => _others.Reader;

    /// <summary>A connection to be, with a port of its own.</summary>
    /// <param name="port">The guest's port.</param>
    public WireConnection Make(ushort port)
    {
        WireConnection connection = new(this, port, (ushort)Interlocked.Increment(ref _lastPort));
        _connections[connection.OwnPort] = connection;
        return connection;
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="port">The guest's port.</param>
    /// <param name="options">Of the SYN.</param>
    /// <exception cref="TimeoutException">The guest does not answer.</exception>
    public async Task<WireConnection> OpenAsync(ushort port, byte[]? options = null)
    {
        WireConnection connection = Make(port);
        await connection.OpenAsync(options ?? RawSegment.MaximumSegment(1460));
        return connection;
    }

    /// <summary>Segments of a connection go nowhere from now on.</summary>
    public void Forget(WireConnection connection) => _ = _connections.TryRemove(connection.OwnPort, out _);

    private async Task PumpAsync()
    {
        await foreach (EthernetPacket frame in Peer.Unclaimed.ReadAllAsync())
        {
            if (frame.Extract<TcpPacket>() is { ParentPacket: IPv4Packet datagram } segment && datagram.DestinationAddress.Equals(Peer.Ip)
                && _connections.TryGetValue(segment.DestinationPort, out WireConnection? connection)
                && connection.Port == segment.SourcePort)
            {
                connection.Take(segment);
            }
            else
            {
                _others.Writer.TryWrite(frame);
            }
        }

        _others.Writer.TryComplete();
    }
}
