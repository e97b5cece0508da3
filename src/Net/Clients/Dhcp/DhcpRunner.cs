namespace KernelSockets.Net;

/// <summary>Runs the DHCP client of one interface: its timer, its datagrams, its address. All under the stack's gate.</summary>
internal sealed class DhcpRunner : IDhcpPort
{
    /// <summary>The least a timer of the stack waits, so that it never comes due in the call that set it.</summary>
    private static readonly TimeSpan s_leastWait = TimeSpan.FromMilliseconds(1);

    /// <summary>An MTU below this is a mistake of the server's (RFC 791: every host takes datagrams of this size).</summary>
    private const int LeastSensibleMtu = 576;

    private readonly DhcpClients _owner;
    private readonly NetStack _stack;
    private readonly StackTimer _timer;
    private bool _isFresh = true;

    public DhcpRunner(DhcpClients owner, NetStack stack, NetInterface netInterface, string hostName)
    {
        _owner = owner;
        _stack = stack;
        Interface = netInterface;
        Client = new DhcpClient(this, stack.Entropy, netInterface.Device.Address, hostName);
        _timer = new CallbackTimer(OnTimer);
    }

    public NetInterface Interface { get; }

    public DhcpClient Client { get; }

    private Instant Now => _stack.Clock.Now;

    public void Start() => Run(static (client, now) => client.Start(now));

    public void Release() => Run(static (client, now) => client.Release(now));

    public void OnLinkUp() => Run(static (client, now) => client.OnLinkUp(now));

    public void Receive(ReadOnlySpan<byte> datagram)
    {
        Client.Receive(datagram, Now);
        Rearm();
    }

    /// <inheritdoc/>
    public void Send(Ipv4Address destination, DhcpMessageType type, ReadOnlySpan<byte> message, TimeSpan retryAfter)
    {
        Ipv4Transmission transmission = new()
        {
            Source = Interface.Address, // 0.0.0.0 until there is one
            Destination = destination,
            Protocol = Ipv4Protocol.Udp,

            // A server behind a relay is reached by the routes (RFC 2131 §4.4.5).
            Interface = destination.IsBroadcast ? Interface : null,
        };
        _ = _stack.Udp.Send(transmission, DhcpFormat.ClientPort, DhcpFormat.ServerPort, message); // lost is lost: it is sent again
    }

    /// <inheritdoc/>
    public void StartProbe(Ipv4Address address) => Interface.Probe.Start(address, CompleteProbe);

    /// <inheritdoc/>
    public void CancelProbe() => Interface.Probe.Cancel();

    /// <inheritdoc/>
    public bool Apply(DhcpLease lease)
    {
        bool isNew = Interface.Address != lease.Address || Client.Lease is null || _isFresh;
        Errno error = _owner.Control.SetAddress(Interface.Name, lease.Address, lease.PrefixLength);
        if (error != Errno.Success)
        {
            return false;
        }

        if (isNew)
        {
            if (!lease.Gateway.IsAny)
            {
                _ = _owner.Control.SetGateway(lease.Gateway); // one that is not on our network is none
            }

            if (lease.Mtu >= LeastSensibleMtu && lease.Mtu <= Interface.MaximumMtu)
            {
                _ = _owner.Control.SetMtu(Interface.Name, lease.Mtu);
            }
        }

        _isFresh = false;
        _owner.Report(new DhcpEvent(Interface.Name, isNew ? DhcpEventKind.Bound : DhcpEventKind.Extended, Describe(lease), lease.Address));
        return true;
    }

    /// <inheritdoc/>
    public void Withdraw(DhcpLease lease, DhcpLoss reason)
    {
        if (Interface.Address == lease.Address)
        {
            _ = _owner.Control.SetAddress(Interface.Name, Ipv4Address.Any, 0); // unless somebody has set another since
        }

        DhcpEventKind kind = reason switch
        {
            DhcpLoss.Expired => DhcpEventKind.Expired,
            DhcpLoss.Refused => DhcpEventKind.Refused,
            _ => DhcpEventKind.Released,
        };
        _owner.Report(new DhcpEvent(Interface.Name, kind, Describe(lease), lease.Address));
    }

    /// <inheritdoc/>
    public void ReportConflict(Ipv4Address address) =>
        _owner.Report(new DhcpEvent(Interface.Name, DhcpEventKind.Conflict, null, address));

    /// <summary>The lease as users see it.</summary>
    public DhcpLeaseInformation Describe(DhcpLease lease) => new(
        Interface.Name, lease.Address, lease.PrefixLength, lease.Server, lease.Gateway, lease.NameServers, lease.DomainName,
        lease.Duration, lease.RenewalAfter, lease.RebindingAfter, lease.ObtainedAt);

    private void CompleteProbe(bool isFree)
    {
        Client.CompleteProbe(isFree, Now);
        Rearm();
    }

    private void OnTimer(Instant now)
    {
        Client.Advance(now);
        Rearm();
    }

    private void Run(Action<DhcpClient, Instant> action)
    {
        action(Client, Now);
        Rearm();
    }

    private void Rearm()
    {
        _stack.Timers.Cancel(_timer);
        if (Client.Deadline != Instant.Never)
        {
            Instant earliest = Now + s_leastWait;
            _stack.Timers.Schedule(_timer, Client.Deadline > earliest ? Client.Deadline : earliest);
        }
    }
}
