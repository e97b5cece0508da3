namespace KernelSockets.Net;

/// <summary>
/// The host's side of IGMP version 2 (RFC 2236), with its rules for routers of version 1 (RFC 1112): tells multicast routers, and switches
/// that listen in, which groups have members here.
/// </summary>
/// <remarks>
/// Registered in <see cref="Ipv4"/>; called by <see cref="Ipv4Groups"/> for memberships that come and go. Everything under the stack's gate.
/// State is a timer and a flag for each membership, and one time for each interface.
/// <para>
/// Queries of version 3 are answered in version 2, which RFC 3376 §7.2.1 has routers understand. As in Linux reports go out from an
/// interface without an address, too, since switches forward a group only when they have seen one.
/// </para>
/// </remarks>
public sealed class Igmp
{
    /// <summary>The second, unsolicited report follows the first within this time (RFC 2236 §8.10, Unsolicited Report Interval).</summary>
    public static readonly TimeSpan UnsolicitedReportInterval = TimeSpan.FromSeconds(10);

    /// <summary>Time to answer a router of version 1, whose queries name none (RFC 2236 §4).</summary>
    public static readonly TimeSpan Version1ResponseTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a query of version 1 counts (RFC 2236 §8.11, Version 1 Router Present Timeout).</summary>
    public static readonly TimeSpan Version1RouterTimeout = TimeSpan.FromSeconds(400);

    private const int LeastVersion3Query = 12;
    private const byte LinkTimeToLive = 1;
    private const byte ControlTypeOfService = 0xC0; // internetwork control, as Linux

    private static readonly TimeSpan s_responseUnit = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_leastDelay = TimeSpan.FromMilliseconds(1);

    private readonly NetStack _stack;

    internal Igmp(NetStack stack)
    {
        _stack = stack;
        stack.Ipv4.Register(Ipv4Protocol.Igmp, new Handler(this));
    }

    /// <summary>Counters.</summary>
    public IgmpStatistics Statistics { get; } = new();

    /// <summary>224.0.0.2, where leaves go (RFC 2236 §3).</summary>
    internal static Ipv4Address AllRouters => new(0xE000_0002);

    private Instant Now => _stack.Clock.Now;

    /// <summary>A group has its first user on an interface: one report now, and one more in case it gets lost (RFC 2236 §3).</summary>
    /// <remarks>On an interface that nobody can hear they wait for <see cref="Restart"/>.</remarks>
    internal void Join(Ipv4Membership membership)
    {
        if (IsReported(membership) && membership.Interface is { IsUp: true, Device.IsLinkUp: true })
        {
            Report(membership);
            _stack.Timers.Schedule(membership.ReportTimer, Now + RandomDelay(UnsolicitedReportInterval));
        }
    }

    /// <summary>A group has no user any more: says so when nobody else has reported it since (RFC 2236 §3).</summary>
    internal void Leave(Ipv4Membership membership)
    {
        _stack.Timers.Cancel(membership.ReportTimer);
        if (membership.IsLastReporter && IsReported(membership) && !HasVersion1Router(membership.Interface))
        {
            Statistics.OutLeaves += Send(membership, IgmpType.LeaveGroup, AllRouters) ? 1 : 0;
        }
    }

    /// <summary>There may be another network behind an interface: its routers hear of all groups anew.</summary>
    internal void Restart(NetInterface netInterface)
    {
        netInterface.Version1RouterUntil = Instant.Zero;
        foreach (Ipv4Membership membership in _stack.Ipv4.Groups.Memberships)
        {
            if (ReferenceEquals(membership.Interface, netInterface))
            {
                Join(membership);
            }
        }
    }

    /// <summary>The link is gone: nobody is to be told anything.</summary>
    internal void Stop(NetInterface netInterface)
    {
        foreach (Ipv4Membership membership in _stack.Ipv4.Groups.Memberships)
        {
            if (ReferenceEquals(membership.Interface, netInterface))
            {
                _stack.Timers.Cancel(membership.ReportTimer);
                membership.IsLastReporter = false;
            }
        }
    }

    /// <summary>It is time for a report.</summary>
    internal void Report(Ipv4Membership membership)
    {
        IgmpType type = HasVersion1Router(membership.Interface) ? IgmpType.ReportVersion1 : IgmpType.ReportVersion2;
        membership.IsLastReporter = Send(membership, type, membership.Group);
        Statistics.OutReports += membership.IsLastReporter ? 1 : 0;
    }

