using System.Buffers.Binary;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Sockets;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls that move messages: sendto, recvfrom, sendmsg, recvmsg, sendmmsg, recvmmsg. Called in the calling task, interrupts on.</summary>
/// <remarks>
/// All memory is checked before the module is called, so that no message is lost for a bad pointer.
/// <code>
/// struct msghdr    0 name | 8 its length, int | 16 iovec[] | 24 how many | 32 control | 40 its length | 48 flags, int        56 bytes
/// struct mmsghdr   0 msghdr | 56 bytes moved, uint                                                                           64 bytes
/// </code>
/// </remarks>
internal sealed class MessageCalls
{
    private const int HeaderSize = 56;
    private const int NameLengthOffset = 8;
    private const int VectorsOffset = 16;
    private const int VectorCountOffset = 24;
    private const int ControlOffset = 32;
    private const int ControlLengthOffset = 40;
    private const int FlagsOffset = 48;
    private const int ManyHeaderSize = 64;

    /// <summary>Most control data that a call takes (net.core.optmem_max).</summary>
    private const ulong MaximumControl = 20_480;

    /// <summary>No datagram is longer; longer buffers need not be there in full to receive one.</summary>
    private const ulong MaximumDatagram = 0xFFFF;

    private readonly VirtualFileSystem _vfs;

    public MessageCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        result = 0;
        if (call.Number is not (Linux.Sendto or Linux.Recvfrom or Linux.Sendmsg or Linux.Recvmsg or Linux.Sendmmsg or Linux.Recvmmsg))
        {
            return false;
        }

        Errno error = SocketCalls.TryGet(_vfs.Files, call.Job, call.A, out OpenFile? file, out Socket? socket);
        if (error != Errno.Success)
        {
            result = -(long)error;
            return true;
        }

        try
        {
            result = Serve(call, file!, socket!);
        }
        finally
        {
            file!.Release();
        }

