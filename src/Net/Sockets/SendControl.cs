using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>What the control data of sendmsg ask for one datagram (ip(7)): IP_PKTINFO, IP_TTL, IP_TOS.</summary>
internal struct SendControl
{
    private const int PacketInformationSize = 12;
    private const int SourceOffset = 4;

    /// <summary>Interface to send through, from 1; 0 for the route's.</summary>
    public int InterfaceNumber { get; private set; }

    /// <summary>Source address; 0.0.0.0 for the socket's or the route's.</summary>
    public Ipv4Address Source { get; private set; }

    /// <summary>TTL; 0 for the socket's.</summary>
    public byte TimeToLive { get; private set; }

    /// <summary>TOS; null for the socket's.</summary>
    public byte? TypeOfService { get; private set; }

    /// <summary>Reads them all.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for messages that are malformed or unknown at level IPPROTO_IP; other levels are skipped.</returns>
    public static Errno TryRead(ReadOnlySpan<byte> control, out SendControl read)
    {
        read = default;
        ControlMessageReader reader = new(control);
        Errno error;
        while (reader.TryRead(out error))
        {
            bool isKnown = reader.Level != SocketLevel.Ip || read.TrySet((IpOption)reader.Type, reader.Data);
            if (!isKnown)
            {
                return Errno.EINVAL;
            }
        }

        return error;
    }

    private bool TrySet(IpOption type, ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case IpOption.PacketInformation when data.Length == PacketInformationSize:
                InterfaceNumber = BinaryPrimitives.ReadInt32LittleEndian(data);
                Source = Ipv4Address.Read(data[SourceOffset..]);
                return true;
            case IpOption.TimeToLive when data.Length == sizeof(int):
                int timeToLive = BinaryPrimitives.ReadInt32LittleEndian(data);
                TimeToLive = (byte)timeToLive;
                return timeToLive is > 0 and <= byte.MaxValue;
            case IpOption.TypeOfService when data.Length is 1 or sizeof(int):
                TypeOfService = data[0];
                return true;
            default:
                return false;
        }
    }
}
