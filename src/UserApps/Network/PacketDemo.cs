using System.Buffers.Binary;

namespace KernelSockets.UserApps.Network;

/// <summary>
/// pktdemo: receives one Ethernet frame on a packet socket, shows it, and sends an acknowledgement back, with its addresses turned around, by the plain calls
/// of libc: socket, bind, recvmsg, sendmsg, close.
/// </summary>
internal static class PacketDemo
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: pktdemo [INTERFACE]
        Opens a packet socket for EtherType 0x88b5 (local experiments) on INTERFACE (eth0), waits for a frame, prints it, and sends
        'this is ack message' back to its sender.

        """;

    private const int BufferSize = 0x1000;
    private const int HeaderSize = 14;
    private const int TypeOffset = 12;
    private const ushort Experimental = 0x88B5;

    // struct sockaddr_ll: 0 family | 2 protocol, network order | 4 interface | 8 hardware type | 10 packet type | 11 address length | 12 address
    private const int NameSize = 20;
    private const int ProtocolOffset = 2;
    private const int InterfaceOffset = 4;

    private static readonly byte[] s_acknowledgement = "this is ack message"u8.ToArray();

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments.Length > 1)
        {
            return App.Misused("pktdemo", "too many arguments");
        }

        int fd = Libc.Socket(Libc.Packet, Libc.Raw, BinaryPrimitives.ReverseEndianness(Experimental));
        if (fd < 0)
        {
            return Fail("socket");
        }

        string interfaceName = arguments.Length == 1 ? arguments[0] : "eth0";
        int number = Libc.InterfaceNumber(fd, interfaceName);
        int status = number < 0 ? Fail(interfaceName) : TryBind(fd, number) ? Exchange(fd) : Fail("bind");
        _ = Libc.Close(fd);
        return status;
    }

    private static bool TryBind(int fd, int number)
    {
        byte[] name = GC.AllocateArray<byte>(NameSize, pinned: true);
        BinaryPrimitives.WriteUInt16LittleEndian(name, Libc.Packet);
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(ProtocolOffset), Experimental);
        BinaryPrimitives.WriteInt32LittleEndian(name.AsSpan(InterfaceOffset), number);
        return Libc.Bind(fd, Libc.AddressOf(name), NameSize) == 0;
    }

    private static int Exchange(int fd)
    {
        MessageBuffer message = new(BufferSize);
        Console.Out.WriteLine("receiving...");
        int received = message.Receive(fd);
        if (received < HeaderSize)
        {
            return Fail("recvmsg");
        }

        Console.Out.WriteLine($"recvmsg {received}");
        Span<byte> frame = message.Data;
        MacAddress destination = MacAddress.Read(frame);
        MacAddress source = MacAddress.Read(frame[MacAddress.Size..]);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[TypeOffset..]);
        Console.Out.WriteLine($"recv eth {source} -> {destination}, type {type:x4} : {PrintableText.From(frame[HeaderSize..received])}");

        destination.Write(frame[MacAddress.Size..]);
        source.Write(frame);
        s_acknowledgement.CopyTo(frame[HeaderSize..]);
        return message.Send(fd, HeaderSize + s_acknowledgement.Length) < 0 ? Fail("sendmsg") : 0;
    }

    private static int Fail(string call)
    {
        Console.Error.WriteLine($"pktdemo: {call}: {Libc.LastError}");
        return 1;
    }
}