        return true;
    }

    private static long Serve(in CallArguments call, OpenFile file, Socket socket) => call.Number switch
    {
        Linux.Sendto => SendTo(call, file, socket).ToSystemCall(),
        Linux.Recvfrom => ReceiveFrom(call, file, socket).ToSystemCall(),
        Linux.Sendmsg => Send(socket, call.B, SocketFileSystem.FlagsOf(file, (MessageFlags)(int)call.C)).ToSystemCall(),
        Linux.Recvmsg => Receive(socket, call.B, SocketFileSystem.FlagsOf(file, (MessageFlags)(int)call.C)).ToSystemCall(),
        Linux.Sendmmsg => SendMany(call, file, socket),
        _ => ReceiveMany(call, file, socket),
    };

    private static IoResult SendTo(in CallArguments call, OpenFile file, Socket socket)
    {
        ulong length = Math.Min(call.C, UserMemory.MaximumTransfer);
        if (socket.Kind != SocketKind.Stream && length > MaximumDatagram && !UserMemory.IsAccessible(call.B, length, isWritten: false))
        {
            return Errno.EMSGSIZE;
        }

        if (!UserMemory.TryRead(call.B, length, out ReadOnlySpan<byte> memory))
        {
            return Errno.EFAULT;
        }

        SocketMessage message = new(new IoVector(SocketFileSystem.AsSource(memory)));
        int nameLength = (int)call.F;
        if (call.E != 0 && nameLength is < 0 or > SocketAddressFormat.MaxSize)
        {
            return Errno.EINVAL;
        }

        Errno error = call.E != 0 ? TryReadName(socket, call.E, nameLength, ref message) : Errno.Success;
        return error == Errno.Success
            ? socket.Operations.SendMessage(socket, message, SocketFileSystem.FlagsOf(file, (MessageFlags)(int)call.D))
            : error;
    }

    private static IoResult ReceiveFrom(in CallArguments call, OpenFile file, Socket socket)
    {
        ulong length = Math.Min(call.C, socket.Kind == SocketKind.Stream ? UserMemory.MaximumTransfer : MaximumDatagram);
        if (!UserMemory.TryWrite(call.B, length, out Span<byte> memory))
        {
            return Errno.EFAULT;
        }

        Errno error = UserAddress.TryPrepareOptional(call.E, call.F, out UserAddress place);
        if (error != Errno.Success)
        {
            return error;
        }

        SocketMessage message = new(new IoVector(memory));
        IoResult result = socket.Operations.ReceiveMessage(socket, ref message, SocketFileSystem.FlagsOf(file, (MessageFlags)(int)call.D));
        if (!result.IsSuccess)
        {
            return result;
        }

        error = message.HasName ? place.Write(message.Name, isMessageName: true) : place.WriteNothing();
        return error == Errno.Success ? result : error;
    }

    /// <summary>The name of a message to send. A stream has its peer already and takes none.</summary>
    private static Errno TryReadName(Socket socket, ulong address, int length, ref SocketMessage message)
    {
        if (!UserMemory.TryRead(address, (ulong)length, out ReadOnlySpan<byte> bytes))
        {
            return Errno.EFAULT;
        }

        if (socket.Kind == SocketKind.Stream)
        {
            return Errno.Success;
        }

        Errno error = SocketAddressFormat.TryReadDestination(socket, bytes, out SocketAddress name);
        message.Name = name;
        message.HasName = error == Errno.Success;
        return error;
    }

    private static IoResult Send(Socket socket, ulong address, MessageFlags flags) =>
        UserMemory.TryRead(address, HeaderSize, out ReadOnlySpan<byte> header) ? Send(socket, header, flags) : Errno.EFAULT;

    /// <param name="socket">Through what.</param>
    /// <param name="header">A struct msghdr.</param>
    /// <param name="flags">How.</param>
    private static IoResult Send(Socket socket, ReadOnlySpan<byte> header, MessageFlags flags)
    {
        ulong name = BinaryPrimitives.ReadUInt64LittleEndian(header);
        int nameLength = name == 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(header[NameLengthOffset..]);
        ulong controlLength = BinaryPrimitives.ReadUInt64LittleEndian(header[ControlLengthOffset..]);
        IoVector data = default;
        Errno error = nameLength < 0 ? Errno.EINVAL : TryReadData(header, isWritten: false, out data);
        if (error != Errno.Success)
        {
            return error;
        }

        SocketMessage message = new(data);
        error = nameLength > 0 ? TryReadName(socket, name, Math.Min(nameLength, SocketAddressFormat.MaxSize), ref message) : Errno.Success;
        if (error == Errno.Success && controlLength > 0)
        {
            ulong control = BinaryPrimitives.ReadUInt64LittleEndian(header[ControlOffset..]);
            error = TryReadControl(control, controlLength, ref message);
        }

        return error == Errno.Success ? socket.Operations.SendMessage(socket, message, flags) : error;
    }

    private static Errno TryReadControl(ulong address, ulong length, ref SocketMessage message)
    {
        if (length > MaximumControl)
        {
            return Errno.ENOBUFS;
        }

        if (!UserMemory.TryRead(address, length, out ReadOnlySpan<byte> control))
        {
            return Errno.EFAULT;
        }

        message.Control = SocketFileSystem.AsSource(control);
        return Errno.Success;
    }

    private static Errno TryReadData(ReadOnlySpan<byte> header, bool isWritten, out IoVector data)
    {
        data = default;
        ulong vectors = BinaryPrimitives.ReadUInt64LittleEndian(header[VectorsOffset..]);
        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(header[VectorCountOffset..]);
        return count > UserVectors.MaximumCount ? Errno.EMSGSIZE : UserVectors.Current.TryRead(vectors, count, isWritten, out data);
    }

    private static IoResult Receive(Socket socket, ulong address, MessageFlags flags) =>
        UserMemory.TryWrite(address, HeaderSize, out Span<byte> header) ? Receive(socket, address, header, flags) : Errno.EFAULT;

    /// <param name="socket">From where.</param>
    /// <param name="address">Where the header is.</param>
    /// <param name="header">A struct msghdr.</param>
    /// <param name="flags">How.</param>
    private static IoResult Receive(Socket socket, ulong address, Span<byte> header, MessageFlags flags)
    {
        ulong name = BinaryPrimitives.ReadUInt64LittleEndian(header);
        UserAddress place = default;
        Errno error = name == 0 ? Errno.Success : UserAddress.TryPrepare(name, address + NameLengthOffset, out place);
        IoVector data = default;
        error = error == Errno.Success ? TryReadData(header, isWritten: true, out data) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        ulong controlLength = BinaryPrimitives.ReadUInt64LittleEndian(header[ControlLengthOffset..]);
        ulong control = BinaryPrimitives.ReadUInt64LittleEndian(header[ControlOffset..]);
        if (!UserMemory.TryWrite(control, control == 0 ? 0 : Math.Min(controlLength, MaximumControl), out Span<byte> controlMemory))
        {
            return Errno.EFAULT;
        }

        SocketMessage message = new(data) { Control = controlMemory };
        IoResult result = socket.Operations.ReceiveMessage(socket, ref message, flags);
        if (!result.IsSuccess)
        {
            return result;
        }

        error = message.HasName ? place.Write(message.Name, isMessageName: true) : place.WriteNothing();
        BinaryPrimitives.WriteUInt64LittleEndian(header[ControlLengthOffset..], (ulong)message.ControlLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[FlagsOffset..], (int)message.Flags);
        return error == Errno.Success ? result : error;
    }

    private static long SendMany(in CallArguments call, OpenFile file, Socket socket)
    {
        uint count = Math.Min((uint)call.C, (uint)UserVectors.MaximumCount);
        MessageFlags flags = SocketFileSystem.FlagsOf(file, (MessageFlags)(int)call.D);
        ManyHeaders headers = new(call.B, count);
        for (uint done = 0; done < count; done++)
        {
            IoResult result = headers.TryGet(done, out Span<byte> header) ? Send(socket, header, flags) : Errno.EFAULT;
            if (!result.IsSuccess)
            {
                return done > 0 ? done : result.ToSystemCall();
            }

            BinaryPrimitives.WriteInt32LittleEndian(header[HeaderSize..], result.Count);
        }

        return count;
    }

    private static long ReceiveMany(in CallArguments call, OpenFile file, Socket socket)
    {
        Instant deadline = Instant.Never;
        Errno error = call.E == 0 ? Errno.Success : UserTime.TryReadTimespec(call.E, out deadline);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        MessageFlags flags = SocketFileSystem.FlagsOf(file, (MessageFlags)(int)call.D & ~MessageFlags.WaitForOne);
        bool waitsForOne = ((MessageFlags)(int)call.D).HasFlag(MessageFlags.WaitForOne);
        ManyHeaders headers = new(call.B, (uint)call.C);
        uint done = 0;
        while (done < (uint)call.C)
        {
            IoResult result = headers.TryGet(done, out Span<byte> header) ? Receive(socket, headers.AddressOf(done), header, flags) : Errno.EFAULT;
            if (!result.IsSuccess)
            {
                return done > 0 ? done : result.ToSystemCall();
            }

            BinaryPrimitives.WriteInt32LittleEndian(header[HeaderSize..], result.Count);
            done++;
            flags |= waitsForOne ? MessageFlags.DoNotWait : MessageFlags.None;

            // The time counts between messages only, as recvmmsg(2) says of Linux.
            if (deadline != Instant.Never && KernelClock.Instance.Now >= deadline)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>An array of struct mmsghdr: checked at once where it is sound, otherwise one by one, since those before a bad one count.</summary>
    private readonly ref struct ManyHeaders
    {
        private readonly ulong _address;
        private readonly Span<byte> _all;

        public ManyHeaders(ulong address, uint count)
        {
            _address = address;
            bool isUsual = count <= UserVectors.MaximumCount;
            _all = isUsual && UserMemory.TryWrite(address, (ulong)count * ManyHeaderSize, out Span<byte> all) ? all : default;
        }

        public ulong AddressOf(uint index) => _address + (index * ManyHeaderSize);

        public bool TryGet(uint index, out Span<byte> header)
        {
            if (_all.IsEmpty)
            {
                return UserMemory.TryWrite(AddressOf(index), ManyHeaderSize, out header);
            }

            header = _all.Slice((int)index * ManyHeaderSize, ManyHeaderSize);
            return true;
        }
    }
}
