using System.Buffers.Binary;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Locks;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls that lock files: flock, and fcntl with F_GETLK, F_SETLK and F_SETLKW. Called in the calling task, interrupts on.</summary>
internal sealed class LockCalls
{
    private const ulong GetLock = 5; // F_GETLK
    private const ulong SetLock = 6; // F_SETLK
    private const ulong SetLockWait = 7; // F_SETLKW

    private const ulong SharedFlag = 1; // LOCK_SH
    private const ulong ExclusiveFlag = 2; // LOCK_EX
    private const ulong NonBlockingFlag = 4; // LOCK_NB
    private const ulong UnlockFlag = 8; // LOCK_UN
    private const ulong MandatoryFlag = 32; // LOCK_MAND, which Linux takes and does nothing for

    private const int StructureSize = 32; // struct flock
    private const int TypeOffset = 0;
    private const int OriginOffset = 2;
    private const int StartOffset = 8;
    private const int LengthOffset = 16;
    private const int OwnerOffset = 24;

    private readonly VirtualFileSystem _vfs;

    public LockCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>True for the commands of fcntl that are served here.</summary>
    public static bool IsLockCommand(ulong command) => (uint)command is (uint)GetLock or (uint)SetLock or (uint)SetLockWait;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        bool isServed = call.Number == Linux.Flock || (call.Number == Linux.Fcntl && IsLockCommand(call.B));
        result = isServed ? -(long)Serve(call) : 0;
        return isServed;
    }

    private Errno Serve(in CallArguments call)
    {
        LockType? type = (call.B & ~NonBlockingFlag & uint.MaxValue) switch
        {
            SharedFlag => LockType.Shared,
            ExclusiveFlag => LockType.Exclusive,
            UnlockFlag => LockType.None,
            _ => null,
        };
        if (call.Number == Linux.Flock && type is null)
        {
            return (call.B & MandatoryFlag) != 0 ? Errno.Success : Errno.EINVAL;
        }

        Errno error = _vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        try
        {
            return file!.IsPathOnly ? Errno.EBADF
                : call.Number == Linux.Flock ? _vfs.Locks.LockWhole(file, type!.Value, waits: (call.B & NonBlockingFlag) == 0)
                : ServeRecord(call, file);
        }
        finally
        {
            file!.Release();
        }
    }

    private Errno ServeRecord(in CallArguments call, OpenFile file)
    {
        if (!UserMemory.TryRead(call.C, StructureSize, out ReadOnlySpan<byte> structure))
        {
            return Errno.EFAULT;
        }

        Errno error = TryReadRequest(call.Job, file, structure, out RecordLock request);
        if (error != Errno.Success)
        {
            return error;
        }

        if ((uint)call.B == GetLock)
        {
            return request.Type == LockType.None ? Errno.EINVAL : Tell(_vfs.Locks.FindConflict(file.Inode, request), call.C);
        }

        bool mayHold = request.Type switch
        {
            LockType.Shared => file.CanRead,
            LockType.Exclusive => file.CanWrite,
            _ => true,
        };
        return mayHold ? Set(call, file, request) : Errno.EBADF;
    }

    private Errno Set(in CallArguments call, OpenFile file, in RecordLock request)
    {
        Errno error = _vfs.Locks.LockRecord(file.Inode, request, waits: (uint)call.B == SetLockWait);
        if (error != Errno.Success || request.Type == LockType.None)
        {
            return error;
        }

        // While this task waited another one of the job may have closed the descriptor, and nothing would end the lock (Linux's fcntl_setlk).
        bool isStillOpen = _vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? present) == Errno.Success && present == file;
        present?.Release();
        if (!isStillOpen)
        {
            _vfs.Locks.OnDescriptorClosed(call.Job, file.Inode);
        }

        return isStillOpen ? Errno.Success : Errno.EBADF;
    }

    /// <summary>Reads struct flock (Linux's flock_to_posix_lock).</summary>
    private static Errno TryReadRequest(int job, OpenFile file, ReadOnlySpan<byte> structure, out RecordLock request)
    {
        request = default;
        short type = BinaryPrimitives.ReadInt16LittleEndian(structure[TypeOffset..]);
        long length = BinaryPrimitives.ReadInt64LittleEndian(structure[LengthOffset..]);
        long? origin = (SeekOrigin)BinaryPrimitives.ReadInt16LittleEndian(structure[OriginOffset..]) switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => file.Position,
            SeekOrigin.End => file.Inode.Size,
            _ => null,
        };
        if (origin is null)
        {
            return Errno.EINVAL;
        }

        long start = BinaryPrimitives.ReadInt64LittleEndian(structure[StartOffset..]);
        if (start > long.MaxValue - origin.Value)
        {
            return Errno.EOVERFLOW;
        }

        start += origin.Value;
        if (start < 0 || (length < 0 && start + length < 0))
        {
            return Errno.EINVAL;
        }

        if (length > 0 && length - 1 > long.MaxValue - start)
        {
            return Errno.EOVERFLOW;
        }

        (long first, long last) = length switch
        {
            > 0 => (start, start + length - 1),
            < 0 => (start + length, start - 1),
            _ => (start, long.MaxValue),
        };
        request = new RecordLock(job, (LockType)type, first, last);
        return type is >= (short)LockType.Shared and <= (short)LockType.None ? Errno.Success : Errno.EINVAL;
    }

    private static Errno Tell(RecordLock? conflict, ulong address)
    {
        if (!UserMemory.TryWrite(address, StructureSize, out Span<byte> structure))
        {
            return Errno.EFAULT;
        }

        BinaryPrimitives.WriteInt16LittleEndian(structure[TypeOffset..], (short)(conflict?.Type ?? LockType.None));
        if (conflict is { } held)
        {
            BinaryPrimitives.WriteInt16LittleEndian(structure[OriginOffset..], (short)SeekOrigin.Begin);
            BinaryPrimitives.WriteInt64LittleEndian(structure[StartOffset..], held.Start);
            BinaryPrimitives.WriteInt64LittleEndian(structure[LengthOffset..], held.End == long.MaxValue ? 0 : held.End - held.Start + 1);
            BinaryPrimitives.WriteInt32LittleEndian(structure[OwnerOffset..], held.Owner);
        }

        return Errno.Success;
    }
}
