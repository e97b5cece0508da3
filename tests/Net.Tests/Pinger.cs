using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests;

/// <summary>ICMP echo through a raw socket, as ping does it: makes a stack send, and shows what comes back.</summary>
internal sealed class Pinger : IDisposable
{
    private const int RawLevel = 255;
    private const int IcmpFilter = 1;
    private const int SocketLevel = 1;
    private const int ReceiveTimeout = 20;
    private const int IpLevel = 0;
    private const int TimeToLiveOption = 2;
    private const int Window = 256;
    private const int MaximumDatagram = 65_535;

    private readonly TestSocket _socket;
    private readonly Clock _clock;
    private readonly SocketAddress _destination;
    private readonly byte[] _received = new byte[MaximumDatagram];
    private readonly byte[][] _requests = new byte[Window][];
    private int _timeToLive;

    public Pinger(NetStack stack, Ipv4Address destination, ushort? identifier = null)
    {
        Identifier = identifier ?? (ushort)stack.Entropy.NextUInt32();
        _clock = stack.Clock;
        _destination = SocketAddress.Inet(destination, 0);
        _socket = new TestSocket(stack, SocketType.Raw, (int)Ipv4Protocol.Icmp);
        int wanted = 1 << (int)IcmpType.EchoReply | 1 << (int)IcmpType.DestinationUnreachable | 1 << (int)IcmpType.TimeExceeded;
        Assert.Equal(Errno.Success, _socket.Set(RawLevel, IcmpFilter, ~wanted));
        Assert.Equal(Errno.Success, _socket.Set(SocketLevel, 6, 1)); // SO_BROADCAST
    }

    /// <summary>The identifier in its requests.</summary>
    public ushort Identifier { get; }

    /// <summary>Sends one request. Allocates only for sizes that are new.</summary>
    public Errno Send(ushort sequence, ReadOnlySpan<byte> payload, byte timeToLive)
    {
        ref byte[] request = ref _requests[sequence % Window];
        if (request?.Length != IcmpHeader.Size + payload.Length)
        {
            request = new byte[IcmpHeader.Size + payload.Length];
        }

        if (_timeToLive != timeToLive)
        {
            _timeToLive = timeToLive;
            Assert.Equal(Errno.Success, _socket.Set(IpLevel, TimeToLiveOption, timeToLive));
        }

        payload.CopyTo(request.AsSpan(IcmpHeader.Size));
        IcmpFields.Echo(IcmpType.EchoRequest, Identifier, sequence).Emit(request);
        return _socket.SendTo(_destination, request).Error;
    }

    /// <summary>Waits for the next answer to a request of this pinger.</summary>
    /// <returns><see cref="Errno.EAGAIN"/> at the deadline.</returns>
    public Errno Receive(Instant deadline, out EchoAnswer answer)
    {
        while (true)
        {
            answer = default;
            TimeSpan left = deadline == Instant.Never ? TimeSpan.Zero : deadline - _clock.Now;
            bool isLate = deadline != Instant.Never && left <= TimeSpan.Zero;
            byte[] limit = [.. BitConverter.GetBytes((long)left.TotalSeconds), .. BitConverter.GetBytes(left.Ticks / 10 % 1_000_000)];
            Assert.Equal(Errno.Success, _socket.Set(SocketLevel, ReceiveTimeout, isLate ? new byte[16] : limit));
            IoResult result = _socket.ReceiveInto(_received, isLate ? MessageFlags.DoNotWait : MessageFlags.None);
            if (!result.IsSuccess)
            {
                return result.Error;
            }

            if (TryRead(_received.AsSpan(0, result.Count), out answer))
            {
                return Errno.Success;
            }
        }
    }

    /// <summary>Forgets what waits, which holds buffers.</summary>
    public void Drain() => _socket.Drain(_received);

    public void Dispose() => _socket.Dispose();

    private bool TryRead(ReadOnlySpan<byte> bytes, out EchoAnswer answer)
    {
        answer = default;
        if (!Ipv4Header.TryParse(bytes, out Ipv4Header ip) || !IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp) || !icmp.IsChecksumValid)
        {
            return false; // raw sockets get messages as they come
        }

        IcmpHeader request = icmp;
        if (icmp.Type != IcmpType.EchoReply)
        {
            if (!Ipv4Header.TryParseQuotation(icmp.Data, out Ipv4Header quoted) || !IcmpHeader.TryParse(quoted.Payload, out request))
            {
                return false;
            }
        }

        bool isIntact = icmp.Type == IcmpType.EchoReply && _requests[icmp.Sequence % Window] is { } sent && icmp.Data.SequenceEqual(sent.AsSpan(IcmpHeader.Size));
        answer = new EchoAnswer(icmp.Type, icmp.Code, ip.Source, request.Sequence, icmp.Length, isIntact);
        return request.Identifier == Identifier;
    }
}

/// <summary>What came back for an echo request.</summary>
internal readonly record struct EchoAnswer(IcmpType Type, byte Code, Ipv4Address Source, ushort Sequence, int Length, bool IsIntact);
