namespace KernelSockets.Net;

/// <summary>
/// A network interface: a device together with its addresses and the Ethernet layer (RFC 894) above it. The device's frames enter the
/// stack here.
/// </summary>
/// <remarks>
/// <see cref="Receive"/> is called by the network task through <see cref="NetworkDevice.Poll"/> and takes the stack's gate; all else is
/// used under it.
/// Lock order: the stack's gate, then the device's own lock. A device therefore holds no lock while it calls <see cref="Receive"/>.
/// </remarks>
public sealed class NetInterface : IFrameReceiver
{
    /// <summary>The smallest MTU an Internet host may have (RFC 791 §3.2).</summary>
    public const int MinimumMtu = 68;

    private readonly NetStack _stack;
    private IFrameTap[] _taps = [];
    private bool _isInBatch; // of the task that calls Receive, which is one

    internal NetInterface(NetStack stack, NetworkDevice device, string name, int index, bool isLoopback)
    {
        _stack = stack;
        Device = device;
        Name = name;
        Index = index;
        IsLoopback = isLoopback;
        MaximumMtu = Math.Min(device.Mtu, PacketBufferPool.BufferSize - NetStack.LinkHeadroom);
        Mtu = MaximumMtu;
        WasLinkUp = device.IsLinkUp;
        AnnounceTimer = new CallbackTimer(_ => stack.ContinueAnnouncing(this));
        Filter = new InterfaceFilter(device);
        Filter.AddGroup(MulticastAddress(Ipv4Groups.AllHosts));
        Probe = new AddressProbe(stack, this);
    }

    /// <summary>For example <c>eth0</c>.</summary>
    public string Name { get; }

    /// <summary>Position among the stack's interfaces; the loopback interface has 0.</summary>
    public int Index { get; }

    /// <summary>What users know it by, for example as <c>sll_ifindex</c>: counts from 1, as in Linux, since 0 means any interface.</summary>
    public int Number => Index + 1;

    /// <summary>True for <c>lo</c>, which has no neighbours.</summary>
    public bool IsLoopback { get; }

    /// <summary>The device.</summary>
    public NetworkDevice Device { get; }

    /// <summary>Our address; 0.0.0.0 for none.</summary>
    public Ipv4Address Address { get; private set; }

    /// <summary>Prefix of its network, 0 to 32.</summary>
    public int PrefixLength { get; private set; }

    /// <summary>Largest IP packet in bytes.</summary>
    public int Mtu { get; internal set; }

    /// <summary>What <see cref="Mtu"/> can be at most.</summary>
    public int MaximumMtu { get; }

    /// <summary>Most TCP data in one packet that is cut into segments by the device; 0 for none. A tap shall see what is on the wire.</summary>
    internal int SegmentationLimit => _taps.Length > 0 ? 0 : Device.SegmentationLimit;

    /// <summary>True when it is configured up, as it is at first.</summary>
    public bool IsUp { get; internal set; } = true;

    /// <summary>Counters of the Ethernet layer.</summary>
    public NetInterfaceStatistics Statistics { get; } = new();

    /// <summary>What the device lets through.</summary>
    internal InterfaceFilter Filter { get; }

    /// <summary>Asks for an address before it is used.</summary>
    internal AddressProbe Probe { get; }

    /// <summary>Announcements of the address still to send (RFC 5227 §2.3), and the time for the next.</summary>
    internal int AnnouncementsLeft { get; set; }

    internal StackTimer AnnounceTimer { get; }

    /// <summary>When the address was last defended (RFC 5227 §2.4); null for never.</summary>
    internal Instant? DefendedAt { get; set; }

    /// <summary>Until then a multicast router of IGMP version 1 counts as present (RFC 2236 §4).</summary>
    internal Instant Version1RouterUntil { get; set; }

    internal bool HasAddress => !Address.IsAny;

    /// <summary>The link state that <see cref="NetStack.Advance"/> saw last.</summary>
    internal bool WasLinkUp { get; set; }

    /// <summary>Called under the gate when the link is back after a loss; null for nobody.</summary>
    internal Action? LinkUp { get; set; }

    /// <summary>The subnet's broadcast address (RFC 922); prefixes of 31 and 32 bits have none (RFC 3021).</summary>
    internal Ipv4Address DirectedBroadcast { get; private set; } = Ipv4Address.Broadcast;

    /// <summary>Takes a frame from the device, whose it stays.</summary>
    public void Receive(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (_isInBatch)
        {
            Take(frame);
            return;
        }

        lock (_stack.Gate)
        {
            Take(frame);
        }
    }

    /// <summary>Several frames follow. The stack's gate is held until <see cref="EndBatch"/>, by the same task.</summary>
    public void BeginBatch()
    {
        _stack.Gate.Enter();
        _isInBatch = true;
        Device.BeginBurst();
        _stack.Tcp.BeginBatch();
    }

    /// <summary>Sends what the frames of the batch have led to.</summary>
    public void EndBatch()
    {
        _stack.Tcp.EndBatch();
        Device.EndBurst();
        _isInBatch = false;
        _stack.Gate.Exit();
    }

    /// <summary>Adds a tap. It sees frames from now on.</summary>
    public void AddTap(IFrameTap tap)
    {
        lock (_stack.Gate)
        {
            _taps = [.. _taps, tap];
        }
    }

