using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Sockets;

/// <summary>Linux's sockaddr_in and sockaddr_ll, read and written as Linux does for each kind of call.</summary>
/// <remarks>
/// <code>
/// sockaddr_in  0 family | 2 port (big-endian) | 4 address | 8 zero                                                                16 bytes
/// sockaddr_ll  0 family | 2 EtherType (big-endian) | 4 interface | 8 hardware type | 10 packet type | 11 length | 12 address      20 bytes
/// </code>
/// Families and numbers without a remark are little-endian, the machine's own order.
/// </remarks>
public static class SocketAddressFormat
{
    /// <summary>The longest address a call takes (struct sockaddr_storage).</summary>
    public const int MaxSize = 128;

    /// <summary>Bytes of sockaddr_in.</summary>
    public const int InetSize = 16;

    /// <summary>Bytes of sockaddr_ll.</summary>
    public const int PacketSize = 20;

    private const int FamilySize = 2;
    private const int PortOffset = 2;
    private const int InetAddressOffset = 4;
    private const int InterfaceOffset = 4;
    private const int HardwareTypeOffset = 8;
    private const int PacketTypeOffset = 10;
    private const int LengthOffset = 11;
    private const int HardwareAddressOffset = 12;

    /// <summary>The address that bind was given.</summary>
    /// <param name="socket">Whose.</param>
    /// <param name="bytes">The structure, at most <see cref="MaxSize"/> bytes.</param>
    /// <param name="address">What it says.</param>
    /// <returns><see cref="Errno.EINVAL"/> when it is too short, <see cref="Errno.EAFNOSUPPORT"/>.</returns>
    public static Errno TryReadLocal(Socket socket, ReadOnlySpan<byte> bytes, out SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Errno error = TryRead(socket.Family, bytes, out address, out int family);
        if (error != Errno.Success || socket.Family == AddressFamily.Packet)
        {
            return error;
        }

        // AF_UNSPEC passes for AF_INET, but only with INADDR_ANY (inet_bind, for old programs).
        bool isAccepted = family == SocketSelection.LinuxInet || (family == 0 && address.Address.IsAny);
        return isAccepted ? Errno.Success : Errno.EAFNOSUPPORT;
    }

    /// <summary>The address that connect was given; family <see cref="AddressFamily.Unspecified"/> needs no more than that.</summary>
    /// <returns><see cref="Errno.EINVAL"/> when it is too short, <see cref="Errno.EAFNOSUPPORT"/>.</returns>
    public static Errno TryReadPeer(Socket socket, ReadOnlySpan<byte> bytes, out SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(socket);
        address = default;
        if (bytes.Length < FamilySize)
        {
            return Errno.EINVAL;
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes) == 0)
        {
            return Errno.Success;
        }

        Errno error = TryRead(socket.Family, bytes, out address, out int family);
        return error == Errno.Success && socket.Family == AddressFamily.Inet && family != SocketSelection.LinuxInet ? Errno.EAFNOSUPPORT : error;
    }

    /// <summary>The address that a message was given; AF_UNSPEC passes for AF_INET (udp_sendmsg).</summary>
    /// <returns><see cref="Errno.EINVAL"/> when it is too short, <see cref="Errno.EAFNOSUPPORT"/>.</returns>
    public static Errno TryReadDestination(Socket socket, ReadOnlySpan<byte> bytes, out SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Errno error = TryRead(socket.Family, bytes, out address, out int family);
        bool isStrange = socket.Family == AddressFamily.Inet && family is not (0 or SocketSelection.LinuxInet);
        return error == Errno.Success && isStrange ? Errno.EAFNOSUPPORT : error;
    }

    /// <summary>Writes the structure.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isMessageName">True for the source of a message, whose sockaddr_ll is never shorter than <see cref="PacketSize"/>.</param>
    /// <param name="bytes">At least <see cref="MaxSize"/> bytes; they are cleared first.</param>
    /// <returns>Its length.</returns>
    public static int Write(in SocketAddress address, bool isMessageName, Span<byte> bytes)
    {
        bytes[..MaxSize].Clear();
        switch (address.Family)
        {
            case AddressFamily.Inet:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, SocketSelection.LinuxInet);
                BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], address.Port);
                address.Address.Write(bytes[InetAddressOffset..]);
                return InetSize;
            case AddressFamily.Packet:
                return WritePacket(address, isMessageName, bytes);
            default:
                return FamilySize;
        }
    }

    private static int WritePacket(in SocketAddress address, bool isMessageName, Span<byte> bytes)
    {
        int length = address.HasHardwareAddress ? MacAddress.Size : 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, SocketSelection.LinuxPacket);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], address.Protocol);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[InterfaceOffset..], address.InterfaceIndex);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[HardwareTypeOffset..], address.HardwareType);
        bytes[PacketTypeOffset] = (byte)address.PacketType;
        bytes[LengthOffset] = (byte)length;
        if (length > 0)
        {
            address.HardwareAddress.Write(bytes[HardwareAddressOffset..]);
        }

        return isMessageName ? PacketSize : HardwareAddressOffset + length;
    }

    private static Errno TryRead(AddressFamily family, ReadOnlySpan<byte> bytes, out SocketAddress address, out int told)
    {
        address = default;
        told = 0;
        if (bytes.Length < (family == AddressFamily.Packet ? PacketSize : InetSize))
        {
            return Errno.EINVAL;
        }

        told = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (family != AddressFamily.Packet)
        {
            address = SocketAddress.Inet(Ipv4Address.Read(bytes[InetAddressOffset..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]));
            return Errno.Success;
        }

        int length = bytes[LengthOffset];
        if (told != SocketSelection.LinuxPacket || bytes.Length < HardwareAddressOffset + length)
        {
            return Errno.EINVAL;
        }

        address = new SocketAddress(AddressFamily.Packet)
        {
            Protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]),
            InterfaceIndex = BinaryPrimitives.ReadInt32LittleEndian(bytes[InterfaceOffset..]),
            HardwareType = BinaryPrimitives.ReadUInt16LittleEndian(bytes[HardwareTypeOffset..]),
            PacketType = (PacketType)bytes[PacketTypeOffset],
            HasHardwareAddress = length == MacAddress.Size,
            HardwareAddress = length == MacAddress.Size ? MacAddress.Read(bytes[HardwareAddressOffset..]) : MacAddress.Any,
        };
        return Errno.Success;
    }
}
