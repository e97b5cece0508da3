using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>A struct ip_mreq or ip_mreqn (ip(7)).</summary>
/// <param name="Group">The multicast group.</param>
/// <param name="InterfaceAddress">Address of the interface; 0.0.0.0 for the route's.</param>
/// <param name="InterfaceNumber">Number of the interface, which counts before its address; 0 for none.</param>
internal readonly record struct MembershipRequest(Ipv4Address Group, Ipv4Address InterfaceAddress, int InterfaceNumber)
{
    /// <summary>Bytes of an ip_mreq; an ip_mreqn has an interface number behind it.</summary>
    public const int Size = 8;

    private const int AddressOffset = 4;

    /// <summary>Reads one of at least <see cref="Size"/> bytes.</summary>
    public static MembershipRequest Read(ReadOnlySpan<byte> value)
    {
        _ = BinaryPrimitives.TryReadInt32LittleEndian(value[Size..], out int number);
        return new MembershipRequest(Ipv4Address.Read(value), Ipv4Address.Read(value[AddressOffset..]), number);
    }

    /// <summary>The interface it names: by number, by address, or the way to the group.</summary>
    /// <returns>Null when there is none.</returns>
    public NetInterface? FindInterface(NetStack stack)
    {
        if (InterfaceNumber != 0)
        {
            return stack.FindInterface(InterfaceNumber);
        }

        if (InterfaceAddress.IsAny)
        {
            return stack.Ipv4.Routes.TryFind(Group, null, out Ipv4Route route) ? route.Interface : null;
        }

        foreach (NetInterface candidate in stack.InterfaceList)
        {
            if (candidate.Address == InterfaceAddress)
            {
                return candidate;
            }
        }

        return null;
    }
}