    /// <summary>Removes a tap; one that is not there is ignored.</summary>
    public void RemoveTap(IFrameTap tap)
    {
        lock (_stack.Gate)
        {
            _taps = Array.FindAll(_taps, other => !ReferenceEquals(other, tap));
        }
    }

    /// <summary>Sets the address; 0.0.0.0 for none. Routes, neighbours and announcements are the caller's affair.</summary>
    internal void Assign(Ipv4Address address, int prefixLength)
    {
        Address = address;
        PrefixLength = prefixLength;
        DirectedBroadcast = HasAddress && prefixLength < Ipv4Address.Bits - 1
            ? new Ipv4Address(address.Value | ~Ipv4Address.Mask(prefixLength).Value)
            : Ipv4Address.Broadcast;
    }

    /// <summary>True when a destination is on this interface's own network.</summary>
    internal bool IsOnLink(Ipv4Address address) => HasAddress && Address.IsInSameNetwork(address, PrefixLength);

    /// <summary>True when a destination means all stations on this interface's network.</summary>
    internal bool IsBroadcast(Ipv4Address address) => address.IsBroadcast || address == DirectedBroadcast;

    /// <summary>Sends an IPv4 packet to the next hop; takes over the caller's reference.</summary>
    internal Errno SendIpv4(Ipv4Address nextHop, PacketBuffer packet)
    {
        if (IsLoopback)
        {
            return Transmit(packet, MacAddress.Any, EtherType.Ipv4);
        }

        if (IsBroadcast(nextHop))
        {
            return Transmit(packet, MacAddress.Broadcast, EtherType.Ipv4);
        }

        return nextHop.IsMulticast
            ? Transmit(packet, MulticastAddress(nextHop), EtherType.Ipv4)
            : _stack.Arp.Send(this, nextHop, packet);
    }

    /// <summary>Puts the Ethernet header in front of a packet and gives it to the device; takes over the caller's reference.</summary>
    internal Errno Transmit(PacketBuffer packet, MacAddress destination, EtherType type)
    {
        new EthernetFields(destination, Device.Address, type).Emit(packet.Prepend(EthernetHeader.Size));
        return TransmitFrame(packet);
    }

    /// <summary>Shows a whole frame to the taps and gives it to the device; takes over the caller's reference.</summary>
    internal Errno TransmitFrame(PacketBuffer packet)
    {
        if (packet.SegmentSize > SegmentationLimit)
        {
            packet.Release(); // it has waited for its neighbour, and a tap has come: as lost on the wire
            Statistics.OutDiscards++;
            return Errno.Success;
        }

        if (packet.IsChecksumPartial && (_taps.Length > 0 || !Device.InsertsChecksums))
        {
            PartialChecksum.Complete(packet); // a tap shall see what is on the wire
        }

        foreach (IFrameTap tap in _taps)
        {
            tap.OnFrame(this, packet, FrameDirection.Sent);
        }

        if (!IsUp)
        {
            packet.Release();
            Statistics.OutDiscards++;
            return Errno.ENETDOWN;
        }

        int segments = packet.SegmentCount;
        Errno result = Device.Transmit(packet);
        if (result == Errno.Success)
        {
            Statistics.OutFrames += segments;
        }
        else
        {
            Statistics.OutDiscards += segments;
        }

        return result;
    }

    /// <summary>The MAC address of a multicast group (RFC 1112 §6.4).</summary>
    internal static MacAddress MulticastAddress(Ipv4Address group)
    {
        const uint GroupMask = 0x7F_FFFF;
        Span<byte> bytes = stackalloc byte[2 + Ipv4Address.Size];
        new Ipv4Address(0x5E00_0000 | (group.Value & GroupMask)).Write(bytes[2..]);
        bytes[0] = 0x01;
        bytes[1] = 0x00;
        return MacAddress.Read(bytes);
    }

    /// <summary>Takes a copy of an IPv4 packet that this interface has sent to all, or to a group we are in. Called under the gate.</summary>
    internal void ReceiveLooped(PacketBuffer copy)
    {
        if (IsUp && EthernetHeader.TryParse(copy.Data, out EthernetHeader header))
        {
            _stack.Ipv4.Receive(this, copy, header, isLooped: true);
        }
    }

    private void Take(PacketBuffer frame)
    {
        if (_taps.Length > 0 || !_stack.Tcp.Prediction.TryTake(this, frame))
        {
            Accept(frame);
        }
    }

    private void Accept(PacketBuffer frame)
    {
        Statistics.InFrames++;
        foreach (IFrameTap tap in _taps)
        {
            tap.OnFrame(this, frame, FrameDirection.Received);
        }

        if (!IsUp)
        {
            Statistics.InDiscards++;
        }
        else if (!EthernetHeader.TryParse(frame.Data, out EthernetHeader header) || header.Source.IsMulticast)
        {
            Statistics.InErrors++;
        }
        else if (!header.Destination.IsMulticast && header.Destination != Device.Address)
        {
            Statistics.InOtherHost++;
        }
        else
        {
            Demultiplex(frame, header);
        }
    }

    private void Demultiplex(PacketBuffer frame, in EthernetHeader header)
    {
        switch (header.Type)
        {
            case EtherType.Ipv4:
                _stack.Ipv4.Receive(this, frame, header);
                break;
            case EtherType.Arp when !IsLoopback:
                _stack.Arp.Receive(this, header);
                break;
            default:
                Statistics.InUnknownProtos++;
                break;
        }
    }
}
