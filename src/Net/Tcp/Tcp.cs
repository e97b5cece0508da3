namespace KernelSockets.Net;

/// <summary>TCP (RFC 9293): gives each segment to its connection, listener or TIME-WAIT, and builds what they send.</summary>
/// <remarks>Registered in <see cref="Ipv4"/>; runs under the stack's gate. Allocates nothing per segment.</remarks>
public sealed class Tcp
{
    /// <summary>The MSS of a peer that names none (RFC 9293 MUST-15).</summary>
    internal const int DefaultSegment = 536;

    /// <summary>The least MSS that a peer gets (Linux's TCP_MIN_MSS).</summary>
    internal const int LeastSegment = 88;

    /// <summary>The least MTU that a router's word is taken for (Linux's min_pmtu).</summary>
    internal const int LeastPathMtu = 552;

    /// <summary>The window of a SYN.</summary>
    internal const ushort SynWindow = ushort.MaxValue;

    private const int MostBuffer = 4 << 20;
    private const int BufferShare = 8; // one connection may have this part of all memory in one direction
    private const int MemoryFactor = 4; // of the memory of the packet pool
    private const int SequenceTick = 4000; // ns: RFC 9293 §3.4.1, "increments roughly every 4 microseconds"
    private const ulong TimestampDomain = 1;

    private static readonly TimeSpan s_cookieLife = TimeSpan.FromMinutes(3);

    private readonly NetStack _stack;
    private readonly Dictionary<TcpKey, TcpConnection> _connections = [];
    private readonly KeyedHash _sequenceHash;
    private Instant? _cookieSentAt;
    private readonly List<TcpConnection> _deferred = []; // those that wait for the end of the batch

    internal Tcp(NetStack stack)
    {
        _stack = stack;
        _sequenceHash = new KeyedHash(stack.Entropy);
        Prediction = new HeaderPrediction(stack);
        Cookies = new SynCookies(stack.Entropy);
        Ports = new TcpPortTable(stack.Entropy);
        TimeWaits = new TimeWaitTable(this);
        Relief = new TcpRelief(this);
        Memory = new TcpMemory(stack.Pool, stack.SocketMemory, (long)stack.Pool.Total * PacketBufferPool.BufferSize * MemoryFactor, stack.Timers, stack.Clock);
        MaximumBuffer = (int)Math.Min(MostBuffer, (long)Memory.MaximumChunks * TcpMemory.ChunkSize / BufferShare);
        while (MaximumBuffer >> ReceiveScale > ushort.MaxValue)
        {
            ReceiveScale++;
        }

        stack.Ipv4.Register(Ipv4Protocol.Tcp, new Handler(this));
    }

    /// <summary>Counters.</summary>
    public TcpStatistics Statistics { get; } = new();

    /// <summary>True from <see cref="BeginBatch"/> to <see cref="EndBatch"/>.</summary>
    internal bool IsInBatch { get; private set; }

    internal TcpPortTable Ports { get; }

    internal TimeWaitTable TimeWaits { get; }

    internal SynCookies Cookies { get; }

    internal TcpRelief Relief { get; }

    internal TcpMemory Memory { get; }

    internal RingPool<SentSegment> SegmentRings { get; } = new(smallest: 16, sizes: 3, mostKept: 256);

    internal HeaderPrediction Prediction { get; }

    /// <summary>Listeners whose queue is more than half full.</summary>
    internal int CrowdedListeners { get; set; }

    /// <summary>The most that a buffer of a connection grows to.</summary>
    internal int MaximumBuffer { get; }

    /// <summary>The shift count that we offer (RFC 7323 §2.3).</summary>
    internal int ReceiveScale { get; } = 1;

    internal TimerWheel Timers => _stack.Timers;

    /// <summary>All connections, in no order.</summary>
    internal IReadOnlyCollection<TcpConnection> Connections => _connections.Values;

    /// <summary>True when a connection could have these addresses and ports.</summary>
    internal bool IsFree(TcpKey key) => !_connections.ContainsKey(key) && !TimeWaits.Contains(key);

