using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Sockets;

/// <summary>The options of sockets that every module answers alike: what the socket is (socket(7)).</summary>
public static class SocketOptions
{
    private const int SocketLevel = 1;
    private const int TypeName = 3;
    private const int ProtocolName = 38;
    private const int DomainName = 39;

    /// <summary>getsockopt.</summary>
    /// <returns>Bytes written, or what the module says.</returns>
    public static IoResult Get(Socket socket, int level, int name, Span<byte> value)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (level != SocketLevel || name is not (TypeName or ProtocolName or DomainName))
        {
            return socket.Operations.GetOption(socket, level, name, value);
        }

        int number = name switch
        {
            TypeName => (int)socket.Kind,
            ProtocolName => socket.Family == AddressFamily.Packet ? BinaryPrimitives.ReverseEndianness((ushort)socket.Protocol) : socket.Protocol,
            _ => socket.Family == AddressFamily.Packet ? SocketSelection.LinuxPacket : SocketSelection.LinuxInet,
        };
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        int count = Math.Min(value.Length, bytes.Length);
        bytes[..count].CopyTo(value);
        return IoResult.Ok(count);
    }

    /// <summary>setsockopt: what a socket is cannot be set.</summary>
    /// <returns><see cref="Errno.ENOPROTOOPT"/>, or what the module says.</returns>
    public static Errno Set(Socket socket, int level, int name, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return level == SocketLevel && name is (TypeName or ProtocolName or DomainName)
            ? Errno.ENOPROTOOPT
            : socket.Operations.SetOption(socket, level, name, value);
    }
}
