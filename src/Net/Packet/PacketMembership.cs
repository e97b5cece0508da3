using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>What a packet socket asks of an interface: a struct packet_mreq (PACKET_ADD_MEMBERSHIP, packet(7)).</summary>
/// <remarks>
/// <code>
/// struct packet_mreq   0 interface, int | 4 type, u16 | 6 length of the address, u16 | 8 address, 8 bytes        16 bytes
/// </code>
/// </remarks>
/// <param name="Interface">The interface.</param>
/// <param name="Type">What it is about.</param>
/// <param name="Address">The address, for <see cref="PacketMembershipType.Multicast"/> and <see cref="PacketMembershipType.Unicast"/>.</param>
internal readonly record struct PacketMembership(NetInterface Interface, PacketMembershipType Type, MacAddress Address)
{
    private const int Size = 16;
    private const int TypeOffset = 4;
    private const int LengthOffset = 6;
    private const int AddressOffset = 8;

    /// <summary>Reads one.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for a structure that is too short, an unknown type or an address of another length; <see cref="Errno.ENODEV"/>.</returns>
    public static Errno TryRead(NetStack stack, ReadOnlySpan<byte> value, out PacketMembership membership)
    {
        membership = default;
        if (value.Length < Size)
        {
            return Errno.EINVAL;
        }

        if (stack.FindInterface(BinaryPrimitives.ReadInt32LittleEndian(value)) is not { } netInterface)
        {
            return Errno.ENODEV;
        }

        PacketMembershipType type = (PacketMembershipType)BinaryPrimitives.ReadUInt16LittleEndian(value[TypeOffset..]);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(value[LengthOffset..]);
        bool hasAddress = type is PacketMembershipType.Multicast or PacketMembershipType.Unicast;
        if (length > MacAddress.Size || (hasAddress && length != MacAddress.Size) || !Enum.IsDefined(type))
        {
            return Errno.EINVAL;
        }

        membership = new PacketMembership(netInterface, type, hasAddress ? MacAddress.Read(value[AddressOffset..]) : MacAddress.Any);
        return Errno.Success;
    }

    /// <summary>Asks the interface for it, or takes that back.</summary>
    public void Apply(bool isAdded)
    {
        InterfaceFilter filter = Interface.Filter;
        int change = isAdded ? 1 : -1;
        switch (Type)
        {
            case PacketMembershipType.Multicast when isAdded:
                filter.AddGroup(Address);
                break;
            case PacketMembershipType.Multicast:
                filter.RemoveGroup(Address);
                break;
            case PacketMembershipType.AllMulticast:
                filter.ChangeAllMulticast(change);
                break;
            default:
                filter.ChangePromiscuous(change); // a second station address, too: the device has a filter for one only
                break;
        }
    }
}

/// <summary>Types of <see cref="PacketMembership"/>, with Linux's values (PACKET_MR_*).</summary>
internal enum PacketMembershipType
{
    /// <summary>Frames to one multicast address.</summary>
    Multicast,

    /// <summary>All frames on the wire.</summary>
    Promiscuous,

    /// <summary>Frames to all multicast addresses.</summary>
    AllMulticast,

    /// <summary>Frames to one more station address.</summary>
    Unicast,
}
