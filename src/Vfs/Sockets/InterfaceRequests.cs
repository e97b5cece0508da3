using System.Buffers.Binary;
using System.Text;

namespace KernelSockets.Vfs.Sockets;

/// <summary>The ioctl requests on interfaces (netdevice(7), struct ifreq) and on the ARP cache (arp(7)), over <see cref="INetworkControl"/>.</summary>
/// <remarks>
/// <code>
/// struct ifreq   0 name, 16 bytes | 16 sockaddr, flags, index or MTU, 24 bytes
/// </code>
/// Interfaces have indexes from 1 in the order in which they were found.
/// </remarks>
public static class InterfaceRequests
{
    /// <summary>SIOCGIFCONF: struct ifconf; the boundary follows its pointer and calls <see cref="List"/>.</summary>
    public const uint ListRequest = 0x8912;

    /// <summary>Bytes of struct ifreq.</summary>
    public const int RequestSize = 40;

    private const uint GetName = 0x8910;
    private const uint GetFlags = 0x8913;
    private const uint SetFlags = 0x8914;
    private const uint GetAddress = 0x8915;
    private const uint SetAddress = 0x8916;
    private const uint GetPeerAddress = 0x8917;
    private const uint GetBroadcast = 0x8919;
    private const uint SetBroadcast = 0x891A;
    private const uint GetNetmask = 0x891B;
    private const uint SetNetmask = 0x891C;
    private const uint GetMetric = 0x891D;
    private const uint GetMtu = 0x8921;
    private const uint SetMtu = 0x8922;
    private const uint GetHardwareAddress = 0x8927;
    private const uint GetIndex = 0x8933;
    private const uint GetQueueLength = 0x8942;

    private const int NameSize = 16;
    private const int ValueOffset = 16;
    private const int AddressOffset = ValueOffset + 4;
    private const int HardwareAddressOffset = ValueOffset + 2;
    private const ushort Inet = 2;
    private const ushort EthernetType = 1;
    private const ushort LoopbackType = 772;

    /// <summary>Serves a request if it is one of these.</summary>
    /// <param name="network">What to act on.</param>
    /// <param name="request">Request number.</param>
    /// <param name="data">The structure, as long as <see cref="IoctlRequest.ArgumentSize"/> says.</param>
    /// <param name="error">
    /// <see cref="Errno.ENODEV"/> for no such interface, <see cref="Errno.EADDRNOTAVAIL"/> when it has no address, <see cref="Errno.EINVAL"/>, or what the
    /// network says.
    /// </param>
    public static bool TryServe(INetworkControl network, uint request, Span<byte> data, out Errno error)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (NeighbourRequests.TryServe(network, request, data, out error))
        {
            return true;
        }

        error = Errno.Success;
        if (request is not (GetName or GetIndex or GetMetric or GetQueueLength or (>= GetFlags and <= GetPeerAddress)
            or (>= GetBroadcast and <= SetNetmask) or GetMtu or SetMtu or GetHardwareAddress))
        {
            return false;
        }

