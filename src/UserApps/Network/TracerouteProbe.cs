using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network;

/// <summary>What came of one probe.</summary>
/// <param name="From">Who answered; null when nobody did in time.</param>
/// <param name="RoundTrip">Time from the probe to the answer.</param>
/// <param name="IsFinal">True when the answer came from the destination, or says that there is no way on.</param>
/// <param name="Mark">What is printed behind the time: <c>" !H"</c> and the like; empty for a usual answer.</param>
internal readonly record struct TracerouteAnswer(IPAddress? From, TimeSpan RoundTrip, bool IsFinal, string Mark);

/// <summary>
/// Sends datagrams with a small time to live, by UDP to ports where nobody listens or as ICMP echo requests, and hears what routers and the
/// destination say on a raw ICMP socket.
/// </summary>
internal sealed class TracerouteProbe : IDisposable
{
    private const int BufferSize = 2048;

    private readonly Socket _answers = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
    private readonly Socket? _datagrams;
    private readonly IPAddress _destination;
    private readonly TracerouteOptions _options;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly ushort _own; // our port, or the identifier of our echo requests
    private readonly EndPoint _anybody = new IPEndPoint(IPAddress.Any, 0);
    private ushort _sequence;

    /// <exception cref="SocketException">There are no such sockets, or there is no route.</exception>
    public TracerouteProbe(IPAddress destination, TracerouteOptions options)
    {
        _destination = destination;
        _options = options;
        _answers.Bind((IPEndPoint)_anybody);
        if (options.UsesEcho)
        {
            _own = Libc.RandomNumber();
            return;
        }

        _datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _datagrams.Bind(new IPEndPoint(IPAddress.Any, 0));
        _own = (ushort)((IPEndPoint)_datagrams.LocalEndPoint!).Port;
    }

    /// <summary>Sends one probe and waits for its answer.</summary>
    /// <param name="timeToLive">How many routers it passes at most.</param>
    public TracerouteAnswer Ask(int timeToLive)
    {
        _sequence++;
        long start = Stopwatch.GetTimestamp();
        Send(timeToLive);
        while (true)
        {
            TimeSpan left = _options.Wait - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !_answers.Poll(left, SelectMode.SelectRead))
            {
                return default;
            }

            EndPoint from = _anybody;
            int length = _answers.ReceiveFrom(_buffer, ref from);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            if (Ipv4Header.TryParse(_buffer.AsSpan(0, length), out Ipv4Header ip)
                && IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp) && IsOurs(icmp))
            {
                IPAddress address = ((IPEndPoint)from).Address;
                bool isEcho = icmp.Type == IcmpType.EchoReply;
                bool isPort = icmp is { Type: IcmpType.DestinationUnreachable, Code: (byte)UnreachableCode.Port } && address.Equals(_destination);
                string mark = isEcho || isPort || icmp.Type == IcmpType.TimeExceeded ? string.Empty : Mark(icmp.Code);
                return new TracerouteAnswer(address, time, icmp.Type != IcmpType.TimeExceeded, mark);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answers.Dispose();
        _datagrams?.Dispose();
    }

    private void Send(int timeToLive)
    {
        if (_datagrams is not null)
        {
            _datagrams.Ttl = (short)timeToLive;
            _datagrams.SendTo(new byte[_options.Length - Traceroute.Headers], new IPEndPoint(_destination, PortOf(_sequence)));
            return;
        }

        byte[] request = new byte[_options.Length - Ipv4Header.MinimumSize];
        IcmpFields.Echo(IcmpType.EchoRequest, _own, _sequence).Emit(request);
        _answers.Ttl = (short)timeToLive;
        _answers.SendTo(request, new IPEndPoint(_destination, 0));
    }

    /// <summary>Ports follow one another, and start again before the end.</summary>
    private ushort PortOf(int sequence) => (ushort)(_options.Port + (sequence - 1) % (ushort.MaxValue + 1 - _options.Port));

    private bool IsOurs(in IcmpHeader icmp)
    {
        if (icmp.Type == IcmpType.EchoReply)
        {
            return _options.UsesEcho && icmp.Identifier == _own && icmp.Sequence == _sequence;
        }

        bool isError = icmp.Type is IcmpType.TimeExceeded or IcmpType.DestinationUnreachable;
        if (!isError || !Ipv4Header.TryParseQuotation(icmp.Data, out Ipv4Header quoted) || !HostName.AsIPAddress(quoted.Destination).Equals(_destination))
        {
            return false;
        }

        if (_options.UsesEcho)
        {
            return quoted.Protocol == Ipv4Protocol.Icmp && IcmpHeader.TryParse(quoted.Payload, out IcmpHeader request)
                && request.Type == IcmpType.EchoRequest && request.Identifier == _own && request.Sequence == _sequence;
        }

        return quoted.Protocol == Ipv4Protocol.Udp && UdpHeader.TryParseQuotation(quoted.Payload, out UdpHeader datagram)
            && datagram.SourcePort == _own && datagram.DestinationPort == PortOf(_sequence);
    }

    private static string Mark(byte code) => code switch
    {
        0 => " !N",
        1 => " !H",
        2 => " !P",
        4 => " !F",
        5 => " !S",
        13 => " !X",
        14 => " !V",
        15 => " !C",
        _ => $" !<{code}>",
    };
}
