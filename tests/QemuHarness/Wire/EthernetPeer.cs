using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Threading.Channels;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>
/// A host at the other end of the guest's cable, made with PacketDotNet: it answers ARP and echo requests for its address, pings, and
/// checks every frame that the guest sends.
/// </summary>
internal sealed class EthernetPeer
{
    private const int SmallestFrame = 60;

    private readonly IEthernetWire _wire;
    private readonly Task _pump;
    private readonly Channel<EthernetPacket> _unclaimed = Channel.CreateUnbounded<EthernetPacket>();
    private readonly ConcurrentDictionary<(ushort Id, ushort Sequence), TaskCompletionSource<IcmpV4Packet>> _echoes = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private int _echoRequests;
    private (ushort From, ushort To, uint Number) _dataEnd; // of the last TCP segment: its ports, and the number behind its data

    public EthernetPeer(IEthernetWire wire)
    {
        _wire = wire;
        _pump = PumpAsync();
    }

    public PhysicalAddress Mac { get; init; } = Frames.PeerMac;

    public IPAddress Ip { get; init; } = IPAddress.Parse(QemuOptions.HostAddress);

    /// <summary>False to stay silent, as a host that is down.</summary>
    public bool AnswersArp { get; set; } = true;

    /// <summary>True where the wire itself corrupts frames: then bad checksums say nothing about the guest.</summary>
    public bool IsWireCorrupting { get; init; }

    /// <summary>Frames that are neither an ARP request nor an echo message for this host, in order.</summary>
    public ChannelReader<EthernetPacket> Unclaimed => _unclaimed.Reader;

    /// <summary>Echo requests from the guest that were answered.</summary>
    public int EchoRequests => Volatile.Read(ref _echoRequests);

    /// <summary>What was wrong with frames from the guest.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Sends raw bytes as a frame.</summary>
    public Task SendAsync(byte[] frame) => _wire.SendAsync(frame);

    /// <summary>Asks for the guest's hardware address until it answers.</summary>
    /// <returns>The ARP reply.</returns>
    public async Task<ArpPacket> ResolveAsync(TimeSpan limit)
    {
        await SendAsync(Frames.ArpRequest(Mac, Ip, Frames.GuestIp));
        return await WaitForAsync<ArpPacket>(arp => arp.Operation == ArpOperation.Response, limit);
    }

    /// <summary>Sends one echo request.</summary>
    /// <returns>The reply to come: it has completed before any later frame of the guest is looked at.</returns>
    public async Task<Task<IcmpV4Packet>> StartPingAsync(ushort id, ushort sequence, byte[] data)
    {
        TaskCompletionSource<IcmpV4Packet> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _echoes[(id, sequence)] = reply;
        await SendAsync(Frames.Echo(IcmpV4TypeCode.EchoRequest, Mac, Frames.GuestMac, Ip, Frames.GuestIp, id, sequence, data));
        return reply.Task;
    }

    /// <summary>Sends one echo request and waits for its reply.</summary>
    /// <returns>The reply, or null when it did not come in time.</returns>
    public async Task<IcmpV4Packet?> PingAsync(ushort id, ushort sequence, byte[] data, TimeSpan limit)
    {
        try
        {
            return await (await StartPingAsync(id, sequence, data)).WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _ = _echoes.TryRemove((id, sequence), out _);
        }
    }

