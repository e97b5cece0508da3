using System.Buffers.Binary;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Sockets;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Pipe;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls on descriptors: read, write, dup, fcntl, ioctl, pipe and their relatives. Called in the calling task, interrupts on.</summary>
internal sealed class FileCalls
{
    private const ulong MaximumVectors = 1024;
    private const int VectorBytes = 16;

    private readonly VirtualFileSystem _vfs;

    public FileCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        switch (call.Number)
        {
            case Linux.Read or Linux.Pread64:
                result = Read(call);
                return true;
            case Linux.Write or Linux.Pwrite64:
                result = Write(call);
                return true;
            case Linux.Readv or Linux.Writev or Linux.Preadv or Linux.Pwritev or Linux.Preadv2 or Linux.Pwritev2:
                result = Transfer(call);
                return true;
            case Linux.Close:
                result = -(long)_vfs.Files.Close(call.Job, (int)call.A);
                return true;
            case Linux.Dup:
                result = Install(_vfs.Files.Duplicate(call.Job, (int)call.A, 0, isClosedOnExec: false, out int duplicate), duplicate);
                return true;
            case Linux.Dup2 or Linux.Dup3:
                result = DuplicateTo(call);
                return true;
            case Linux.CloseRange:
                result = -(long)CloseRange(call);
                return true;
            case Linux.Fcntl when !LockCalls.IsLockCommand(call.B):
                result = FileControl.Execute(_vfs.Files, call.Job, (int)call.A, (int)call.B, (long)call.C).ToSystemCall();
                return true;
            case Linux.Ioctl:
                result = Ioctl(call);
                return true;
            case Linux.Lseek:
                result = Seek(call);
                return true;
            case Linux.Ftruncate:
                result = Truncate(call);
                return true;
            case Linux.Pipe or Linux.Pipe2:
                result = MakePipe(call);
                return true;
            default:
                result = 0;
                return false;
        }
    }

    private static long Install(Errno error, int fd) => error == Errno.Success ? fd : -(long)error;

    private long Read(in CallArguments call)
    {
        bool isAtPosition = call.Number == Linux.Pread64;
        if (isAtPosition && (long)call.D < 0)
        {
            return -(long)Errno.EINVAL;
        }

        ulong length = Math.Min(call.C, UserMemory.MaximumTransfer);
        if (_vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file) is Errno error and not Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            length = Math.Min(length, MostRead(file!, isAtPosition ? (long)call.D : file!.Position));
            Span<byte> memory = default;
            IoResult result = !UserMemory.IsPossible(call.B, call.C) || !UserMemory.TryWrite(call.B, length, out memory)
                ? Errno.EFAULT
                : isAtPosition ? file!.ReadAt(memory, (long)call.D) : file!.Read(memory);
            return result.ToSystemCall();
        }
        finally
        {
            file!.Release();
        }
    }

    /// <summary>More than a read can deliver, so that a longer buffer need not be there in full.</summary>
    private static ulong MostRead(OpenFile file, long position)
    {
        const ulong Counter = sizeof(ulong);
        const ulong Datagram = 0x1_0000;
        return file.Operations.Type switch
        {
            FileSystemType.Event => Counter,
            FileSystemType.Memory or FileSystemType.Minix when file.Inode.Mode.IsRegular() => (ulong)Math.Max(file.Inode.Size - position, 0),
            FileSystemType.Socket when SocketFileSystem.Find(file)?.Kind != SocketKind.Stream => Datagram,
            _ => UserMemory.MaximumTransfer,
        };
    }

    private long Write(in CallArguments call)
    {
        if (call.Number == Linux.Pwrite64 && (long)call.D < 0)
        {
            return -(long)Errno.EINVAL;
        }

        ulong length = Math.Min(call.C, UserMemory.MaximumTransfer);
        if (_vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file) is Errno error and not Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            IoResult result = !UserMemory.TryRead(call.B, length, out ReadOnlySpan<byte> memory)
                ? Errno.EFAULT
                : call.Number == Linux.Write ? file!.Write(memory) : file!.WriteAt(memory, (long)call.D);
            return result.ToSystemCall();
        }
        finally
        {
            file!.Release();
        }
    }

    /// <summary>readv, writev and their relatives with a position: piece by piece, until one is short.</summary>
    private long Transfer(in CallArguments call)
    {
        bool hasFlags = call.Number is Linux.Preadv2 or Linux.Pwritev2;
        bool hasPosition = call.Number is Linux.Preadv or Linux.Pwritev || (hasFlags && (long)call.D != -1);
        if (hasPosition && (long)call.D < 0)
        {
            return -(long)Errno.EINVAL;
        }

        if (_vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file) is Errno error and not Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            error = CheckTransfer(call, file!, hasPosition, hasFlags);
            if (error != Errno.Success)
            {
                return -(long)error;
            }

            if (file!.Operations.Type is FileSystemType.Socket or FileSystemType.Pipe && !file.IsPathOnly)
            {
                return TransferMessage(call, file);
            }

            return UserMemory.TryRead(call.B, call.C * VectorBytes, out ReadOnlySpan<byte> vectors)
                ? TransferAll(file!, vectors, IsWrite(call), hasPosition ? (long)call.D : null)
                : -(long)Errno.EFAULT;
        }
        finally
        {
            file!.Release();
        }
    }

    private static bool IsWrite(in CallArguments call) => call.Number is Linux.Writev or Linux.Pwritev or Linux.Pwritev2;

    /// <summary>What is wrong before any buffer is looked at, in Linux's order.</summary>
    private static Errno CheckTransfer(in CallArguments call, OpenFile file, bool hasPosition, bool hasFlags)
    {
        if (hasPosition && !file.IsPathOnly && !file.Operations.HasPosition(file.Inode))
        {
            return Errno.ESPIPE;
        }

        if (!(IsWrite(call) ? file.CanWrite : file.CanRead))
        {
            return Errno.EBADF;
        }

        return call.C > MaximumVectors ? Errno.EINVAL : hasFlags && (int)call.F != 0 ? Errno.EOPNOTSUPP : Errno.Success;
    }

    /// <summary>readv and writev on a socket or pipe: all buffers are one message.</summary>
    private static long TransferMessage(in CallArguments call, OpenFile file)
    {
        bool isWrite = IsWrite(call);
        Errno error = UserVectors.Current.TryRead(call.B, call.C, isWritten: !isWrite, out IoVector data);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        return (file.Operations.Type == FileSystemType.Socket ? TransferSocket(file, data, isWrite) : TransferPipe(file, data, isWrite)).ToSystemCall();
    }

    private static IoResult TransferSocket(OpenFile file, IoVector data, bool isWrite) =>
        isWrite ? SocketFileSystem.Write(file, data) : SocketFileSystem.Read(file, data);

    private static IoResult TransferPipe(OpenFile file, IoVector data, bool isWrite)
    {
        if (!(isWrite ? file.CanWrite : file.CanRead))
        {
            return Errno.EBADF;
        }

        return isWrite ? PipeFileSystem.Write(file, data) : PipeFileSystem.Read(file, data);
    }

    private static long TransferAll(OpenFile file, ReadOnlySpan<byte> vectors, bool isWrite, long? position)
    {
        long total = 0;
        for (int i = 0; i < vectors.Length; i += VectorBytes)
        {
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(vectors[i..]);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(vectors[(i + 8)..]);
            if (length > UserMemory.MaximumTransfer - (ulong)total)
            {
                return -(long)Errno.EINVAL;
            }

            if (length == 0)
            {
                continue;
            }

            IoResult result = isWrite ? WritePart(file, address, length, position + total) : ReadPart(file, address, length, position + total);
            if (!result.IsSuccess)
            {
                return total > 0 ? total : result.ToSystemCall();
            }

            total += result.Count;

            // A terminal that has nothing more would keep what it gave waiting.
            bool mayWait = !isWrite && !file.Operations.HasPosition(file.Inode);
            if ((ulong)result.Count < length || mayWait)
            {
                break;
            }
        }

        return total;
    }

    private static IoResult WritePart(OpenFile file, ulong address, ulong length, long? position)
    {
        if (!UserMemory.TryRead(address, length, out ReadOnlySpan<byte> source))
        {
            return Errno.EFAULT;
        }

        return position is null ? file.Write(source) : file.WriteAt(source, position.Value);
    }

    private static IoResult ReadPart(OpenFile file, ulong address, ulong length, long? position)
    {
        if (!UserMemory.TryWrite(address, length, out Span<byte> destination))
        {
            return Errno.EFAULT;
        }

        return position is null ? file.Read(destination) : file.ReadAt(destination, position.Value);
    }

    private Errno CloseRange(in CallArguments call)
    {
        const uint Unshare = 2; // CLOSE_RANGE_UNSHARE: descriptors are shared with nobody who could be left out
        const uint CloseOnExec = 4; // CLOSE_RANGE_CLOEXEC
        uint flags = (uint)call.C;
        if ((flags & ~(Unshare | CloseOnExec)) != 0 || (uint)call.A > (uint)call.B)
        {
            return Errno.EINVAL;
        }

        _vfs.Files.CloseRange(call.Job, (uint)call.A, (uint)call.B, isMarked: (flags & CloseOnExec) != 0);
        return Errno.Success;
    }

    private long DuplicateTo(in CallArguments call)
    {
        const ulong CloseOnExec = (ulong)OpenFlags.CloseOnExec;
        bool isDup3 = call.Number == Linux.Dup3;
        if (isDup3 && (call.C & ~CloseOnExec) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        bool isClosedOnExec = isDup3 && (call.C & CloseOnExec) != 0;
        return Install(_vfs.Files.DuplicateTo(call.Job, (int)call.A, (int)call.B, isClosedOnExec, refusesSame: isDup3), (int)call.B);
    }

    private long Ioctl(in CallArguments call)
    {
        if (_vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file) is Errno error and not Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            int size = IoctlRequest.ArgumentSize((uint)call.B);
            if (!UserMemory.TryWrite(call.C, (uint)size, out Span<byte> memory))
            {
                return -(long)Errno.EFAULT;
            }

            bool isSocket = SocketFileSystem.Find(file!) is not null && !file!.IsPathOnly;
            return isSocket && NetworkIoctl.TryServe(_vfs.Sockets.Network, (uint)call.B, memory, out Errno served)
                ? -(long)served
                : file!.Ioctl((uint)call.B, (long)call.C, memory).ToSystemCall();
        }
        finally
        {
            file!.Release();
        }
    }

    private long Truncate(in CallArguments call)
    {
        if ((long)call.B < 0)
        {
            return -(long)Errno.EINVAL;
        }

        if (_vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file) is Errno error and not Errno.Success)
        {
            return -(long)error;
        }

        error = file!.Truncate((long)call.B);
        file.Release();
        return -(long)error;
    }

    private long Seek(in CallArguments call)
    {
        if (_vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file) is Errno error and not Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            error = file!.Seek((long)call.B, (SeekOrigin)(int)call.C, out long position);
            return error == Errno.Success ? position : -(long)error;
        }
        finally
        {
            file!.Release();
        }
    }

    private long MakePipe(in CallArguments call)
    {
        OpenFlags flags = call.Number == Linux.Pipe2 ? (OpenFlags)(int)call.B : OpenFlags.ReadOnly;
        if (!UserMemory.TryWrite(call.A, 2 * sizeof(int), out Span<byte> memory))
        {
            return -(long)Errno.EFAULT;
        }

        Errno error = _vfs.Pipes.TryCreate(flags, out OpenFile? reader, out OpenFile? writer);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        error = _vfs.Files.TryInstallPair(call.Job, reader!, writer!, flags.HasFlag(OpenFlags.CloseOnExec), out int readerFd, out int writerFd);
        if (error != Errno.Success)
        {
            reader!.Release();
            writer!.Release();
            return -(long)error;
        }

        BinaryPrimitives.WriteInt32LittleEndian(memory, readerFd);
        BinaryPrimitives.WriteInt32LittleEndian(memory[sizeof(int)..], writerFd);
        return 0;
    }
}
