using System.Buffers.Binary;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Sockets;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls on sockets that move no data: socket, bind, connect, listen, accept, names, options. Called in the calling task, interrupts on.</summary>
internal sealed class SocketCalls
{
    private const int MaximumOption = 4096;
    private const int MaximumBacklog = 4096;
    private const int UnixFamily = 1;

    private readonly VirtualFileSystem _vfs;

    public SocketCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        result = 0;
        switch (call.Number)
        {
            case Linux.Socket:
                result = Create(call);
                return true;
            case Linux.Socketpair:
                result = -(long)CreatePair(call);
                return true;
            case Linux.Accept or Linux.Accept4 or Linux.Bind or Linux.Connect or Linux.Listen or Linux.Shutdown or Linux.Getsockname
                or Linux.Getpeername or Linux.Getsockopt or Linux.Setsockopt:
                result = ServeOnSocket(call);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Finds the socket behind a descriptor.</summary>
    /// <param name="files">The descriptors.</param>
    /// <param name="job">Whose.</param>
    /// <param name="fd">The descriptor.</param>
    /// <param name="file">The open file with a reference for the caller; null on failure.</param>
    /// <param name="socket">The socket; null on failure.</param>
    /// <returns><see cref="Errno.EBADF"/>, <see cref="Errno.ENOTSOCK"/>.</returns>
    public static Errno TryGet(FileTable files, int job, ulong fd, out OpenFile? file, out Socket? socket)
    {
        socket = null;
        Errno error = files.TryGet(job, (int)fd, out file);
        if (error != Errno.Success)
        {
            return error;
        }

        if (file!.IsPathOnly || SocketFileSystem.Find(file) is not { } found)
        {
            error = file.IsPathOnly ? Errno.EBADF : Errno.ENOTSOCK;
            file.Release();
            file = null;
            return error;
        }

        socket = found;
        return Errno.Success;
    }

    private long Create(in CallArguments call)
    {
        Errno error = _vfs.Sockets.TryCreate((int)call.A, (int)call.B, (int)call.C, call.Job, out OpenFile? file);
        return error == Errno.Success ? NewDescriptor.Install(_vfs.Files, call.Job, file!, (OpenFlags)(int)call.B) : -(long)error;
    }

    /// <summary>socketpair: no family here has pairs.</summary>
    private Errno CreatePair(in CallArguments call)
    {
        if (((OpenFlags)((int)call.B & ~0xF) & ~SocketSelection.PossibleFlags) != 0)
        {
            return Errno.EINVAL;
        }

        if (!UserMemory.IsAccessible(call.D, 2 * sizeof(int), isWritten: true))
        {
            return Errno.EFAULT;
        }

        if ((int)call.A == UnixFamily)
        {
            return Errno.EAFNOSUPPORT;
        }

        Errno error = _vfs.Sockets.TryCreate((int)call.A, (int)call.B, (int)call.C, call.Job, out OpenFile? file);
        file?.Release();
        return error == Errno.Success ? Errno.EOPNOTSUPP : error;
    }

    private long ServeOnSocket(in CallArguments call)
    {
        if (call.Number == Linux.Accept4 && ((OpenFlags)(int)call.D & ~SocketSelection.PossibleFlags) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        Errno error = TryGet(_vfs.Files, call.Job, call.A, out OpenFile? file, out Socket? socket);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            return call.Number switch
            {
                Linux.Bind => -(long)Bind(call, socket!),
                Linux.Connect => -(long)Connect(call, file!, socket!),
                Linux.Listen => -(long)socket!.Operations.Listen(socket, (int)Math.Min((uint)call.B, MaximumBacklog)),
                Linux.Shutdown => -(long)Shutdown(call, socket!),
                Linux.Getsockname or Linux.Getpeername => -(long)TellName(call, socket!),
                Linux.Getsockopt => -(long)GetOption(call, socket!),
                Linux.Setsockopt => -(long)SetOption(call, socket!),
                _ => Accept(call, file!, socket!),
            };
        }
        finally
        {
            file!.Release();
        }
    }

    private static Errno TryReadAddress(in CallArguments call, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        int length = (int)call.C;
        if (length is < 0 or > SocketAddressFormat.MaxSize)
        {
            return Errno.EINVAL;
        }

        return UserMemory.TryRead(call.B, (ulong)length, out bytes) ? Errno.Success : Errno.EFAULT;
    }

    private static Errno Bind(in CallArguments call, Socket socket)
    {
        SocketAddress address = default;
        Errno error = TryReadAddress(call, out ReadOnlySpan<byte> bytes);
        error = error == Errno.Success ? SocketAddressFormat.TryReadLocal(socket, bytes, out address) : error;
        return error == Errno.Success ? socket.Operations.Bind(socket, address) : error;
    }

    private static Errno Connect(in CallArguments call, OpenFile file, Socket socket)
    {
        SocketAddress address = default;
        Errno error = TryReadAddress(call, out ReadOnlySpan<byte> bytes);
        error = error == Errno.Success ? SocketAddressFormat.TryReadPeer(socket, bytes, out address) : error;
        return error == Errno.Success ? socket.Operations.Connect(socket, address, SocketFileSystem.FlagsOf(file, MessageFlags.None)) : error;
    }

    private static Errno Shutdown(in CallArguments call, Socket socket)
    {
        int how = (int)call.B;
        bool isKnown = how is >= (int)ShutdownHow.Read and <= (int)ShutdownHow.Both;
        if (!isKnown)
        {
            return socket.Family == AddressFamily.Packet ? Errno.EOPNOTSUPP : Errno.EINVAL;
        }

        return socket.Operations.Shutdown(socket, (ShutdownHow)how);
    }

    private static Errno TellName(in CallArguments call, Socket socket)
    {
        Errno error = call.Number == Linux.Getsockname
            ? socket.Operations.GetSocketName(socket, out SocketAddress address)
            : socket.Operations.GetPeerName(socket, out address);
        UserAddress place = default;
        error = error == Errno.Success ? UserAddress.TryPrepare(call.B, call.C, out place) : error;
        return error == Errno.Success ? place.Write(address, isMessageName: false) : error;
    }

    private static Errno GetOption(in CallArguments call, Socket socket)
    {
        if (!UserMemory.TryWrite(call.E, sizeof(int), out Span<byte> lengthMemory))
        {
            return Errno.EFAULT;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(lengthMemory);
        if (length < 0)
        {
            return Errno.EINVAL;
        }

        length = FilterOption.IsFilter(call) ? FilterOption.BytesOf(length) : Math.Min(length, MaximumOption);
        if (!UserMemory.TryWrite(call.D, (ulong)length, out Span<byte> value))
        {
            // An option that does not exist is found out before its value is.
            Span<byte> nowhere = stackalloc byte[sizeof(int)];
            IoResult unread = SocketOptions.Get(socket, (int)call.B, (int)call.C, nowhere);
            return unread.IsSuccess ? Errno.EFAULT : unread.Error;
        }

        IoResult result = SocketOptions.Get(socket, (int)call.B, (int)call.C, value);
        if (result.IsSuccess)
        {
            BinaryPrimitives.WriteInt32LittleEndian(lengthMemory, result.Count);
        }

        return result.Error;
    }

    private static Errno SetOption(in CallArguments call, Socket socket)
    {
        int length = (int)call.E;
        if (length < 0)
        {
            return Errno.EINVAL;
        }

        ReadOnlySpan<byte> value;
        if (FilterOption.IsFilter(call))
        {
            Errno error = FilterOption.TryRead(call.D, length, out value);
            return error == Errno.Success ? SocketOptions.Set(socket, (int)call.B, (int)call.C, value) : error;
        }

        return UserMemory.TryRead(call.D, (ulong)Math.Min(length, MaximumOption), out value)
            ? SocketOptions.Set(socket, (int)call.B, (int)call.C, value)
            : Errno.EFAULT;
    }

    private long Accept(in CallArguments call, OpenFile file, Socket socket)
    {
        // A connection that is taken off the queue cannot go back: what the caller did wrong comes first.
        Errno error = UserAddress.TryPrepareOptional(call.B, call.C, out UserAddress place);
        if (error == Errno.Success && !_vfs.Files.HasRoom(call.Job))
        {
            error = Errno.EMFILE;
        }

        if (error != Errno.Success)
        {
            return -(long)error;
        }

        OpenFlags flags = call.Number == Linux.Accept4 ? (OpenFlags)(int)call.D : OpenFlags.ReadOnly;
        error = socket.Operations.Accept(socket, SocketFileSystem.FlagsOf(file, MessageFlags.None), out Socket? accepted, out SocketAddress peer);
        OpenFile? connection = null;
        error = error == Errno.Success ? _vfs.Sockets.TryWrap(accepted!, flags, call.Job, out connection) : error;
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        error = place.Write(peer, isMessageName: false);
        if (error != Errno.Success)
        {
            connection!.Release();
            return -(long)error;
        }

        return NewDescriptor.Install(_vfs.Files, call.Job, connection!, flags);
    }
}
