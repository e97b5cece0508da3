namespace KernelSockets.Net;

/// <summary>Which TCP ports are taken, and by whom: sockets that are bound, connections, TIME-WAIT.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class TcpPortTable
{
    private readonly Dictionary<ushort, Port> _ports = [];
    private readonly EntropySource _entropy;

    /// <param name="entropy">Makes ephemeral ports unpredictable.</param>
    public TcpPortTable(EntropySource entropy) => _entropy = entropy;

    /// <summary>All listening sockets.</summary>
    public IEnumerable<TcpBlock> Listeners => _ports.Values.SelectMany(static port => port.Bound).Where(static block => block.IsListening);

    /// <summary>bind: gives a socket a port.</summary>
    /// <param name="block">The socket; its local address counts.</param>
    /// <param name="port">The port; 0 for a random one that nobody has (RFC 6056 §3.3.1).</param>
    /// <returns><see cref="Errno.EADDRINUSE"/>.</returns>
    public Errno Bind(TcpBlock block, ushort port)
    {
        if (port == 0 && !TryPick(static (table, candidate) => !table._ports.ContainsKey(candidate), this, out port))
        {
            return Errno.EADDRINUSE;
        }

        Port entry = Enter(port);
        if (IsTaken(entry, block))
        {
            return Errno.EADDRINUSE;
        }

        entry.Bound.Add(block);
        block.LocalPort = port;
        return Errno.Success;
    }

    /// <summary>Takes a bound socket's port away; one without is ignored.</summary>
    public void Unbind(TcpBlock block)
    {
        if (_ports.TryGetValue(block.LocalPort, out Port? entry) && entry.Bound.Remove(block))
        {
            Leave(block.LocalPort, entry);
        }
    }

    /// <summary>listen: the listener of a port. Linux checks once more whether the port is free to listen on.</summary>
    /// <returns><see cref="Errno.EADDRINUSE"/>.</returns>
    public Errno Listen(TcpBlock block)
    {
        foreach (TcpBlock other in _ports[block.LocalPort].Bound)
        {
            if (other != block && other.IsListening && Overlap(other, block) && !(block.MayShareListening && other.MayShareListening))
            {
                return Errno.EADDRINUSE;
            }
        }

        return Errno.Success;
    }

    /// <summary>The listener for a segment: bound to its very address, else to any.</summary>
    public TcpListener? FindListener(Ipv4Address local, ushort port, NetInterface netInterface)
    {
        TcpListener? best = null;
        if (_ports.TryGetValue(port, out Port? entry))
        {
            foreach (TcpBlock block in entry.Bound)
            {
                bool fits = block.Listener is not null && block.Accepts(netInterface) && (block.LocalAddress.IsAny || block.LocalAddress == local);
                best = fits && (best is null || !block.LocalAddress.IsAny) ? block.Listener : best;
            }
        }

        return best;
    }

    /// <summary>connect: a random port with which the connection would be the only one of its kind (RFC 6056 §3.3.1).</summary>
    /// <param name="tcp">Whose connections count.</param>
    /// <param name="key">The connection's addresses and remote port.</param>
    /// <param name="port">The port.</param>
    /// <returns>False when none is left: EADDRNOTAVAIL.</returns>
    public bool TryPickFor(Tcp tcp, TcpKey key, out ushort port) => TryPick(
        static (state, candidate) => !state.Table.IsBound(candidate) && state.Tcp.IsFree(state.Key with { LocalPort = candidate }), (Table: this, Tcp: tcp, Key: key), out port);

    /// <summary>A connection, or what is left of it in TIME-WAIT, has a port.</summary>
    public void AddConnection(ushort port) => Enter(port).Connections++;

    /// <summary>It has it no more.</summary>
    public void RemoveConnection(ushort port)
    {
        Port entry = _ports[port];
        entry.Connections--;
        Leave(port, entry);
    }

    private bool IsBound(ushort port) => _ports.TryGetValue(port, out Port? entry) && entry.Bound.Count > 0;

    private Port Enter(ushort port)
    {
        if (!_ports.TryGetValue(port, out Port? entry))
        {
            entry = new Port();
            _ports.Add(port, entry);
        }

        return entry;
    }

    private void Leave(ushort port, Port entry)
    {
        if (entry.Bound.Count == 0 && entry.Connections == 0)
        {
            _ports.Remove(port);
        }
    }

    private static bool Overlap(TcpBlock left, TcpBlock right) =>
        (left.BoundInterface is null || right.BoundInterface is null || left.BoundInterface == right.BoundInterface)
        && (left.LocalAddress.IsAny || right.LocalAddress.IsAny || left.LocalAddress == right.LocalAddress);

    /// <summary>As Linux's inet_csk_bind_conflict: SO_REUSEADDR shares with everything but listeners, and gets past connections that are still there.</summary>
    private static bool IsTaken(Port entry, TcpBlock block)
    {
        if (entry.Connections > 0 && !block.MayShare)
        {
            return true;
        }

        foreach (TcpBlock other in entry.Bound)
        {
            bool isShared = (block.MayShare && other.MayShare && !other.IsListening) || (block.MayShareListening && other.MayShareListening);
            if (Overlap(other, block) && !isShared)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryPick<TState>(Func<TState, ushort, bool> isFree, TState state, out ushort port)
    {
        const int Range = UdpPortTable.LastEphemeral - UdpPortTable.FirstEphemeral + 1;
        uint start = _entropy.NextUInt32() % Range;
        for (uint i = 0; i < Range; i++)
        {
            port = (ushort)(UdpPortTable.FirstEphemeral + ((start + i) % Range));
            if (isFree(state, port))
            {
                return true;
            }
        }

        port = 0;
        return false;
    }

    private sealed class Port
    {
        public List<TcpBlock> Bound { get; } = new(1);

        public int Connections { get; set; }
    }
}
