namespace KernelSockets.Net;

/// <summary>
/// The bounded store behind ARP: finds a neighbour by interface and address, and evicts the least recently used one in O(1) when full.
/// </summary>
/// <remarks>
/// Permanent entries are in the index but not in the order of use, so they are never evicted. Entries are recycled: after the bound has
/// been reached once,
/// nothing is allocated. The stack's gate protects it.
/// </remarks>
internal sealed class NeighbourTable
{
    /// <summary>Neighbours of all interfaces together.</summary>
    internal const int Capacity = 256;

    private const int AddressBits = 32;

    private readonly Dictionary<ulong, Neighbour> _index = new(Capacity);
    private readonly Stack<Neighbour> _spare = new(Capacity);
    private readonly Action<Neighbour, Instant> _expired;
    private Neighbour? _mostRecent;
    private Neighbour? _leastRecent;

    /// <param name="expired">Called when an entry's timer runs out.</param>
    public NeighbourTable(Action<Neighbour, Instant> expired) => _expired = expired;

    public int Count => _index.Count;

    public bool IsFull => _index.Count == Capacity;

    /// <summary>The entry to go first when room is needed; null when all are permanent.</summary>
    public Neighbour? LeastRecent => _leastRecent;

    public Dictionary<ulong, Neighbour>.ValueCollection All => _index.Values;

    public Neighbour? Find(NetInterface netInterface, Ipv4Address address) => _index.GetValueOrDefault(Key(netInterface, address));

    /// <summary>Adds an entry. The caller has made room.</summary>
    /// <param name="netInterface">Where the neighbour is.</param>
    /// <param name="address">Its address, not in the table yet.</param>
    /// <param name="isUsed">False for one that only told us about itself: it goes first when room is needed.</param>
    public Neighbour Add(NetInterface netInterface, Ipv4Address address, bool isUsed)
    {
        Neighbour neighbour = _spare.Count > 0 ? _spare.Pop() : new Neighbour(_expired);
        neighbour.Interface = netInterface;
        neighbour.Address = address;
        neighbour.Hardware = MacAddress.Any;
        neighbour.Solicitations = 0;
        neighbour.UpdatedAt = new Instant(long.MinValue / 2);
        _index.Add(Key(netInterface, address), neighbour);
        if (isUsed)
        {
            LinkMostRecent(neighbour);
        }
        else
        {
            LinkLeastRecent(neighbour);
        }

        return neighbour;
    }

    /// <summary>Marks an entry as used just now.</summary>
    public void Touch(Neighbour neighbour)
    {
        if (!ReferenceEquals(neighbour, _mostRecent) && neighbour.State != NeighbourState.Permanent)
        {
            Unlink(neighbour);
            LinkMostRecent(neighbour);
        }
    }

    /// <summary>Takes an entry out of the order of use and makes it permanent.</summary>
    public void MakePermanent(Neighbour neighbour)
    {
        if (neighbour.State != NeighbourState.Permanent)
        {
            Unlink(neighbour);
            neighbour.State = NeighbourState.Permanent;
        }
    }

    /// <summary>Removes an entry, whose timer is cancelled and whose queue is empty; the object will be reused.</summary>
    public void Remove(Neighbour neighbour)
    {
        if (neighbour.State != NeighbourState.Permanent)
        {
            Unlink(neighbour);
        }

        _index.Remove(Key(neighbour.Interface!, neighbour.Address));
        neighbour.Interface = null;
        neighbour.State = NeighbourState.Failed;
        _spare.Push(neighbour);
    }

    private static ulong Key(NetInterface netInterface, Ipv4Address address) => (ulong)netInterface.Index << AddressBits | address.Value;

    private void LinkMostRecent(Neighbour neighbour)
    {
        neighbour.LessRecent = _mostRecent;
        neighbour.MoreRecent = null;
        if (_mostRecent is not null)
        {
            _mostRecent.MoreRecent = neighbour;
        }

        _mostRecent = neighbour;
        _leastRecent ??= neighbour;
    }

    private void LinkLeastRecent(Neighbour neighbour)
    {
        neighbour.MoreRecent = _leastRecent;
        neighbour.LessRecent = null;
        if (_leastRecent is not null)
        {
            _leastRecent.LessRecent = neighbour;
        }

        _leastRecent = neighbour;
        _mostRecent ??= neighbour;
    }

    private void Unlink(Neighbour neighbour)
    {
        if (neighbour.MoreRecent is null)
        {
            _mostRecent = neighbour.LessRecent;
        }
        else
        {
            neighbour.MoreRecent.LessRecent = neighbour.LessRecent;
        }

        if (neighbour.LessRecent is null)
        {
            _leastRecent = neighbour.MoreRecent;
        }
        else
        {
            neighbour.LessRecent.MoreRecent = neighbour.MoreRecent;
        }

        neighbour.MoreRecent = null;
        neighbour.LessRecent = null;
    }
}
