using System.Buffers.Binary;

namespace KernelSockets.Vfs.Sockets;

/// <summary>SIOCDARP, SIOCGARP and SIOCSARP (arp(7), struct arpreq).</summary>
/// <remarks>
/// <code>
/// 0 protocol address, sockaddr_in | 16 hardware address, sockaddr | 32 flags | 36 netmask | 52 interface, 16 bytes         68 bytes
/// </code>
/// </remarks>
internal static class NeighbourRequests
{
    private const uint Delete = 0x8953;
    private const uint Get = 0x8954;
    private const uint Set = 0x8955;
    private const int AddressOffset = 4;
    private const int HardwareFamilyOffset = 16;
    private const int HardwareAddressOffset = 18;
    private const int FlagsOffset = 32;
    private const int InterfaceOffset = 52;
    private const ushort Inet = 2;
    private const ushort EthernetType = 1;
    private const int FlagComplete = 0x2;
    private const int FlagPermanent = 0x4;

    /// <summary>Serves a request if it is one of these.</summary>
    public static bool TryServe(INetworkControl network, uint request, Span<byte> data, out Errno error)
    {
        error = Errno.Success;
        if (request is not (Delete or Get or Set))
        {
            return false;
        }

        error = Serve(network, request, data);
        return true;
    }

    private static Errno Serve(INetworkControl network, uint request, Span<byte> data)
    {
        string name = InterfaceRequests.ReadName(data[InterfaceOffset..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(data) != Inet)
        {
            return Errno.EPFNOSUPPORT;
        }

        Ipv4Address address = Ipv4Address.Read(data[AddressOffset..]);
        if (name.Length > 0 ? !network.Interfaces().Any(i => i.Name == name) : request == Get)
        {
            return Errno.ENODEV;
        }

        switch (request)
        {
            case Delete:
                return network.DeleteNeighbour(address);
            case Set:
                return BinaryPrimitives.ReadUInt16LittleEndian(data[HardwareFamilyOffset..]) is 0 or EthernetType
                    ? network.AddNeighbour(address, MacAddress.Read(data[HardwareAddressOffset..]))
                    : Errno.EINVAL;
            default:
                return Tell(network, address, name, data);
        }
    }

    private static Errno Tell(INetworkControl network, Ipv4Address address, string name, Span<byte> data)
    {
        NeighbourInformation? found = network.Neighbours().FirstOrDefault(n => n.Address == address && n.Interface == name);
        if (found is null)
        {
            return Errno.ENXIO;
        }

        bool isKnown = found.HardwareAddress != MacAddress.Any;
        BinaryPrimitives.WriteUInt16LittleEndian(data[HardwareFamilyOffset..], EthernetType);
        found.HardwareAddress.Write(data[HardwareAddressOffset..]);
        int flags = (isKnown ? FlagComplete : 0) | (found.State == "PERMANENT" ? FlagPermanent : 0);
        BinaryPrimitives.WriteInt32LittleEndian(data[FlagsOffset..], flags);
        return Errno.Success;
    }
}
