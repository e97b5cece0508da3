namespace KernelSockets.Net;

/// <summary>This host's membership of one multicast group on one interface, with what <see cref="Igmp"/> has to remember of it.</summary>
/// <remarks>Kept by <see cref="Ipv4Groups"/>; under the stack's gate.</remarks>
internal sealed class Ipv4Membership
{
    /// <param name="netInterface">Where.</param>
    /// <param name="group">The group.</param>
    /// <param name="reportDue">Called when it is time for a report.</param>
    public Ipv4Membership(NetInterface netInterface, Ipv4Address group, Action<Ipv4Membership> reportDue)
    {
        Interface = netInterface;
        Group = group;
        ReportTimer = new CallbackTimer(_ => reportDue(this));
    }

    public NetInterface Interface { get; }

    public Ipv4Address Group { get; }

    /// <summary>How many times the group was joined.</summary>
    public int Users { get; set; } = 1;

    /// <summary>Runs while a report is to be sent: the delaying member of RFC 2236 §6.</summary>
    public StackTimer ReportTimer { get; }

    /// <summary>True when the last report heard of the group was ours, so that a leave has to follow it (RFC 2236 §3).</summary>
    public bool IsLastReporter { get; set; }
}
