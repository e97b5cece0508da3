using System.Net;
using System.Net.Sockets;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network;

/// <summary>Echo requests through a raw ICMP socket, as iputils' ping sends them as root.</summary>
internal sealed class EchoSocket : IEchoSocket
{
    private const int RawLevel = 255;
    private const int IcmpFilter = 1; // a bit for each ICMP type below 32: those that are set are not received
    private const int MaximumDatagram = 65_535;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
    private readonly Clock _clock;
    private readonly Ipv4Address _destination;
    private readonly SocketAddress _to;
    private readonly SocketAddress _from = new(AddressFamily.InterNetwork);
    private readonly ushort _identifier = Libc.RandomNumber();
    private readonly byte[] _received = new byte[MaximumDatagram];
    private byte[] _request = new byte[IcmpHeader.Size];

    /// <param name="destination">Whom to ask.</param>
    /// <param name="timeToLive">TTL of the requests.</param>
    /// <param name="isBroadcastAllowed">True to ask all stations of a network at once.</param>
    /// <param name="clock">For deadlines and arrivals.</param>
    /// <exception cref="SocketException">There are no raw sockets.</exception>
    public EchoSocket(Ipv4Address destination, byte timeToLive, bool isBroadcastAllowed, Clock clock)
    {
        _clock = clock;
        _destination = destination;
        _to = new IPEndPoint(HostName.AsIPAddress(destination), 0).Serialize();
        uint wanted = 1u << (int)IcmpType.EchoReply | 1u << (int)IcmpType.DestinationUnreachable | 1u << (int)IcmpType.TimeExceeded;
        _socket.SetRawSocketOption(RawLevel, IcmpFilter, BitConverter.GetBytes(~wanted));
        _socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        _socket.Ttl = timeToLive;
        _socket.EnableBroadcast = isBroadcastAllowed;
        if (destination.IsMulticast)
        {
            _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, timeToLive);
        }
    }

    /// <inheritdoc/>
    public Errno Send(ushort sequence, ReadOnlySpan<byte> payload)
    {
        Array.Resize(ref _request, IcmpHeader.Size + payload.Length);
        payload.CopyTo(_request.AsSpan(IcmpHeader.Size));
        IcmpFields.Echo(IcmpType.EchoRequest, _identifier, sequence).Emit(_request);
        try
        {
            _socket.SendTo(_request, SocketFlags.None, _to);
            return Errno.Success;
        }
        catch (SocketException exception)
        {
            return AsErrno(exception);
        }
    }

    /// <inheritdoc/>
    public Errno Receive(Instant deadline, out EchoAnswer answer)
    {
        try
        {
            while (true)
            {
                answer = default;
                TimeSpan left = deadline - _clock.Now;
                if (!_socket.Poll(left > TimeSpan.Zero ? left : TimeSpan.Zero, SelectMode.SelectRead))
                {
                    return Errno.ETIME;
                }

                int length = _socket.ReceiveFrom(_received, SocketFlags.None, _from);
                if (TryRead(_received.AsSpan(0, length), out answer))
                {
                    return Errno.Success;
                }
            }
        }
        catch (SocketException exception)
        {
            answer = default;
            return AsErrno(exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static Errno AsErrno(SocketException exception) =>
        exception.SocketErrorCode == SocketError.OperationAborted ? Errno.EINTR : (Errno)exception.ErrorCode;

    private bool TryRead(ReadOnlySpan<byte> bytes, out EchoAnswer answer)
    {
        answer = default;
        if (!Ipv4Header.TryParse(bytes, out Ipv4Header ip) || !IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp) || !icmp.IsChecksumValid)
        {
            return false;
        }

        bool isReply = icmp.Type == IcmpType.EchoReply;
        IcmpHeader request = icmp;
        if (!isReply && !TryReadQuotation(icmp.Data, out request))
        {
            return false;
        }

        EchoAnswerKind kind = isReply ? EchoAnswerKind.Reply : icmp.Type == IcmpType.TimeExceeded ? EchoAnswerKind.TimeExceeded : EchoAnswerKind.Unreachable;
        bool isIntact = !isReply || icmp.Data.SequenceEqual(_request.AsSpan(IcmpHeader.Size));
        answer = new EchoAnswer(kind, icmp.Code, ip.Source, request.Sequence, ip.TimeToLive, icmp.Length, _clock.Now, isIntact);
        return request.Identifier == _identifier;
    }

    /// <summary>The echo request that an error is about.</summary>
    private bool TryReadQuotation(ReadOnlySpan<byte> quotation, out IcmpHeader request)
    {
        request = default;
        return Ipv4Header.TryParseQuotation(quotation, out Ipv4Header ip) && ip.Destination == _destination && ip.Protocol == Ipv4Protocol.Icmp
            && IcmpHeader.TryParse(ip.Payload, out request) && request.Type == IcmpType.EchoRequest;
    }
}
