using System.Buffers.Binary;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>
/// The system calls on what is in files as a whole: sendfile, copy_file_range, fallocate, and the advice of posix_fadvise and readahead. Called in the calling
/// task, interrupts on.
/// </summary>
internal sealed class SpaceCalls
{
    private const ulong MaximumAdvice = 5; // POSIX_FADV_NOREUSE
    private const ulong KnownModes = 0x7F; // FALLOC_FL_KEEP_SIZE and so on

    private readonly VirtualFileSystem _vfs;

    public SpaceCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        long? served = call.Number switch
        {
            Linux.Sendfile or Linux.CopyFileRange => Copy(call),
            Linux.Fallocate => -(long)WithFile(call, Allocate),
            Linux.Fadvise64 => -(long)WithFile(call, Advise),
            Linux.Readahead => -(long)WithFile(call, ReadAhead),
            Linux.Syncfs => -(long)WithFile(call, static (in _, file) => file.Operations.Synchronize(file.Inode.SuperBlock)),
            _ => null,
        };
        result = served ?? 0;
        return served is not null;
    }

    private delegate Errno Act(in CallArguments call, OpenFile file);

    private Errno WithFile(in CallArguments call, Act act)
    {
        Errno error = _vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        try
        {
            return file!.IsPathOnly ? Errno.EBADF : act(call, file);
        }
        finally
        {
            file!.Release();
        }
    }

    /// <summary>fallocate: Linux's checks (vfs_fallocate), then the answer of a file system that does not reserve.</summary>
    private static Errno Allocate(in CallArguments call, OpenFile file)
    {
        long offset = (long)call.C;
        long length = (long)call.D;
        if (offset < 0 || length <= 0)
        {
            return Errno.EINVAL;
        }

        if ((call.B & uint.MaxValue & ~KnownModes) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if (!file.CanWrite)
        {
            return Errno.EBADF;
        }

        return file.Inode.Mode.Type() switch
        {
            InodeMode.Fifo => Errno.ESPIPE,
            InodeMode.Directory => Errno.EISDIR,
            InodeMode.Regular or InodeMode.BlockDevice => length > long.MaxValue - offset ? Errno.EFBIG : Errno.EOPNOTSUPP,
            _ => Errno.ENODEV,
        };
    }

    /// <summary>posix_fadvise: taken, and of no effect.</summary>
    private static Errno Advise(in CallArguments call, OpenFile file)
    {
        if (file.Inode.Mode.Type() == InodeMode.Fifo)
        {
            return Errno.ESPIPE;
        }

        return (long)call.C < 0 || (call.D & uint.MaxValue) > MaximumAdvice ? Errno.EINVAL : Errno.Success;
    }

    private static Errno ReadAhead(in CallArguments call, OpenFile file)
    {
        if (!file.CanRead)
        {
            return Errno.EBADF;
        }

        bool isGood = (long)call.C >= 0 && file.Inode.Mode.Type() is (InodeMode.Regular or InodeMode.BlockDevice);
        return isGood ? Errno.Success : Errno.EINVAL;
    }

    private long Copy(in CallArguments call)
    {
        // sendfile(out, in, &from, count); copy_file_range(in, &from, out, &to, count, flags)
        bool isSend = call.Number == Linux.Sendfile;
        (ulong sourceFd, ulong fromAddress) = isSend ? (call.B, call.C) : (call.A, call.B);
        (ulong targetFd, ulong toAddress) = isSend ? (call.A, 0) : (call.C, call.D);
        int count = (int)Math.Min(isSend ? call.D : call.E, UserMemory.MaximumTransfer);
        Errno error = _vfs.Files.TryGet(call.Job, (int)sourceFd, out OpenFile? source);
        OpenFile? target = null;
        try
        {
            error = error == Errno.Success ? _vfs.Files.TryGet(call.Job, (int)targetFd, out target) : error;
            error = error == Errno.Success && (source!.IsPathOnly || target!.IsPathOnly) ? Errno.EBADF : error;
            if (error != Errno.Success)
            {
                return -(long)error;
            }

            if (!TryReadOffset(fromAddress, out long? from) || !TryReadOffset(toAddress, out long? to))
            {
                return -(long)Errno.EFAULT;
            }

            IoResult result = isSend && (long)call.D < 0 ? Errno.EINVAL
                : isSend ? FileCopy.Send(source!, from, target!, count)
                : (uint)call.F != 0 ? Errno.EINVAL
                : FileCopy.CopyRange(source!, from, target!, to, count);
            bool isTold = WriteOffset(fromAddress, from, result.Count) && WriteOffset(toAddress, to, result.Count);
            return isTold ? result.ToSystemCall() : -(long)Errno.EFAULT;
        }
        finally
        {
            source?.Release();
            target?.Release();
        }
    }

    /// <summary>Reads an offset; none where there is no address.</summary>
    private static bool TryReadOffset(ulong address, out long? offset)
    {
        bool isGood = UserMemory.TryRead(address, address == 0 ? 0ul : sizeof(long), out ReadOnlySpan<byte> memory);
        offset = memory.IsEmpty ? null : BinaryPrimitives.ReadInt64LittleEndian(memory);
        return isGood;
    }

    private static bool WriteOffset(ulong address, long? offset, int count)
    {
        if (offset is null)
        {
            return true;
        }

        bool isGood = UserMemory.TryWrite(address, sizeof(long), out Span<byte> memory);
        return isGood && BinaryPrimitives.TryWriteInt64LittleEndian(memory, offset.Value + count);
    }
}