    /// <summary>ISN = M + F(addresses, ports, secret) (RFC 6528 §3).</summary>
    internal SequenceNumber MakeInitialSequence(TcpKey key, Instant now) =>
        new((uint)(now.Nanoseconds / SequenceTick) + (uint)_sequenceHash.Compute(key, 0));

    /// <summary>Where the timestamps of a connection start.</summary>
    internal uint TimestampOffset(TcpKey key) => (uint)_sequenceHash.Compute(key, TimestampDomain);

    /// <summary>The timestamp clock of a connection: milliseconds from there on.</summary>
    internal uint TimestampAt(TcpKey key, Instant now) => TimestampOffset(key) + (uint)((now - Instant.Zero).Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>Segments arrive in a batch: what they lead to may wait for its end.</summary>
    internal void BeginBatch() => IsInBatch = true;

    /// <summary>Lets the connections that have waited for the end of the batch go on.</summary>
    internal void EndBatch()
    {
        IsInBatch = false;
        Prediction.Forget();
        Instant now = _stack.Clock.Now;
        foreach (TcpConnection connection in _deferred)
        {
            connection.EndBatch(now);
        }

        _deferred.Clear();
    }

    /// <summary>A connection waits for the end of the batch; once only.</summary>
    internal void Defer(TcpConnection connection) => _deferred.Add(connection);

    /// <summary>Makes a connection and enters it in the table.</summary>
    /// <returns>False without a way to the peer, or when its addresses and ports are taken.</returns>
    internal bool TryCreate(TcpKey key, TcpBlock owner, NetInterface? netInterface, SequenceNumber initialSequence, out TcpConnection? connection)
    {
        connection = null;
        NetInterface? bound = owner.BoundInterface;
        if (!_stack.Ipv4.Routes.TryFind(key.Remote, bound, out Ipv4Route route))
        {
            return false;
        }

        int mtu = Math.Min(route.Interface.Mtu, netInterface is { IsLoopback: false } ? netInterface.Mtu : int.MaxValue);
        owner.Tcp.IsShared = true;
        connection = new TcpConnection(this, key, owner.Tcp, initialSequence, mtu) { BoundInterface = bound };
        if (!_connections.TryAdd(key, connection))
        {
            connection = null;
            return false;
        }

        Ports.AddConnection(key.LocalPort);
        return true;
    }

    /// <summary>A connection is over.</summary>
    internal void Remove(TcpConnection connection)
    {
        if (_connections.Remove(connection.Key))
        {
            Ports.RemoveConnection(connection.Key.LocalPort);
        }
    }

    /// <summary>True when a passive connection may finish its handshake: its listener has room.</summary>
    internal bool MayAccept(TcpConnection connection)
    {
        if (connection.User is TcpListener { HasRoom: false })
        {
            Statistics.ListenOverflows++;
            return false;
        }

        return true;
    }

    /// <summary>True while an answer to a SYN cookie may come.</summary>
    internal bool HasSentCookies(Instant now) => _cookieSentAt is { } at && now - at < s_cookieLife;

    /// <summary>Answers a SYN without keeping anything of it.</summary>
    internal void SendCookie(TcpKey key, in TcpSegment syn, TcpBlock owner, Instant now)
    {
        _cookieSentAt = now;
        Statistics.SyncookiesSent++;
        TcpOptions options = new() { MaximumSegmentSize = (ushort)Math.Min(ushort.MaxValue, RouteMtu(key, owner.BoundInterface) - Ipv4Header.MinimumSize - TcpHeader.MinimumSize) };
        if (syn.Options.HasTimestamps)
        {
            options.HasTimestamps = true;
            options.TimestampValue = SynCookies.Stamp(TimestampAt(key, now), syn.Options);
            options.TimestampEcho = syn.Options.TimestampValue;
            options.IsSackPermitted = syn.Options.IsSackPermitted;
            options.WindowScale = syn.Options.WindowScale is null ? null : (byte)ReceiveScale;
        }

        TcpFields fields = new()
        {
            SourcePort = key.LocalPort,
            DestinationPort = key.RemotePort,
            Sequence = Cookies.Make(key, syn, now),
            Acknowledgement = syn.Sequence + 1,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Window = SynWindow,
        };
        Send(key, owner.Tcp.Ip, owner.BoundInterface, fields, options);
    }

    /// <summary>Sends a segment of a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="fields">Its header.</param>
    /// <param name="options">Its options.</param>
    /// <param name="data">Where its data are.</param>
    /// <param name="offset">From where on.</param>
    /// <param name="length">How many bytes.</param>
    /// <returns>False when there was no buffer, or no room in the device: it is to be tried later. What is lost otherwise is lost as on the wire.</returns>
    internal bool Transmit(TcpConnection connection, in TcpFields fields, in TcpOptions options, StreamBuffer data, long offset, int length)
    {
        if (_stack.Pool.TryTake() is not { } packet)
        {
            return false;
        }

        packet.Reserve(NetStack.LinkHeadroom + Ipv4Header.MinimumSize);
        int headerSize = TcpFields.SizeWith(options);
        bool isSegmented = length > connection.EffectiveSegment;
        Span<byte> segment = packet.Append(headerSize + (isSegmented ? 0 : length));
        fields.Emit(segment[..headerSize], options);
        if (isSegmented)
        {
            data.Attach(packet, offset, length);
            packet.LeaveSegmentation(connection.EffectiveSegment);
        }
        else
        {
            data.Read(offset, segment[headerSize..]);
        }

        TcpKey key = connection.Key;
        ulong pseudoHeader = PseudoHeader.Sum(key.Local, key.Remote, Ipv4Protocol.Tcp, isSegmented ? 0 : segment.Length);
        PartialChecksum.Leave(packet, TcpHeader.ChecksumOffset, pseudoHeader);
        Statistics.OutSegs += packet.SegmentCount;
        return _stack.Ipv4.Output.SendPacket(MakeTransmission(key, connection.Settings.Ip, connection.BoundInterface), packet) != Errno.ENOBUFS;
    }

    /// <summary>Most data that a connection may send as one packet, for the device to cut into segments; 0 when the device cannot.</summary>
    internal int SegmentationLimit(TcpConnection connection) =>
        connection.Settings.Ip.MtuDiscovery != MtuDiscovery.Never
            && _stack.Ipv4.Routes.TryFind(connection.Key.Remote, connection.BoundInterface, out Ipv4Route route)
            && route.Interface.Mtu >= connection.PathMtu
            ? route.Interface.SegmentationLimit
            : 0;

    /// <summary>Resets whoever has sent a segment that belongs to nobody (RFC 9293 §3.10.7.1).</summary>
    internal void SendReset(TcpKey key, in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        Statistics.OutRsts++;
        if (segment.Has(TcpFlags.Ack))
        {
            SendBare(key, segment.Acknowledgement, default, TcpFlags.Rst);
        }
        else
        {
            SendBare(key, default, segment.End, TcpFlags.Rst | TcpFlags.Ack);
        }
    }

    /// <summary>Resets a connection.</summary>
    internal void SendReset(TcpConnection connection)
    {
        Statistics.OutRsts++;
        SendBare(connection.Key, connection.SndNxt, connection.RcvNxt, TcpFlags.Rst | TcpFlags.Ack);
    }

    /// <summary>Sends a segment without data and window.</summary>
    internal void SendBare(TcpKey key, SequenceNumber sequence, SequenceNumber acknowledgement, TcpFlags flags, in TcpOptions options = default)
    {
        TcpFields fields = new()
        {
            SourcePort = key.LocalPort,
            DestinationPort = key.RemotePort,
            Sequence = sequence,
            Acknowledgement = acknowledgement,
            Flags = flags,
        };
        Send(key, null, null, fields, options);
    }

    private static Ipv4Transmission MakeTransmission(TcpKey key, IpSettings? ip, NetInterface? bound) => new()
    {
        Source = key.Local,
        Destination = key.Remote,
        Protocol = Ipv4Protocol.Tcp,
        Interface = bound,
        TimeToLive = ip?.TimeToLive ?? Ipv4Transmission.DefaultTimeToLive,
        TypeOfService = ip?.TypeOfService ?? 0,
        DontFragment = ip is null or { MtuDiscovery: not MtuDiscovery.Never },
    };

    private void Send(TcpKey key, IpSettings? ip, NetInterface? bound, in TcpFields fields, in TcpOptions options)
    {
        Span<byte> header = stackalloc byte[TcpFields.SizeWith(options)];
        fields.Emit(header, options);
        TcpFields.WriteChecksum(header, key.Local, key.Remote);
        Statistics.OutSegs++;
        _ = _stack.Ipv4.Output.Send(MakeTransmission(key, ip, bound), header, []); // lost is lost: the peer asks again
    }

    private int RouteMtu(TcpKey key, NetInterface? bound) =>
        _stack.Ipv4.Routes.TryFind(key.Remote, bound, out Ipv4Route route) ? route.Interface.Mtu : LeastPathMtu;

    private void Receive(in Ipv4Datagram datagram)
    {
        Statistics.InSegs++;
        if (!TcpHeader.TryParse(datagram.Header.Payload, out TcpHeader header))
        {
            Statistics.InErrs++;
            return;
        }

        bool isVerified = datagram.Frame is { IsChecksumVerified: true };
        if (!isVerified && !header.IsChecksumValid(datagram.Header.Source, datagram.Header.Destination))
        {
            Statistics.InErrs++;
            Statistics.InCsumErrors++;
            return;
        }

        // RFC 9293 MUST-57, MUST-63: nothing to or from groups.
        if (datagram.IsToGroup || header.SourcePort == 0)
        {
            return;
        }

        TcpKey key = new(datagram.Header.Destination, header.DestinationPort, datagram.Header.Source, header.SourcePort);
        TcpSegment segment = new(header, datagram.Frame);
        Instant now = _stack.Clock.Now;
        if (!_connections.TryGetValue(key, out TcpConnection? connection))
        {
            DeliverToNone(key, segment, datagram.Interface, now);
            return;
        }

        bool isNext = connection.OnSegment(segment, now);
        if (isNext && IsInBatch && segment.Data.Length >= DefaultSegment && segment.Frame is { } frame)
        {
            Prediction.Expect(frame, connection);
        }
    }

    /// <summary>A segment that belongs to no connection: it may open one, or is of one that is over.</summary>
    private void DeliverToNone(TcpKey key, in TcpSegment segment, NetInterface netInterface, Instant now)
    {

        TcpListener? listener = Ports.FindListener(key.Local, key.LocalPort, netInterface);
        if (TimeWaits.TryHandle(key, segment, listener is not null, now, out bool opensAnew) && !opensAnew)
        {
            return;
        }

        if (listener is not null)
        {
            listener.OnSegment(key, segment, netInterface, now);
        }
        else
        {
            SendReset(key, segment);
        }
    }

    /// <summary>RFC 5927 §4.1: an ICMP error counts only when the number it quotes is under way, since anybody can send one.</summary>
    private void ReceiveError(in Ipv4ErrorReport report)
    {
        const uint MtuMask = ushort.MaxValue;
        if (report.Quotation.FragmentOffset != 0
            || !TcpHeader.TryParseQuotation(report.Quotation.Payload, out ushort local, out ushort remote, out SequenceNumber sequence)
            || !_connections.TryGetValue(new TcpKey(report.Quotation.Source, local, report.Quotation.Destination, remote), out TcpConnection? connection)
            || sequence < connection.SndUna || sequence >= connection.SndNxt)
        {
            return;
        }

        if (report is { Type: IcmpType.DestinationUnreachable, Code: (byte)UnreachableCode.FragmentationNeeded })
        {
            connection.ShrinkPath((int)(report.Rest & MtuMask), _stack.Clock.Now);
            return;
        }

        if (report.Type is IcmpType.DestinationUnreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem)
        {
            connection.OnUnreachable(IcmpErrno.From(report, out bool isHard), isHard);
        }
    }

    private sealed class Handler(Tcp owner) : Ipv4ProtocolHandler
    {
        public override void Receive(in Ipv4Datagram datagram) => owner.Receive(datagram);

        public override void ReceiveError(in Ipv4ErrorReport report) => owner.ReceiveError(report);
    }
}
