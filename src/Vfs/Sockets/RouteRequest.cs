using System.Buffers.Binary;

namespace KernelSockets.Vfs.Sockets;

/// <summary>SIOCADDRT and SIOCDELRT: struct rtentry (Linux include/uapi/linux/route.h).</summary>
/// <remarks>
/// <code>
/// 8 destination, sockaddr_in | 24 gateway | 40 netmask | 56 flags, u16 | 80 metric + 1, s16 | 88 pointer to the interface's name      120 bytes
/// </code>
/// The boundary follows the pointer.
/// </remarks>
public static class RouteRequest
{
    /// <summary>SIOCADDRT.</summary>
    public const uint Add = 0x890B;

    /// <summary>SIOCDELRT.</summary>
    public const uint Delete = 0x890C;

    /// <summary>Bytes of the structure.</summary>
    public const int Size = 120;

    /// <summary>Where the pointer to the interface's name is; 0 for none.</summary>
    public const int InterfaceOffset = 88;

    private const int DestinationOffset = 8;
    private const int GatewayOffset = 24;
    private const int MaskOffset = 40;
    private const int FlagsOffset = 56;
    private const int MetricOffset = 80;
    private const int AddressOffset = 4;
    private const ushort Inet = 2;
    private const int FlagGateway = 0x2;
    private const int FlagHost = 0x4;

    /// <summary>Adds or deletes the route.</summary>
    /// <param name="network">Where.</param>
    /// <param name="request">Which.</param>
    /// <param name="entry">The structure.</param>
    /// <param name="interfaceName">The name it points to; null for none.</param>
    /// <returns>
    /// <see cref="Errno.EAFNOSUPPORT"/>, <see cref="Errno.EINVAL"/> for a bad mask or host bits, or what the network says.
    /// </returns>
    public static Errno Serve(INetworkControl network, uint request, ReadOnlySpan<byte> entry, string? interfaceName)
    {
        ArgumentNullException.ThrowIfNull(network);
        ushort family = BinaryPrimitives.ReadUInt16LittleEndian(entry[DestinationOffset..]);
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[FlagsOffset..]);
        if (family != Inet)
        {
            return Errno.EAFNOSUPPORT;
        }

        Ipv4Address destination = Ipv4Address.Read(entry[(DestinationOffset + AddressOffset)..]);
        Ipv4Address mask = (flags & FlagHost) != 0 ? Ipv4Address.Broadcast : Ipv4Address.Read(entry[(MaskOffset + AddressOffset)..]);
        if (!mask.TryGetMaskLength(out int prefixLength) || (destination.Value & ~mask.Value) != 0)
        {
            return Errno.EINVAL;
        }

        bool hasGateway = (flags & FlagGateway) != 0;
        Ipv4Address gateway = hasGateway ? Ipv4Address.Read(entry[(GatewayOffset + AddressOffset)..]) : Ipv4Address.Any;
        if (request == Delete)
        {
            return network.DeleteRoute(destination, prefixLength, hasGateway ? gateway : null, interfaceName);
        }

        if (!hasGateway && interfaceName is null)
        {
            return Errno.ENODEV;
        }

        int metric = BinaryPrimitives.ReadInt16LittleEndian(entry[MetricOffset..]);
        return network.AddRoute(destination, prefixLength, gateway, interfaceName, metric > 0 ? metric - 1 : 0);
    }
}