    /// <summary>Waits for the next unclaimed frame that holds such a packet; others are passed over.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async Task<TPacket> WaitForAsync<TPacket>(Func<TPacket, bool> condition, TimeSpan limit)
        where TPacket : Packet
    {
        using CancellationTokenSource deadline = new(limit);
        try
        {
            await foreach (EthernetPacket frame in Unclaimed.ReadAllAsync(deadline.Token))
            {
                if (frame.Extract<TPacket>() is { } packet && condition(packet))
                {
                    return packet;
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The guest sent no {typeof(TPacket).Name} as expected within {limit.TotalSeconds} s.");
        }

        await _pump;
        throw new EndOfStreamException("The guest ended.");
    }

    /// <summary>Fails the test if any frame of the guest was wrong.</summary>
    public void AssertNoViolations() => Assert.True(_violations.IsEmpty, string.Join('\n', _violations));

    private async Task PumpAsync()
    {
        try
        {
            await foreach (byte[] bytes in _wire.Received.ReadAllAsync())
            {
                await HandleAsync(bytes);
            }
        }
        finally
        {
            _unclaimed.Writer.TryComplete();
        }
    }

    private async Task HandleAsync(byte[] bytes)
    {
        if (bytes.Length < EthernetFields.HeaderLength)
        {
            _violations.Enqueue($"a frame of {bytes.Length} bytes");
            return;
        }

        EthernetPacket frame;
        try
        {
            frame = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, bytes);
            Check(frame, bytes.Length);
            if (await AnswerAsync(frame))
            {
                return;
            }
        }
        catch (Exception failure) when (failure is not IOException and not System.Net.Sockets.SocketException and not ObjectDisposedException)
        {
            if (!IsWireCorrupting)
            {
                _violations.Enqueue($"PacketDotNet cannot read {Convert.ToHexString(bytes)}: {failure.Message}");
            }

            return;
        }

        await _unclaimed.Writer.WriteAsync(frame);
    }

    /// <summary>What any host may expect of a frame: its sender, its least length, right checksums.</summary>
    private void Check(EthernetPacket frame, int length)
    {
        if (IsWireCorrupting)
        {
            return;
        }

        Expect(frame.SourceHardwareAddress.Equals(Frames.GuestMac), frame, "source address is not the NIC's");
        Expect(length >= SmallestFrame || IsTailOfCut(frame), frame, $"is {length} bytes long, less than {SmallestFrame}");
        if (frame.Extract<IPv4Packet>() is { } datagram)
        {
            Expect(datagram.ValidIPChecksum, frame, "wrong IPv4 header checksum");
            Expect(datagram.TimeToLive > 0, frame, "TTL 0");
        }

        if (frame.Extract<IcmpV4Packet>() is { } message)
        {
            Expect(message.ValidIcmpChecksum, frame, "wrong ICMP checksum");
        }

        if (frame.Extract<TcpPacket>() is { ParentPacket: IPv4Packet { FragmentOffset: 0 } } segment)
        {
            Expect(segment.ValidTcpChecksum, frame, "wrong TCP checksum");
            _dataEnd = (segment.SourcePort, segment.DestinationPort, segment.SequenceNumber + (uint)(segment.PayloadData?.Length ?? 0));
        }
    }

    /// <summary>
    /// QEMU's 82540EM ends a packet that it has cut into full segments by one more of them, which has no data and is not padded. The guest cannot
    /// know, and to the peer it is an acknowledgement.
    /// </summary>
    private bool IsTailOfCut(EthernetPacket frame) => frame.Extract<TcpPacket>() is { PayloadData: null or { Length: 0 } } segment
        && _dataEnd == (segment.SourcePort, segment.DestinationPort, segment.SequenceNumber);

    private void Expect(bool isMet, EthernetPacket frame, string complaint)
    {
        if (!isMet)
        {
            _violations.Enqueue($"{complaint}: {frame}");
        }
    }

    /// <summary>Serves what is meant for this host's ARP and echo; true when the frame is dealt with.</summary>
    private async Task<bool> AnswerAsync(EthernetPacket frame)
    {
        if (frame.Extract<ArpPacket>() is { Operation: ArpOperation.Request } request && request.TargetProtocolAddress.Equals(Ip))
        {
            if (AnswersArp)
            {
                await SendAsync(Frames.Arp(
                    ArpOperation.Response, Mac, Ip, request.SenderHardwareAddress, request.SenderProtocolAddress, request.SenderHardwareAddress));
                return true;
            }

            return false;
        }

        if (frame.Extract<IcmpV4Packet>() is not { } message || frame.Extract<IPv4Packet>() is not { } datagram
            || !datagram.DestinationAddress.Equals(Ip) || (IsWireCorrupting && !message.ValidIcmpChecksum))
        {
            return false;
        }

        if (message.TypeCode == IcmpV4TypeCode.EchoRequest)
        {
            _ = Interlocked.Increment(ref _echoRequests);
            await SendAsync(Frames.Echo(
                IcmpV4TypeCode.EchoReply, Mac, frame.SourceHardwareAddress, Ip, datagram.SourceAddress, message.Id, message.Sequence, message.Data));
            return true;
        }

        return message.TypeCode == IcmpV4TypeCode.EchoReply
            && _echoes.TryGetValue((message.Id, message.Sequence), out TaskCompletionSource<IcmpV4Packet>? waiting)
            && waiting.TrySetResult(message);
    }
}
