using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network;

/// <summary>A service of inetd on a UDP port, served by a thread of its own. Allocates nothing per datagram.</summary>
internal sealed class UdpService
{
    private const int BatchSize = 16;
    private const int MaximumDatagram = 65_535;
    private const int AddressSize = 16;
    private const int PortOffset = 2;

    private readonly string _name;
    private readonly bool _isEcho;
    private readonly int _fd;
    private readonly Thread _thread;

    private UdpService(string name, bool isEcho, int fd)
    {
        _name = name;
        _isEcho = isEcho;
        _fd = fd;
        _thread = new Thread(Serve) { IsBackground = true, Name = name };
    }

    /// <summary>Opens the port and starts to serve.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="port">The port.</param>
    /// <param name="isEcho">True for echo (RFC 862), false for discard (RFC 863).</param>
    /// <param name="service">The service; null on failure.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryStart(string name, ushort port, bool isEcho, out UdpService? service)
    {
        service = null;
        int fd = Libc.Socket(Libc.Inet, Libc.Datagram, 0);
        if (fd < 0)
        {
            return Libc.LastError;
        }

        byte[] address = GC.AllocateArray<byte>(AddressSize, pinned: true);
        BinaryPrimitives.WriteUInt16LittleEndian(address, Libc.Inet);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(PortOffset), port);
        bool isOpen = Libc.TryTurnOn(fd, Libc.Ip, Libc.PacketInformation)
            && Libc.Bind(fd, Libc.AddressOf(address), AddressSize) == 0;
        if (!isOpen)
        {
            string error = Libc.LastError;
            _ = Libc.Close(fd);
            return error;
        }

        service = new UdpService(name, isEcho, fd);
        service._thread.Start();
        return null;
    }

    /// <summary>Waits until the service ends, which it does only when the job is told to.</summary>
    public void Join() => _thread.Join();

    private void Serve()
    {
        MessageBatch messages = new(BatchSize, _isEcho ? MaximumDatagram : 1);
        int failures = 0;
        const int Patience = 100; // in a row: then the socket itself is broken
        while (failures < Patience)
        {
            int received = messages.Receive(_fd);
            if (received < 0 && Marshal.GetLastPInvokeError() == (int)Errno.ECANCELED)
            {
                break; // the job is to end
            }

            if (received < 0)
            {
                failures++;
                continue;
            }

            failures = 0;
            if (_isEcho)
            {
                messages.SendBack(_fd);
            }
        }

        if (failures == Patience)
        {
            Console.Error.WriteLine($"inetd: {_name}: {Libc.LastError}");
        }

        _ = Libc.Close(_fd);
    }
}
