using System.Buffers.Binary;
using KernelSockets.Filters;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>A packet socket that takes the frames of an interface which pass a filter (packet(7)).</summary>
internal sealed class CaptureSocket : IDisposable
{
    private const ushort AllProtocols = 0x0003;
    private const int ReceiveBuffer = 8;
    private const int AttachFilter = 26;
    private const int Timestamp = 29; // the option, and the control message
    private const int PacketLevel = 263;
    private const int AddMembership = 1;
    private const int Statistics = 6;
    private const int AuxiliaryData = 8;
    private const ushort Promiscuous = 1;
    private const int BufferBytes = 1 << 21;
    private const int MaximumFrame = 65_536;

    // struct sockaddr_ll: 0 family | 2 protocol, network order | 4 interface
    private const int NameSize = 20;

    // struct cmsghdr: 0 length | 8 level | 12 type | 16 data; struct tpacket_auxdata: 0 status | 4 length on the wire
    private const int ControlHeaderSize = 16;
    private const int ControlAlignment = 8;

    private readonly MessageBuffer _message = new(MaximumFrame);
    private readonly int _fd;

    private CaptureSocket(int fd) => _fd = fd;

    /// <summary>Starts to capture.</summary>
    /// <param name="interfaceName">Of which interface, or <c>any</c>.</param>
    /// <param name="program">The filter, whose result tells how much of a frame to keep.</param>
    /// <param name="isPromiscuous">True to have the interface take other stations' frames, too.</param>
    /// <param name="socket">The socket; null on failure.</param>
    /// <param name="bufferBytes">Room for what has not been received yet.</param>
    /// <param name="waits">False to have <see cref="TryReceive"/> return at once when there is nothing.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryOpen(
        string interfaceName, BpfInstruction[] program, bool isPromiscuous, out CaptureSocket? socket, int bufferBytes = BufferBytes, bool waits = true)
    {
        socket = null;
        int fd = Libc.Socket(Libc.Packet, waits ? Libc.Raw : Libc.Raw | Libc.NonBlocking, 0);
        if (fd < 0)
        {
            return $"socket: {Libc.LastError}";
        }

        int number = interfaceName == "any" ? 0 : Libc.InterfaceNumber(fd, interfaceName);
        string? error = number < 0 ? $"{interfaceName}: No such device exists" : TrySetUp(fd, number, program, isPromiscuous && number > 0, bufferBytes);
        if (error is not null)
        {
            _ = Libc.Close(fd);
            return error;
        }

        socket = new CaptureSocket(fd);
        return null;
    }

    /// <summary>The interfaces of the system, by number.</summary>
    public static IReadOnlyList<string> Interfaces()
    {
        const int Most = 64;
        int fd = Libc.Socket(Libc.Inet, Libc.Datagram, 0);
        string[] names = [.. Enumerable.Range(1, Most).Select(number => Libc.InterfaceName(fd, number)).OfType<string>()];
        _ = Libc.Close(fd);
        return names;
    }

    /// <summary>Waits for the next frame, which is valid until the one after.</summary>
    /// <returns>False when the wait was ended, or there is nothing to wait for.</returns>
    public bool TryReceive(out CapturedFrame frame)
    {
        int length = _message.Receive(_fd);
        if (length < 0)
        {
            frame = default;
            return false;
        }

        DateTime time = DateTime.UtcNow;
        int wireLength = length;
        ReadOnlySpan<byte> control = _message.Control;
        while (control.Length >= ControlHeaderSize)
        {
            int size = (int)BinaryPrimitives.ReadInt64LittleEndian(control);
            (int level, int type) = (BinaryPrimitives.ReadInt32LittleEndian(control[8..]), BinaryPrimitives.ReadInt32LittleEndian(control[12..]));
            ReadOnlySpan<byte> data = control[ControlHeaderSize..];
            if (level == Libc.SocketLevel && type == Timestamp)
            {
                time = DateTime.UnixEpoch.AddSeconds(BinaryPrimitives.ReadInt64LittleEndian(data)).AddMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(data[8..]));
            }
            else if (level == PacketLevel && type == AuxiliaryData)
            {
                wireLength = BinaryPrimitives.ReadInt32LittleEndian(data[4..]);
            }

            control = control[Math.Min(control.Length, (Math.Max(size, ControlHeaderSize) + ControlAlignment - 1) & -ControlAlignment)..];
        }

        frame = new CapturedFrame(time, _message.Data[..length], wireLength);
        return true;
    }

    /// <summary>Frames that passed the filter since the last time, and how many of them found no room.</summary>
    public (uint Received, uint Dropped) ReadStatistics()
    {
        const int Size = 8;
        byte[] statistics = GC.AllocateArray<byte>(Size, pinned: true);
        uint length = Size;
        return Libc.GetOption(_fd, PacketLevel, Statistics, Libc.AddressOf(statistics), ref length) < 0
            ? default
            : (BinaryPrimitives.ReadUInt32LittleEndian(statistics), BinaryPrimitives.ReadUInt32LittleEndian(statistics.AsSpan(sizeof(uint))));
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_fd);

    /// <summary>The filter comes first: a socket that is not bound to a protocol takes nothing.</summary>
    private static string? TrySetUp(int fd, int interfaceNumber, BpfInstruction[] program, bool isPromiscuous, int bufferBytes)
    {
        _ = Libc.SetOption(fd, Libc.SocketLevel, ReceiveBuffer, bufferBytes, sizeof(int)); // what is not granted is not needed
        if (!TryAttach(fd, program))
        {
            return $"setsockopt(SO_ATTACH_FILTER): {Libc.LastError}";
        }

        if (!Libc.TryTurnOn(fd, Libc.SocketLevel, Timestamp) || !Libc.TryTurnOn(fd, PacketLevel, AuxiliaryData))
        {
            return $"setsockopt: {Libc.LastError}";
        }

        byte[] name = GC.AllocateArray<byte>(NameSize, pinned: true);
        BinaryPrimitives.WriteUInt16LittleEndian(name, Libc.Packet);
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(2), AllProtocols);
        BinaryPrimitives.WriteInt32LittleEndian(name.AsSpan(4), interfaceNumber);
        if (Libc.Bind(fd, Libc.AddressOf(name), NameSize) < 0)
        {
            return $"bind: {Libc.LastError}";
        }

        return !isPromiscuous || TryJoin(fd, interfaceNumber) ? null : $"setsockopt(PACKET_ADD_MEMBERSHIP): {Libc.LastError}";
    }

    private static bool TryAttach(int fd, BpfInstruction[] program)
    {
        byte[] instructions = GC.AllocateArray<byte>(program.Length * BpfInstruction.Size, pinned: true);
        for (int i = 0; i < program.Length; i++)
        {
            program[i].Write(instructions.AsSpan(i * BpfInstruction.Size));
        }

        // struct sock_fprog: 0 how many | 8 where
        const uint Size = 16;
        byte[] description = GC.AllocateArray<byte>((int)Size, pinned: true);
        BinaryPrimitives.WriteUInt16LittleEndian(description, (ushort)program.Length);
        BinaryPrimitives.WriteInt64LittleEndian(description.AsSpan(8), Libc.AddressOf(instructions));
        return Libc.SetOption(fd, Libc.SocketLevel, AttachFilter, Libc.AddressOf(description), Size) == 0;
    }

    private static bool TryJoin(int fd, int interfaceNumber)
    {
        // struct packet_mreq: 0 interface | 4 type | 6 address length | 8 address
        const uint Size = 16;
        byte[] request = GC.AllocateArray<byte>((int)Size, pinned: true);
        BinaryPrimitives.WriteInt32LittleEndian(request, interfaceNumber);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), Promiscuous);
        return Libc.SetOption(fd, PacketLevel, AddMembership, Libc.AddressOf(request), Size) == 0;
    }
}
