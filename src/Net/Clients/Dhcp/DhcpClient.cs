namespace KernelSockets.Net;

/// <summary>
/// A DHCP client for one interface (RFC 2131 §4.4), without I/O and without a clock: datagrams, the time and the link's state go in; messages, and
/// the address to use, come out through its <see cref="IDhcpPort"/>.
/// </summary>
/// <remarks>Not thread-safe; the stack's gate protects it. <see cref="Deadline"/> says when <see cref="Advance"/> has something to do.</remarks>
internal sealed class DhcpClient
{
    /// <summary>First interval between messages (RFC 2131 §4.1), doubled each time.</summary>
    internal const int FirstIntervalSeconds = 4;

    /// <summary>Longest interval.</summary>
    internal const int LongestIntervalSeconds = 64;

    /// <summary>Requests for an offer before starting over: a minute (RFC 2131 §3.1.5).</summary>
    internal const int RequestLimit = 4;

    /// <summary>Requests for the address we had before going on with it (RFC 2131 §3.2.3).</summary>
    internal const int RebootLimit = 2;

    /// <summary>Wait after a conflict (RFC 2131 §3.1.5: at least ten seconds).</summary>
    internal static readonly TimeSpan ConflictDelay = TimeSpan.FromSeconds(10);

    /// <summary>Conflicts in a row after which we try more slowly (RFC 5227 §1.1, MAX_CONFLICTS).</summary>
    internal const int ConflictLimit = 10;

    /// <summary>Wait after so many (RFC 5227 §1.1, RATE_LIMIT_INTERVAL).</summary>
    internal static readonly TimeSpan LongConflictDelay = TimeSpan.FromSeconds(60);

    /// <summary>Wait after a refusal, so that a server that offers and refuses does not keep us busy.</summary>
    internal static readonly TimeSpan RefusalDelay = TimeSpan.FromSeconds(1);

    /// <summary>Least interval between messages while a lease runs (RFC 2131 §4.4.5).</summary>
    internal static readonly TimeSpan LeastRenewalInterval = TimeSpan.FromSeconds(60);

    /// <summary>How long the address stays after the release has been sent, which may have to wait for ARP.</summary>
    internal static readonly TimeSpan ReleaseGrace = TimeSpan.FromMilliseconds(250);

    private const int JitterMilliseconds = 1000;

    private readonly IDhcpPort _port;
    private readonly EntropySource _entropy;
    private readonly MacAddress _hardware;
    private readonly string _hostName;
    private readonly byte[] _buffer = new byte[DhcpFormat.MaximumSent];
    private uint _transaction;
    private int _sent;
    private int _conflicts; // in a row
    private Instant _startedAt;
    private Instant _requestedAt;
    private Ipv4Address _offered;
    private Ipv4Address _server;
    private DhcpLease? _candidate;

    /// <param name="port">Its interface.</param>
    /// <param name="entropy">For transactions and intervals.</param>
    /// <param name="hardware">The interface's address.</param>
    /// <param name="hostName">What to call ourselves; empty for nothing.</param>
    public DhcpClient(IDhcpPort port, EntropySource entropy, MacAddress hardware, string hostName)
    {
        _port = port;
        _entropy = entropy;
        _hardware = hardware;
        _hostName = hostName;
    }

    public DhcpState State { get; private set; }

    /// <summary>When <see cref="Advance"/> has something to do; never earlier than what it has done already.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>The lease in use; null for none.</summary>
    public DhcpLease? Lease { get; private set; }

    /// <summary>True while a lease is in use that a server has confirmed on this link.</summary>
    public bool IsBound => State is DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding;

    /// <summary>Messages that were not for us, or made no sense.</summary>
    public long Ignored { get; private set; }

    /// <summary>Starts, or starts over: with the address we had (INIT-REBOOT) or with none.</summary>
    public void Start(Instant now)
    {
        _port.CancelProbe();
        _candidate = null;
        _startedAt = now;
        if (State == DhcpState.Releasing)
        {
            Withdraw(DhcpLoss.Released);
        }

        if (Lease is null)
        {
            Discover(now);
        }
        else
        {
            Reboot(now);
        }
    }

    /// <summary>The link is back after a loss: there may be another network behind it.</summary>
    public void OnLinkUp(Instant now)
    {
        if (State is not (DhcpState.Stopped or DhcpState.Releasing))
        {
            Start(now);
        }
    }

