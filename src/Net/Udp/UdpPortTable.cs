namespace KernelSockets.Net;

/// <summary>
/// The UDP sockets that have a port. A datagram finds its socket by one look-up for its four addresses among the connected ones, and one for its
/// port among the others, however many sockets there are.
/// </summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class UdpPortTable
{
    /// <summary>Ephemeral ports (RFC 6056), as in Linux's ip_local_port_range.</summary>
    internal const int FirstEphemeral = 32_768;

    /// <summary>The last of them.</summary>
    internal const int LastEphemeral = 60_999;

    private readonly Dictionary<ushort, Port> _ports = [];
    private readonly Dictionary<Connection, UdpBlock> _connected = [];
    private readonly EntropySource _entropy;

    /// <param name="entropy">Makes ephemeral ports unpredictable.</param>
    public UdpPortTable(EntropySource entropy) => _entropy = entropy;

    /// <summary>Sockets in the table.</summary>
    public int Count { get; private set; }

    /// <summary>All sockets, in no order.</summary>
    public IEnumerable<UdpBlock> All
    {
        get
        {
            foreach (Port port in _ports.Values)
            {
                foreach (UdpBlock block in port.Sockets)
                {
                    yield return block;
                }
            }
        }
    }

    /// <summary>Gives a socket a port.</summary>
    /// <param name="block">The socket; its local address counts.</param>
    /// <param name="port">The port; 0 for a random one that nobody has (RFC 6056 §3.3.1).</param>
    /// <returns><see cref="Errno.EADDRINUSE"/>.</returns>
    public Errno Bind(UdpBlock block, ushort port)
    {
        if (port == 0 && !TryPickEphemeral(out port))
        {
            return Errno.EADDRINUSE;
        }

        if (!_ports.TryGetValue(port, out Port? entry))
        {
            entry = new Port();
            _ports.Add(port, entry);
        }
        else if (IsTaken(entry, block))
        {
            return Errno.EADDRINUSE;
        }

        block.LocalPort = port;
        entry.Sockets.Add(block);
        Count++;
        Index(entry, block);
        return Errno.Success;
    }

    /// <summary>Takes a socket out of the table and its port away; one without a port is ignored.</summary>
    public void Unbind(UdpBlock block)
    {
        if (block.LocalPort == 0)
        {
            return;
        }

        Port entry = _ports[block.LocalPort];
        Unindex(entry, block);
        entry.Sockets.Remove(block);
        Count--;
        if (entry.Sockets.Count == 0)
        {
            _ports.Remove(block.LocalPort);
        }

        block.LocalPort = 0;
    }

    /// <summary>Changes the peer or the local address of a socket with a port.</summary>
    /// <param name="block">The socket.</param>
    /// <param name="change">What to do to it.</param>
    public Errno Change(UdpBlock block, Func<Errno> change)
    {
        Port entry = _ports[block.LocalPort];
        Unindex(entry, block);
        Errno error = change();
        Index(entry, block);
        return error;
    }

    /// <summary>The socket for a datagram to one host: connected to its sender, else bound to the very address, else to any.</summary>
    /// <param name="netInterface">Where it came in; sockets bound to it go first.</param>
    /// <param name="local">Its destination.</param>
    /// <param name="localPort">Its destination port.</param>
    /// <param name="remote">Its source.</param>
    /// <param name="remotePort">Its source port.</param>
    public UdpBlock? Find(NetInterface netInterface, Ipv4Address local, ushort localPort, Ipv4Address remote, ushort remotePort)
    {
        if (FindConnected(local, localPort, remote, remotePort) is { } connected && connected.Accepts(netInterface))
        {
            return connected;
        }

        if (!_ports.TryGetValue(localPort, out Port? entry))
        {
            return null;
        }

        UdpBlock? best = null;
        int bestScore = 0;
        foreach (UdpBlock candidate in entry.Open)
        {
            int score = Score(candidate, netInterface, local);
            if (score > 0 && score >= bestScore)
            {
                best = candidate; // of equals the one that came last, as in Linux
                bestScore = score;
            }
        }

        return best;
    }

    /// <summary>The connected socket of a pair of addresses and ports.</summary>
    public UdpBlock? FindConnected(Ipv4Address local, ushort localPort, Ipv4Address remote, ushort remotePort) =>
        _connected.GetValueOrDefault(new Connection(local, localPort, remote, remotePort));

    /// <summary>All sockets with a port, for datagrams to groups; null for none.</summary>
    public List<UdpBlock>? OnPort(ushort port) => _ports.GetValueOrDefault(port)?.Sockets;

    private static int Score(UdpBlock candidate, NetInterface netInterface, Ipv4Address local)
    {
        const int Usable = 1;
        const int BoundToInterface = 1;
        const int BoundToAddress = 2;
        if (!candidate.Accepts(netInterface) || !(candidate.LocalAddress.IsAny || candidate.LocalAddress == local))
        {
            return 0;
        }

        return Usable + (candidate.BoundInterface is null ? 0 : BoundToInterface) + (candidate.LocalAddress.IsAny ? 0 : BoundToAddress);
    }

    private static bool IsTaken(Port entry, UdpBlock block)
    {
        foreach (UdpBlock other in entry.Sockets)
        {
            bool isSameInterface = block.BoundInterface is null || other.BoundInterface is null || block.BoundInterface == other.BoundInterface;
            bool isSameAddress = block.LocalAddress.IsAny || other.LocalAddress.IsAny || block.LocalAddress == other.LocalAddress;
            if (isSameInterface && isSameAddress && !(block.MayShare && other.MayShare))
            {
                return true;
            }
        }

        return false;
    }

    private static Connection ConnectionOf(UdpBlock block) => new(block.LocalAddress, block.LocalPort, block.RemoteAddress, block.RemotePort);

    private void Index(Port entry, UdpBlock block)
    {
        if (block.IsConnected)
        {
            _connected[ConnectionOf(block)] = block;
        }
        else
        {
            entry.Open.Add(block);
        }
    }

    private void Unindex(Port entry, UdpBlock block)
    {
        if (!block.IsConnected)
        {
            entry.Open.Remove(block);
            return;
        }

        Connection connection = ConnectionOf(block);
        if (_connected.GetValueOrDefault(connection) != block)
        {
            return;
        }

        // Sockets that share a port may have the same peer: another one takes over.
        _connected.Remove(connection);
        foreach (UdpBlock other in entry.Sockets)
        {
            if (other != block && other.IsConnected && ConnectionOf(other) == connection)
            {
                _connected[connection] = other;
            }
        }
    }

    private bool TryPickEphemeral(out ushort port)
    {
        const int Range = LastEphemeral - FirstEphemeral + 1;
        uint start = _entropy.NextUInt32() % Range;
        for (uint i = 0; i < Range; i++)
        {
            port = (ushort)(FirstEphemeral + ((start + i) % Range));
            if (!_ports.ContainsKey(port))
            {
                return true;
            }
        }

        port = 0;
        return false;
    }

    private readonly record struct Connection(Ipv4Address Local, ushort LocalPort, Ipv4Address Remote, ushort RemotePort);

    private sealed class Port
    {
        public List<UdpBlock> Sockets { get; } = new(1);

        /// <summary>Those without a peer.</summary>
        public List<UdpBlock> Open { get; } = new(1);
    }
}