    /// <summary>Every host is in 224.0.0.1, and no router cares (RFC 2236 §6); the loopback interface has no routers.</summary>
    private static bool IsReported(Ipv4Membership membership) => membership.Group != Ipv4Groups.AllHosts && !membership.Interface.IsLoopback;

    private bool HasVersion1Router(NetInterface netInterface) => Now < netInterface.Version1RouterUntil;

    private void Receive(in Ipv4Datagram datagram)
    {
        Statistics.InMsgs++;
        if (!IgmpMessage.TryParse(datagram.Header.Payload, out IgmpMessage message) || !message.IsChecksumValid)
        {
            Statistics.InErrors++;
            return;
        }

        switch (message.Type)
        {
            case IgmpType.MembershipQuery:
                ReceiveQuery(datagram.Interface, message);
                break;
            case IgmpType.ReportVersion1 or IgmpType.ReportVersion2:
                ReceiveReport(datagram.Interface, message.Group);
                break;
            default:
                Statistics.InIgnored++;
                break;
        }
    }

    private void ReceiveQuery(NetInterface netInterface, in IgmpMessage query)
    {
        // RFC 3376 §7.1: eight bytes are version 1 or 2, twelve and more version 3, anything between is to be ignored.
        bool isSound = query.Length is IgmpMessage.Size or >= LeastVersion3Query && (query.Group.IsAny || query.Group.IsMulticast);
        if (!isSound)
        {
            Statistics.InErrors++;
            return;
        }

        Statistics.InQueries++;
        TimeSpan longest = query.MaximumResponseTime * s_responseUnit;
        if (query is { MaximumResponseTime: 0, Length: IgmpMessage.Size })
        {
            netInterface.Version1RouterUntil = Now + Version1RouterTimeout;
            longest = Version1ResponseTime;
        }

        foreach (Ipv4Membership membership in _stack.Ipv4.Groups.Memberships)
        {
            bool isAsked = query.Group.IsAny || query.Group == membership.Group;
            if (isAsked && ReferenceEquals(membership.Interface, netInterface) && IsReported(membership))
            {
                Answer(membership, longest);
            }
        }
    }

    /// <summary>
    /// RFC 2236 §3: a random delay; a report that is due already keeps its time unless the router wants it sooner.
    /// </summary>
    private void Answer(Ipv4Membership membership, TimeSpan longest)
    {
        StackTimer timer = membership.ReportTimer;
        if (!timer.IsScheduled || timer.Deadline > Now + longest)
        {
            _stack.Timers.Schedule(timer, Now + RandomDelay(longest));
        }
    }

    /// <summary>RFC 2236 §3: another member has said it; that is enough for the routers.</summary>
    private void ReceiveReport(NetInterface netInterface, Ipv4Address group)
    {
        if (_stack.Ipv4.Groups.Find(netInterface, group) is not { } membership)
        {
            Statistics.InIgnored++;
            return;
        }

        Statistics.InReports++;
        if (membership.ReportTimer.IsScheduled)
        {
            Statistics.ReportsSuppressed++;
            _stack.Timers.Cancel(membership.ReportTimer);
            membership.IsLastReporter = false;
        }
    }

    private TimeSpan RandomDelay(TimeSpan longest)
    {
        long ticks = Math.Max(longest.Ticks, 1);
        TimeSpan delay = new(_stack.Entropy.NextUInt32() % ticks);
        return delay < s_leastDelay ? s_leastDelay : delay; // a timer of the stack never comes due in the call that sets it
    }

    private bool Send(Ipv4Membership membership, IgmpType type, Ipv4Address destination)
    {
        Ipv4Transmission transmission = new()
        {
            Source = membership.Interface.Address,
            Destination = destination,
            Protocol = Ipv4Protocol.Igmp,
            TimeToLive = LinkTimeToLive,
            TypeOfService = ControlTypeOfService,
            DontFragment = true,
            Interface = membership.Interface,
        };
        Span<byte> message = stackalloc byte[IgmpMessage.Size];
        new IgmpFields(type, 0, membership.Group).Emit(message);
        bool isSent = _stack.Ipv4.Output.Send(transmission, message, default, Ipv4Options.RouterAlertOption) == Errno.Success;
        Statistics.OutErrors += isSent ? 0 : 1;
        return isSent;
    }

    private sealed class Handler(Igmp owner) : Ipv4ProtocolHandler
    {
        public override void Receive(in Ipv4Datagram datagram) => owner.Receive(datagram);
    }
}