    /// <summary>Gives the lease back and stops (RFC 2131 §4.4.6); the address goes after <see cref="ReleaseGrace"/>.</summary>
    public void Release(Instant now)
    {
        _port.CancelProbe();
        _candidate = null;
        State = DhcpState.Stopped;
        Deadline = Instant.Never;
        if (Lease is { } lease)
        {
            _transaction = _entropy.NextUInt32();
            Send(now, lease.Server, Compose(now, DhcpMessageType.Release) with { ClientAddress = lease.Address, Server = lease.Server }, ReleaseGrace);
            State = DhcpState.Releasing;
        }
    }

    /// <summary>Does what is due. Afterwards <see cref="Deadline"/> is later than <paramref name="now"/>.</summary>
    public void Advance(Instant now)
    {
        while (Deadline <= now)
        {
            Step(now);
        }
    }

    /// <summary>Takes a datagram to port 68.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, Instant now)
    {
        bool isOurs = DhcpMessage.TryParse(datagram, out DhcpMessage? message)
            && State is not (DhcpState.Stopped or DhcpState.Init or DhcpState.Bound or DhcpState.Probing or DhcpState.Releasing)
            && message.Transaction == _transaction
            && message.Hardware == _hardware
            && Handle(message, now);
        Ignored += isOurs ? 0 : 1;
    }

    /// <summary>The answer to <see cref="IDhcpPort.StartProbe"/>.</summary>
    /// <param name="isFree">False when another station has the address.</param>
    /// <param name="now">The time.</param>
    public void CompleteProbe(bool isFree, Instant now)
    {
        if (State != DhcpState.Probing || _candidate is not { } candidate)
        {
            return;
        }

        _candidate = null;
        if (isFree)
        {
            Bind(candidate, now);
        }
        else
        {
            Decline(candidate, now);
        }
    }

    private bool Handle(DhcpMessage message, Instant now)
    {
        switch (message.Type)
        {
            case DhcpMessageType.Offer when State == DhcpState.Selecting && DhcpLease.IsHost(message.YourAddress) && !message.Server.IsAny:
                _offered = message.YourAddress;
                _server = message.Server;
                _sent = 0;
                State = DhcpState.Requesting;
                Request(now);
                return true;
            case DhcpMessageType.Ack when State != DhcpState.Selecting && IsExpectedServer(message) && DhcpLease.From(message, _requestedAt) is { } lease:
                Accept(lease, now);
                return true;
            case DhcpMessageType.Nak when State != DhcpState.Selecting && IsExpectedServer(message):
                Withdraw(DhcpLoss.Refused);
                Restart(now + RefusalDelay);
                return true;
            default:
                return false;
        }
    }

    /// <summary>One server has been chosen, or has given the lease; only when all are asked may any answer.</summary>
    private bool IsExpectedServer(DhcpMessage message) => State switch
    {
        DhcpState.Requesting => message.Server == _server,
        DhcpState.Renewing => message.Server == Lease!.Server,
        _ => !message.Server.IsAny,
    };

    private void Accept(DhcpLease lease, Instant now)
    {
        if (lease.ExpiresAt <= now)
        {
            return; // so late that the time is over: as if it had been lost
        }

        if (Lease?.Address == lease.Address)
        {
            Bind(lease, now); // ours already, so nobody needs to be asked
            return;
        }

        _candidate = lease;
        State = DhcpState.Probing;
        Deadline = Instant.Min(lease.ExpiresAt, Lease?.ExpiresAt ?? Instant.Never);
        _port.StartProbe(lease.Address);
    }

    private void Bind(DhcpLease lease, Instant now)
    {
        if (!_port.Apply(lease))
        {
            Decline(lease, now);
            return;
        }

        _conflicts = 0;
        Lease = lease;
        State = DhcpState.Bound;
        Deadline = lease.RenewalAt;
    }

    private void Decline(DhcpLease candidate, Instant now)
    {
        _port.ReportConflict(candidate.Address);
        _transaction = _entropy.NextUInt32();
        DhcpRequest decline = Compose(now, DhcpMessageType.Decline) with { Requested = candidate.Address, Server = candidate.Server };
        Send(now, Ipv4Address.Broadcast, decline, TimeSpan.Zero);
        Restart(now + (++_conflicts < ConflictLimit ? ConflictDelay : LongConflictDelay));
    }

