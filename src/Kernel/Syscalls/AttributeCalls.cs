using System.Buffers.Binary;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls that change what stat tells: chmod, chown and utimensat in all their forms. Called in the calling task, interrupts on.</summary>
internal sealed class AttributeCalls
{
    private const uint Unchanged = uint.MaxValue;
    private const int TimesSize = 32;
    private const int TimeSize = 16;
    private const long Now = 0x3FFF_FFFF; // UTIME_NOW
    private const long Omit = 0x3FFF_FFFE; // UTIME_OMIT
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int NanosecondsPerTick = 100;

    private readonly VirtualFileSystem _vfs;

    public AttributeCalls(VirtualFileSystem vfs) => _vfs = vfs;

    private static DateTimeOffset Time => KernelClock.Instance.UtcNow;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        Errno? error = call.Number switch
        {
            Linux.Chmod => ChangePath(call, UserPath.CurrentDirectory, call.A, 0, Permissions(call.B)),
            Linux.Fchmodat => ChangePath(call, (int)call.A, call.B, 0, Permissions(call.C)),
            Linux.Fchmodat2 => ChangePath(call, (int)call.A, call.B, call.D, Permissions(call.C)),
            Linux.Fchmod => ChangeFile(call, Permissions(call.B)),
            Linux.Chown => ChangePath(call, UserPath.CurrentDirectory, call.A, 0, Owner(call.B, call.C)),
            Linux.Lchown => ChangePath(call, UserPath.CurrentDirectory, call.A, UserPath.NoFollow, Owner(call.B, call.C)),
            Linux.Fchownat => ChangePath(call, (int)call.A, call.B, call.E, Owner(call.C, call.D)),
            Linux.Fchown => ChangeFile(call, Owner(call.B, call.C)),
            Linux.Utimensat => ChangeTimes(call),
            _ => null,
        };
        result = -(long)(error ?? Errno.Success);
        return error is not null;
    }

    private static InodeChange Permissions(ulong mode) => new() { Permissions = (InodeMode)mode & InodeMode.PermissionMask, ChangeTime = Time };

    private static InodeChange Owner(ulong user, ulong group) => new()
    {
        UserId = (uint)user == Unchanged ? null : (uint)user,
        GroupId = (uint)group == Unchanged ? null : (uint)group,
        ChangeTime = Time,
    };

    private Errno ChangeTimes(in CallArguments call)
    {
        InodeChange change = new() { AccessTime = Time, ModificationTime = Time, ChangeTime = Time };
        if (call.C != 0)
        {
            if (!UserMemory.TryRead(call.C, TimesSize, out ReadOnlySpan<byte> times))
            {
                return Errno.EFAULT;
            }

            if (!TryReadTime(times, out DateTimeOffset? access) || !TryReadTime(times[TimeSize..], out DateTimeOffset? modification))
            {
                return Errno.EINVAL;
            }

            change = change with { AccessTime = access, ModificationTime = modification };
            if (access is null && modification is null)
            {
                return Errno.Success; // not even the path is looked at (utimensat(2))
            }
        }

        return call.B == 0 && (int)call.A != UserPath.CurrentDirectory ? ChangeFile(call, change) : ChangePath(call, (int)call.A, call.B, call.D, change);
    }

    private static bool TryReadTime(ReadOnlySpan<byte> bytes, out DateTimeOffset? time)
    {
        long seconds = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        long nanoseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(long)..]);
        long latest = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        long earliest = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        time = nanoseconds switch
        {
            Now => Time,
            Omit => null,
            _ => DateTimeOffset.UnixEpoch.AddTicks((Math.Clamp(seconds, earliest + 1, latest - 1) * TimeSpan.TicksPerSecond) + (nanoseconds / NanosecondsPerTick)),
        };
        return nanoseconds is Now or Omit or (>= 0 and < NanosecondsPerSecond);
    }

    private Errno ChangeFile(in CallArguments call, in InodeChange change)
    {
        Errno error = _vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        error = file!.IsPathOnly ? Errno.EBADF : VirtualFileSystem.Change(file.Inode, change);
        file.Release();
        return error;
    }

    private Errno ChangePath(in CallArguments call, int directory, ulong address, ulong flags, in InodeChange change)
    {
        if ((flags & ~(UserPath.NoFollow | UserPath.EmptyPath)) != 0)
        {
            return Errno.EINVAL;
        }

        using UserPath at = UserPath.Read(_vfs, call, directory, address, mayBeEmpty: (flags & UserPath.EmptyPath) != 0);
        return at.IsGood ? _vfs.Change(at.Start, at.Path, (flags & UserPath.NoFollow) == 0, change)
            : at.IsDescriptor ? ChangeFile(call, change)
            : at.Error;
    }
}
