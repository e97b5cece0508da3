using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Sockets;

/// <summary>What the arguments of socket(2) choose, checked in the order in which Linux checks them.</summary>
/// <param name="Type">The module.</param>
/// <param name="Family">Address family.</param>
/// <param name="Kind">SOCK_STREAM and so on.</param>
/// <param name="Protocol">IP protocol, or EtherType in host order.</param>
/// <param name="Flags">O_NONBLOCK and O_CLOEXEC.</param>
public readonly record struct SocketSelection(SocketType Type, AddressFamily Family, SocketKind Kind, int Protocol, OpenFlags Flags)
{
    /// <summary>AF_INET.</summary>
    public const int LinuxInet = 2;

    /// <summary>AF_PACKET in Linux.</summary>
    public const int LinuxPacket = 17;

    /// <summary>SOCK_CLOEXEC | SOCK_NONBLOCK: the values of O_CLOEXEC and O_NONBLOCK.</summary>
    public const OpenFlags PossibleFlags = OpenFlags.CloseOnExec | OpenFlags.NonBlocking;

    /// <summary>Kinds from here on do not exist (SOCK_MAX).</summary>
    private const int KindLimit = 11;
    private const int KindMask = 0xF;

    /// <summary>Families from here on do not exist (AF_MAX).</summary>
    private const int FamilyLimit = 46;

    /// <summary>Protocols from here on do not exist (IPPROTO_MAX).</summary>
    private const int ProtocolLimit = 263;
    private const int Tcp = 6;
    private const int Udp = 17;

    /// <summary>Chooses.</summary>
    /// <param name="domain">Linux's address family.</param>
    /// <param name="kind">SOCK_STREAM and so on, with SOCK_NONBLOCK and SOCK_CLOEXEC.</param>
    /// <param name="protocol">IP protocol, or EtherType in network order; 0 for the usual.</param>
    /// <param name="selection">What was chosen.</param>
    /// <returns>
    /// <see cref="Errno.EINVAL"/> for numbers that mean nothing, <see cref="Errno.EAFNOSUPPORT"/>, <see cref="Errno.ESOCKTNOSUPPORT"/>,
    /// <see cref="Errno.EPROTONOSUPPORT"/>.
    /// </returns>
    public static Errno TrySelect(int domain, int kind, int protocol, out SocketSelection selection)
    {
        selection = default;
        OpenFlags flags = (OpenFlags)(kind & ~KindMask);
        if ((flags & ~PossibleFlags) != 0)
        {
            return Errno.EINVAL;
        }

        kind &= KindMask;
        if (kind >= KindLimit)
        {
            return domain is >= 0 and < FamilyLimit ? Errno.EINVAL : Errno.EAFNOSUPPORT;
        }

        SocketKind known = kind <= (int)SocketKind.Raw ? (SocketKind)kind : SocketKind.None;
        Errno error = domain switch
        {
            LinuxInet => TrySelectInet(known, protocol, out selection),
            LinuxPacket => TrySelectPacket(known, protocol, out selection),
            _ => Errno.EAFNOSUPPORT,
        };
        selection = selection with { Flags = flags };
        return error;
    }

    private static Errno TrySelectInet(SocketKind kind, int protocol, out SocketSelection selection)
    {
        selection = default;
        if (protocol is < 0 or >= ProtocolLimit)
        {
            return Errno.EINVAL;
        }

        SocketType type;
        switch (kind)
        {
            case SocketKind.Stream when protocol is 0 or Tcp:
                protocol = Tcp;
                type = SocketType.Tcp;
                break;
            case SocketKind.Datagram when protocol is 0 or Udp:
                protocol = Udp;
                type = SocketType.Udp;
                break;
            case SocketKind.Raw:
                type = SocketType.Raw;
                break;
            default:
                return kind == SocketKind.None ? Errno.ESOCKTNOSUPPORT : Errno.EPROTONOSUPPORT;
        }

        selection = new SocketSelection(type, AddressFamily.Inet, kind, protocol, OpenFlags.ReadOnly);
        return Errno.Success;
    }

    private static Errno TrySelectPacket(SocketKind kind, int protocol, out SocketSelection selection)
    {
        int etherType = BinaryPrimitives.ReverseEndianness((ushort)protocol);
        selection = new SocketSelection(SocketType.Packet, AddressFamily.Packet, kind, etherType, OpenFlags.ReadOnly);
        return kind is SocketKind.Datagram or SocketKind.Raw ? Errno.Success : Errno.ESOCKTNOSUPPORT;
    }
}