    private void Step(Instant now)
    {
        if (State == DhcpState.Releasing)
        {
            State = DhcpState.Stopped;
            Deadline = Instant.Never;
            Withdraw(DhcpLoss.Released);
            return;
        }

        if (Lease is { } lease && lease.ExpiresAt <= now)
        {
            Withdraw(DhcpLoss.Expired);
            _port.CancelProbe();
            _startedAt = now;
            Discover(now);
            return;
        }

        switch (State)
        {
            case DhcpState.Init or DhcpState.Probing:
                _port.CancelProbe();
                _startedAt = now;
                Discover(now);
                break;
            case DhcpState.Selecting:
                SendDiscover(now);
                break;
            case DhcpState.Requesting when _sent < RequestLimit:
                Request(now);
                break;
            case DhcpState.Requesting:
                Discover(now);
                break;
            case DhcpState.Rebooting when _sent < RebootLimit:
                SendReboot(now);
                break;
            case DhcpState.Rebooting:
                State = DhcpState.Bound; // RFC 2131 §3.2.3: nobody answers, and the lease is still good
                Deadline = Lease!.RenewalAt;
                break;
            default:
                Extend(now);
                break;
        }
    }

    private void Restart(Instant at)
    {
        State = DhcpState.Init;
        Deadline = at;
    }

    private void Discover(Instant now)
    {
        State = DhcpState.Selecting;
        _transaction = _entropy.NextUInt32();
        _sent = 0;
        SendDiscover(now);
    }

    private void SendDiscover(Instant now) => Send(now, Ipv4Address.Broadcast, Compose(now, DhcpMessageType.Discover), NextInterval());

    private void Request(Instant now)
    {
        _requestedAt = now;
        DhcpRequest request = Compose(now, DhcpMessageType.Request) with { Requested = _offered, Server = _server };
        Send(now, Ipv4Address.Broadcast, request, NextInterval());
    }

    private void Reboot(Instant now)
    {
        State = DhcpState.Rebooting;
        _transaction = _entropy.NextUInt32();
        _sent = 0;
        SendReboot(now);
    }

    private void SendReboot(Instant now)
    {
        _requestedAt = now;
        DhcpRequest request = Compose(now, DhcpMessageType.Request) with { Requested = Lease!.Address };
        Send(now, Ipv4Address.Broadcast, request, NextInterval());
        Deadline = Instant.Min(Deadline, Lease.ExpiresAt);
    }

    /// <summary>RENEWING and REBINDING: half of the time that is left, at least a minute (RFC 2131 §4.4.5).</summary>
    private void Extend(Instant now)
    {
        DhcpLease lease = Lease!;
        bool isRebinding = now >= lease.RebindingAt;
        DhcpState state = isRebinding ? DhcpState.Rebinding : DhcpState.Renewing;
        if (State != state)
        {
            State = state;
            _transaction = _entropy.NextUInt32();
        }

        Instant end = isRebinding ? lease.ExpiresAt : lease.RebindingAt;
        TimeSpan half = (end - now) / 2;
        Instant next = Instant.Min(end, now + (half > LeastRenewalInterval ? half : LeastRenewalInterval));
        _requestedAt = now;
        DhcpRequest request = Compose(now, DhcpMessageType.Request) with { ClientAddress = lease.Address };
        Send(now, isRebinding ? Ipv4Address.Broadcast : lease.Server, request, next - now);
        Deadline = next;
    }

    private DhcpRequest Compose(Instant now, DhcpMessageType type) => new()
    {
        Type = type,
        Transaction = _transaction,
        Hardware = _hardware,
        HostName = _hostName,
        Seconds = (ushort)Math.Clamp((now - _startedAt).TotalSeconds, 0, ushort.MaxValue),
    };

    private void Send(Instant now, Ipv4Address destination, in DhcpRequest request, TimeSpan retryAfter)
    {
        int length = request.Emit(_buffer);
        Deadline = now + retryAfter;
        _port.Send(destination, request.Type, _buffer.AsSpan(0, length), retryAfter);
    }

    /// <summary>4, 8, 16, 32, 64 seconds and so on, each up to a second more or less (RFC 2131 §4.1).</summary>
    private TimeSpan NextInterval()
    {
        int seconds = Math.Min(FirstIntervalSeconds << Math.Min(_sent, FirstIntervalSeconds), LongestIntervalSeconds);
        _sent++;
        int jitter = (int)(_entropy.NextUInt32() % ((2 * JitterMilliseconds) + 1)) - JitterMilliseconds;
        return TimeSpan.FromMilliseconds((seconds * 1000) + jitter);
    }

    private void Withdraw(DhcpLoss reason)
    {
        if (Lease is { } lease)
        {
            Lease = null;
            _port.Withdraw(lease, reason);
        }
    }
}
