using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network.SocketAgent;

/// <summary>Carries out requests by libc's calls, from several threads at once. Remembers what it opened.</summary>
internal sealed class AgentCalls
{
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int MaximumTransfer = 1 << 24;
    private const int LingerOption = 13;
    private const int AddressSize = 128;
    private const int DescriptorSize = 8;
    private const uint LingerSize = 8;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _opened = [];

    /// <summary>Makes the call.</summary>
    /// <param name="request">What to do; its data are replaced by those that go back.</param>
    /// <returns>The reply.</returns>
    public byte[] Serve(AgentRequest request)
    {
        int sent = request.Length;
        request.Length = 0;
        long value = Execute(request, sent);
        return request.Reply(value < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.Success, value);
    }

    /// <summary>Closes everything: listening sockets, and connections by a reset.</summary>
    public void Reset()
    {
        int[] opened;
        lock (_gate)
        {
            opened = [.. _opened];
            _opened.Clear();
        }

        byte[] linger = GC.AllocateArray<byte>((int)LingerSize, pinned: true);
        linger[0] = 1;
        foreach (int fd in opened)
        {
            _ = Libc.SetOption(fd, Libc.SocketLevel, LingerOption, Libc.AddressOf(linger), LingerSize);
            _ = Libc.Close(fd);
        }
    }

    private long Execute(AgentRequest request, int length)
    {
        int fd = (int)request[0];
        nint data = Libc.AddressOf(request.Data);
        switch (request.Operation)
        {
            case AgentOperation.Socket:
                return Remember(Libc.Socket(fd, (int)request[1], (int)request[2]));
            case AgentOperation.Bind:
                return Libc.Bind(fd, data, (uint)length);
            case AgentOperation.Listen:
                return Libc.Listen(fd, (int)request[1]);
            case AgentOperation.Accept:
                return Remember(WithAddress(request, (nint address, ref uint size) => Libc.Accept(fd, address, ref size)));
            case AgentOperation.Connect:
                return Libc.Connect(fd, data, (uint)length);
            case AgentOperation.Fcntl:
                return Remember(Libc.Fcntl(fd, (int)request[1], request[2]), isDuplicate: request[1] is 0 or 1030);
            case AgentOperation.Close:
                return Forget(fd);
            case AgentOperation.Shutdown:
                return Libc.Shutdown(fd, (int)request[1]);
            case AgentOperation.Reset:
                Reset();
                return 0;
            default:
                return ExecuteOnData(request, fd, data, length);
        }
    }

    private static long ExecuteOnData(AgentRequest request, int fd, nint data, int length)
    {
        switch (request.Operation)
        {
            case AgentOperation.ReceiveFrom:
                byte[] buffer = Zeros(request[1]);
                return WithAddress(
                    request, (nint address, ref uint size) => Libc.ReceiveFrom(fd, Libc.AddressOf(buffer), (nuint)buffer.Length, (int)request[2], address, ref size));
            case AgentOperation.Send or AgentOperation.SendTo:
                byte[] zeros = Zeros(request[1]);
                bool hasName = request.Operation == AgentOperation.SendTo && length > 0;
                return Libc.SendTo(fd, Libc.AddressOf(zeros), (nuint)zeros.Length, (int)request[2] | NoSignal, hasName ? data : 0, hasName ? (uint)length : 0);
            case AgentOperation.Ioctl:
                request.Length = sizeof(int);
                request.Data.AsSpan(0, sizeof(int)).Clear();
                return Libc.Ioctl(fd, (int)request[1], data);
            case AgentOperation.GetOption:
                uint size = (uint)Math.Clamp(request[3], 0, AgentRequest.MaximumData);
                int result = Libc.GetOption(fd, (int)request[1], (int)request[2], data, ref size);
                request.Length = result < 0 ? 0 : (int)size;
                return result;
            case AgentOperation.SetOption:
                return Libc.SetOption(fd, (int)request[1], (int)request[2], data, (uint)length);
            case AgentOperation.Poll:
                request.Length = length / DescriptorSize * DescriptorSize;
                return Libc.Poll(data, (nuint)(length / DescriptorSize), (int)request[0]);
            default:
                Marshal.SetLastPInvokeError((int)Errno.ENOSYS);
                return -1;
        }
    }

    private static long WithAddress(AgentRequest request, AddressCall call)
    {
        byte[] address = GC.AllocateArray<byte>(AddressSize, pinned: true);
        uint size = AddressSize;
        long value = call(Libc.AddressOf(address), ref size);
        if (value >= 0)
        {
            request.Length = (int)Math.Min(size, AddressSize);
            address.AsSpan(0, request.Length).CopyTo(request.Data);
        }

        return value;
    }

    private static byte[] Zeros(long size) => GC.AllocateArray<byte>((int)Math.Clamp(size, 0, MaximumTransfer), pinned: true);

    private long Remember(long fd, bool isDuplicate = true)
    {
        if (fd >= 0 && isDuplicate)
        {
            lock (_gate)
            {
                _opened.Add((int)fd);
            }
        }

        return fd;
    }

    /// <summary>Only what the agent opened for a request may be closed by one: its own socket is not.</summary>
    private int Forget(int fd)
    {
        lock (_gate)
        {
            if (!_opened.Remove(fd))
            {
                Marshal.SetLastPInvokeError((int)Errno.EBADF);
                return -1;
            }
        }

        return Libc.Close(fd);
    }

    private delegate long AddressCall(nint address, ref uint size);
}
