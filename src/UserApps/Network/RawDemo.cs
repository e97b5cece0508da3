namespace KernelSockets.UserApps.Network;

/// <summary>
/// rawdemo: receives one IP datagram on a raw socket, shows it, and sends an acknowledgement back, with its header turned around, by the plain calls of
/// libc: socket, recvmsg, sendmsg, close.
/// </summary>
internal static class RawDemo
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: rawdemo
        Opens a raw socket for all IP protocols, waits for a datagram, prints it, and sends 'this is ack message' back to its sender.

        """;

    private const int BufferSize = 0x1000;
    private const int HeaderSize = 20;
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;
    private const int LengthOffset = 2;
    private const int PortOffset = 2;
    private const int NameAddressOffset = 4;
    private const byte Version4WithoutOptions = 0x45;

    private static readonly byte[] s_acknowledgement = "this is ack message"u8.ToArray();

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            Console.Error.WriteLine("rawdemo: too many arguments");
            return App.UsageStatus;
        }

        int fd = Libc.Socket(Libc.Inet, Libc.Raw, Libc.Ip);
        if (fd < 0 || !Libc.TryTurnOn(fd, Libc.Ip, Libc.HeaderIncluded))
        {
            return Fail("socket");
        }

        int status = Exchange(fd);
        _ = Libc.Close(fd);
        return status;
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
        Span<byte> datagram = message.Data;
        int headerLength = (datagram[0] & 0xF) * sizeof(uint);
        Ipv4Address source = Ipv4Address.Read(datagram[SourceOffset..]);
        Ipv4Address destination = Ipv4Address.Read(datagram[DestinationOffset..]);
        Console.Out.WriteLine($"recv ip {source} -> {destination} : {PrintableText.From(datagram[headerLength..received])}");

        destination.Write(datagram[SourceOffset..]);
        source.Write(datagram[DestinationOffset..]);
        datagram[0] = Version4WithoutOptions; // options, if any, are not sent back
        datagram.Slice(LengthOffset, sizeof(ushort)).Clear(); // the kernel fills in length and checksum
        datagram.Slice(LengthOffset + sizeof(ushort), sizeof(uint)).Clear(); // not a fragment, a new identification
        s_acknowledgement.CopyTo(datagram[HeaderSize..]);
        message.Name.Slice(PortOffset, sizeof(ushort)).Clear();
        source.Write(message.Name[NameAddressOffset..]);
        return message.Send(fd, HeaderSize + s_acknowledgement.Length) < 0 ? Fail("sendmsg") : 0;
    }

    private static int Fail(string call)
    {
        Console.Error.WriteLine($"rawdemo: {call}: {Libc.LastError}");
        return 1;
    }
}
