using System.Buffers.Binary;
using System.Text;

namespace KernelSockets.Net;

/// <summary>A DHCP message that the client sends (RFC 2131 §4.4.1, table 5).</summary>
internal readonly record struct DhcpRequest
{
    /// <summary>The largest message we take (option 57): a datagram that every link carries whole, from an Ethernet MTU.</summary>
    private const ushort AcceptedSize = 1500;

    /// <summary>Option 55: what we want to know, as codes.</summary>
    private static ReadOnlySpan<byte> Wanted =>
    [
        (byte)DhcpOption.SubnetMask, (byte)DhcpOption.Router, (byte)DhcpOption.DomainNameServer, (byte)DhcpOption.DomainName,
        (byte)DhcpOption.BroadcastAddress, (byte)DhcpOption.LeaseTime, (byte)DhcpOption.ServerIdentifier, (byte)DhcpOption.RenewalTime,
        (byte)DhcpOption.RebindingTime, (byte)DhcpOption.InterfaceMtu,
    ];

    public required DhcpMessageType Type { get; init; }

    public required uint Transaction { get; init; }

    public required MacAddress Hardware { get; init; }

    /// <summary>Seconds since the client began.</summary>
    public ushort Seconds { get; init; }

    /// <summary>ciaddr: only an address we answer ARP for.</summary>
    public Ipv4Address ClientAddress { get; init; }

    /// <summary>Option 50; 0.0.0.0 for none.</summary>
    public Ipv4Address Requested { get; init; }

    /// <summary>Option 54; 0.0.0.0 for none.</summary>
    public Ipv4Address Server { get; init; }

    /// <summary>Option 12, at most 63 letters, digits and hyphens; empty for none.</summary>
    public string HostName { get; init; }

    private bool AsksForParameters => Type is DhcpMessageType.Discover or DhcpMessageType.Request;

    /// <summary>Writes the message, padded to the length of a BOOTP message.</summary>
    /// <param name="buffer">At least <see cref="DhcpFormat.MaximumSent"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Emit(Span<byte> buffer)
    {
        buffer = buffer[..DhcpFormat.MaximumSent];
        buffer.Clear();
        EmitHeader(buffer);
        int at = DhcpFormat.OptionsOffset;
        at = Put(buffer, at, DhcpOption.MessageType, [(byte)Type]);
        Span<byte> identifier = stackalloc byte[1 + MacAddress.Size];
        identifier[0] = DhcpFormat.EthernetType;
        Hardware.Write(identifier[1..]);
        at = Put(buffer, at, DhcpOption.ClientIdentifier, identifier);
        at = PutAddress(buffer, at, DhcpOption.RequestedAddress, Requested);
        at = PutAddress(buffer, at, DhcpOption.ServerIdentifier, Server);
        if (AsksForParameters)
        {
            at = PutWishes(buffer, at);
        }

        buffer[at++] = (byte)DhcpOption.End;
        return Math.Max(at, DhcpFormat.MinimumSent);
    }

    private static int Put(Span<byte> buffer, int at, DhcpOption option, ReadOnlySpan<byte> value)
    {
        buffer[at] = (byte)option;
        buffer[at + 1] = (byte)value.Length;
        value.CopyTo(buffer[(at + 2)..]);
        return at + 2 + value.Length;
    }

    private static int PutAddress(Span<byte> buffer, int at, DhcpOption option, Ipv4Address address)
    {
        if (address.IsAny)
        {
            return at;
        }

        Span<byte> value = stackalloc byte[Ipv4Address.Size];
        address.Write(value);
        return Put(buffer, at, option, value);
    }

    private void EmitHeader(Span<byte> buffer)
    {
        buffer[0] = DhcpFormat.BootRequest;
        buffer[DhcpFormat.HardwareTypeOffset] = DhcpFormat.EthernetType;
        buffer[DhcpFormat.HardwareLengthOffset] = MacAddress.Size;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[DhcpFormat.TransactionOffset..], Transaction);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[DhcpFormat.SecondsOffset..], Seconds);

        // RFC 2131 §4.1: IP takes no unicast before it has an address, so answers shall be broadcast until then.
        bool needsBroadcast = AsksForParameters && ClientAddress.IsAny;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[DhcpFormat.FlagsOffset..], needsBroadcast ? DhcpFormat.BroadcastFlag : (ushort)0);
        ClientAddress.Write(buffer[DhcpFormat.ClientAddressOffset..]);
        Hardware.Write(buffer[DhcpFormat.HardwareOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[DhcpFormat.MagicOffset..], DhcpFormat.Magic);
    }

    private int PutWishes(Span<byte> buffer, int at)
    {
        Span<byte> size = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(size, AcceptedSize);
        at = Put(buffer, at, DhcpOption.MaximumSize, size);
        if (!string.IsNullOrEmpty(HostName))
        {
            at = Put(buffer, at, DhcpOption.HostName, Encoding.ASCII.GetBytes(HostName));
        }

        return Put(buffer, at, DhcpOption.ParameterList, Wanted);
    }
}
