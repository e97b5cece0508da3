namespace KernelSockets.Net;

/// <summary>
/// Asks the network of one interface whether somebody has an address, before it is taken into use (RFC 5227 §2.1): three ARP requests that
/// teach nobody anything, and a wait for objections.
/// </summary>
/// <remarks>
/// Used under the stack's gate; <see cref="Arp"/> shows it every packet that comes in. One address at a time.
/// <para>
/// Deviation: the times are a fifth of the RFC's, so that an address is usable after 0.8 to 1.4 seconds instead of 4 to 7. Whoever has the
/// address answers within milliseconds on an Ethernet of today. Other DHCP clients wait two seconds (udhcpc) or probe not at all
/// (dhclient), and who comes late is still found: the address is announced twice and defended afterwards (§2.3, §2.4).
/// </para>
/// </remarks>
internal sealed class AddressProbe
{
    /// <summary>Probes sent (RFC 5227 §1.1, PROBE_NUM).</summary>
    internal const int Count = 3;

    /// <summary>The RFC's times are divided by this.</summary>
    internal const int Haste = 5;

    /// <summary>Longest random wait before the first probe (PROBE_WAIT, 1 s).</summary>
    internal static readonly TimeSpan InitialWait = TimeSpan.FromSeconds(1) / Haste;

    /// <summary>Least time between two probes (PROBE_MIN, 1 s).</summary>
    internal static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1) / Haste;

    /// <summary>Most time between two probes (PROBE_MAX, 2 s).</summary>
    internal static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(2) / Haste;

    /// <summary>From the last probe to the verdict (ANNOUNCE_WAIT, 2 s).</summary>
    internal static readonly TimeSpan FinalWait = TimeSpan.FromSeconds(2) / Haste;

    private readonly NetStack _stack;
    private readonly NetInterface _interface;
    private readonly StackTimer _timer;
    private Action<bool>? _complete;
    private int _left;

    /// <param name="stack">The stack.</param>
    /// <param name="netInterface">Whose network is asked.</param>
    public AddressProbe(NetStack stack, NetInterface netInterface)
    {
        _stack = stack;
        _interface = netInterface;
        _timer = new CallbackTimer(Continue);
    }

    /// <summary>The address asked for; 0.0.0.0 while none is.</summary>
    public Ipv4Address Address { get; private set; }

    /// <summary>Starts to ask; an earlier question is forgotten.</summary>
    /// <param name="address">The address wanted.</param>
    /// <param name="complete">Gets false when somebody has it, or wants it too. Called later, under the gate, once unless cancelled.</param>
    public void Start(Ipv4Address address, Action<bool> complete)
    {
        Address = address;
        _complete = complete;
        _left = Count;
        _stack.Timers.Schedule(_timer, _stack.Clock.Now + Random(TimeSpan.Zero, InitialWait));
    }

    /// <summary>Stops asking.</summary>
    public void Cancel()
    {
        _stack.Timers.Cancel(_timer);
        Address = Ipv4Address.Any;
        _complete = null;
    }

    /// <summary>
    /// Looks for an objection in a received packet (RFC 5227 §2.1.1): another station has the address, or probes for it as well.
    /// </summary>
    public void Examine(in ArpPacket packet)
    {
        bool isAnother = packet.SenderHardware != _interface.Device.Address; // not ours, reflected
        bool isProbe = packet.SenderProtocol.IsAny && packet.TargetProtocol == Address && packet.Operation == ArpOperation.Request;
        if (!Address.IsAny && isAnother && (packet.SenderProtocol == Address || isProbe))
        {
            _stack.Arp.Statistics.ProbeConflicts++;
            Finish(isFree: false);
        }
    }

    private void Continue(Instant now)
    {
        if (_left == 0)
        {
            Finish(isFree: true);
            return;
        }

        // A probe that did not reach the wire has asked nobody: it is sent again.
        _left -= _stack.Arp.Probe(_interface, Address) ? 1 : 0;
        _stack.Timers.Schedule(_timer, now + (_left == 0 ? FinalWait : Random(LeastInterval, LongestInterval)));
    }

    private void Finish(bool isFree)
    {
        Action<bool>? complete = _complete;
        Cancel();
        complete?.Invoke(isFree);
    }

    private TimeSpan Random(TimeSpan least, TimeSpan most) => least + new TimeSpan(_stack.Entropy.NextUInt32() % (most - least).Ticks);
}