        error = Serve(network, request, data);
        return true;
    }

    /// <summary>SIOCGIFCONF: the interfaces that have an address, as struct ifreq each.</summary>
    /// <param name="network">What to ask.</param>
    /// <param name="buffer">Where to; as many as fit whole.</param>
    /// <returns>Bytes written; with an empty buffer, bytes needed.</returns>
    public static int List(INetworkControl network, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(network);
        int length = 0;
        foreach (InterfaceInformation found in network.Interfaces())
        {
            if (found.Address.IsAny)
            {
                continue;
            }

            if (!buffer.IsEmpty)
            {
                if (length + RequestSize > buffer.Length)
                {
                    break;
                }

                Span<byte> entry = buffer.Slice(length, RequestSize);
                WriteName(entry, found.Name);
                WriteAddress(entry, found.Address);
            }

            length += RequestSize;
        }

        return length;
    }

    /// <summary>The name in a structure: bytes up to a zero.</summary>
    internal static string ReadName(ReadOnlySpan<byte> field)
    {
        ReadOnlySpan<byte> name = field[..NameSize];
        int end = name.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? name[..(NameSize - 1)] : name[..end]);
    }

    private static Errno Serve(INetworkControl network, uint request, Span<byte> data)
    {
        IReadOnlyList<InterfaceInformation> interfaces = network.Interfaces();
        int index = request == GetName ? BinaryPrimitives.ReadInt32LittleEndian(data[ValueOffset..]) - 1 : Find(interfaces, ReadName(data));
        if (index < 0 || index >= interfaces.Count)
        {
            return Errno.ENODEV;
        }

        InterfaceInformation found = interfaces[index];
        switch (request)
        {
            case GetName:
                WriteName(data, found.Name);
                return Errno.Success;
            case GetIndex:
                return WriteNumber(data, index + 1);
            case GetFlags:
                data[ValueOffset..].Clear();
                BinaryPrimitives.WriteUInt16LittleEndian(data[ValueOffset..], (ushort)found.Flags);
                return Errno.Success;
            case GetMetric or GetQueueLength:
                return WriteNumber(data, 0);
            case GetMtu:
                return WriteNumber(data, found.Mtu);
            case GetHardwareAddress:
                data[ValueOffset..].Clear();
                BinaryPrimitives.WriteUInt16LittleEndian(data[ValueOffset..], found.IsLoopback ? LoopbackType : EthernetType);
                found.HardwareAddress.Write(data[HardwareAddressOffset..]);
                return Errno.Success;
            case GetAddress or GetPeerAddress or GetBroadcast or GetNetmask:
                return TellAddress(found, request, data);
            default:
                return Change(network, found, request, data);
        }
    }

    private static int Find(IReadOnlyList<InterfaceInformation> interfaces, string name)
    {
        for (int i = 0; i < interfaces.Count; i++)
        {
            if (interfaces[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static Errno TellAddress(InterfaceInformation found, uint request, Span<byte> data)
    {
        if (found.Address.IsAny)
        {
            return Errno.EADDRNOTAVAIL;
        }

        Ipv4Address mask = Ipv4Address.Mask(found.PrefixLength);
        Ipv4Address broadcast = found.IsLoopback ? Ipv4Address.Any : new Ipv4Address(found.Address.Value | ~mask.Value);
        Ipv4Address told = request switch
        {
            GetBroadcast => broadcast,
            GetNetmask => mask,
            _ => found.Address,
        };
        WriteAddress(data, told);
        return Errno.Success;
    }

    private static Errno Change(INetworkControl network, InterfaceInformation found, uint request, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> value = data[ValueOffset..];
        if (request == SetFlags)
        {
            return ChangeFlags(network, found, (InterfaceFlags)BinaryPrimitives.ReadUInt16LittleEndian(value));
        }

        if (request == SetMtu)
        {
            return network.SetMtu(found.Name, BinaryPrimitives.ReadInt32LittleEndian(value));
        }

        ushort family = BinaryPrimitives.ReadUInt16LittleEndian(value);
        Ipv4Address address = Ipv4Address.Read(data[AddressOffset..]);
        if (family != Inet)
        {
            return Errno.EINVAL;
        }

        return request switch
        {
            SetAddress => network.SetAddress(found.Name, address, address.ClassPrefixLength),
            _ when found.Address.IsAny => Errno.EADDRNOTAVAIL,
            SetNetmask => SetMask(network, found, address),

            // The broadcast address follows from the network's; no other one is kept.
            SetBroadcast => (found.Address.Value | ~Ipv4Address.Mask(found.PrefixLength).Value) == address.Value ? Errno.Success : Errno.EOPNOTSUPP,
            _ => Errno.EOPNOTSUPP,
        };
    }

    /// <summary>SIOCSIFFLAGS: those that can be changed; the others are ignored, as in Linux.</summary>
    private static Errno ChangeFlags(INetworkControl network, InterfaceInformation found, InterfaceFlags wanted)
    {
        InterfaceFlags changed = wanted ^ found.Flags;
        Errno error = Errno.Success;
        if (changed.HasFlag(InterfaceFlags.Promiscuous))
        {
            error = network.SetPromiscuous(found.Name, wanted.HasFlag(InterfaceFlags.Promiscuous));
        }

        if (error == Errno.Success && changed.HasFlag(InterfaceFlags.AllMulticast))
        {
            error = network.SetAllMulticast(found.Name, wanted.HasFlag(InterfaceFlags.AllMulticast));
        }

        return error == Errno.Success && changed.HasFlag(InterfaceFlags.Up) ? network.SetUp(found.Name, wanted.HasFlag(InterfaceFlags.Up)) : error;
    }

    private static Errno SetMask(INetworkControl network, InterfaceInformation found, Ipv4Address mask) =>
        mask.TryGetMaskLength(out int prefixLength) ? network.SetAddress(found.Name, found.Address, prefixLength) : Errno.EINVAL;

    private static Errno WriteNumber(Span<byte> data, int value)
    {
        data[ValueOffset..].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(data[ValueOffset..], value);
        return Errno.Success;
    }

    private static void WriteAddress(Span<byte> data, Ipv4Address address)
    {
        data[ValueOffset..].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(data[ValueOffset..], Inet);
        address.Write(data[AddressOffset..]);
    }

    private static void WriteName(Span<byte> data, string name)
    {
        data[..NameSize].Clear();
        Encoding.Latin1.GetBytes(name.AsSpan(0, Math.Min(name.Length, NameSize - 1)), data);
    }
}
