using System.Text;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>mount and umount2. Called in the calling task, interrupts on.</summary>
internal sealed class MountCalls
{
    private const ulong ReadOnlyFlag = 1; // MS_RDONLY
    private const ulong NoSetUserIdFlag = 2; // MS_NOSUID; nothing is executed from files, so nothing changes its user
    private const ulong NoExecutionFlag = 8; // MS_NOEXEC, as well
    private const ulong SilentFlag = 0x8000; // MS_SILENT
    private const ulong SupportedFlags = ReadOnlyFlag | NoSetUserIdFlag | NoExecutionFlag | SilentFlag;
    private const ulong Magic = 0xC0ED_0000; // MS_MGC_VAL, which old programs put into the upper half
    private const ulong MagicMask = 0xFFFF_0000; // MS_MGC_MSK

    private const ulong ForceFlag = 1; // MNT_FORCE: gives up what a server does not answer; there is none
    private const ulong NoFollowFlag = 8; // UMOUNT_NOFOLLOW
    private const ulong KnownUnmountFlags = 0xF; // MNT_DETACH and MNT_EXPIRE, which are refused, among them

    private readonly VirtualFileSystem _vfs;

    public MountCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        Errno? error = call.Number switch
        {
            Linux.Mount => Mount(call),
            Linux.Umount2 => Unmount(call),
            _ => null,
        };
        result = -(long)(error ?? Errno.Success);
        return error is not null;
    }

    private Errno Mount(in CallArguments call)
    {
        ulong flags = (call.D & MagicMask) == Magic ? call.D & ~MagicMask : call.D;
        Errno error = TryReadText(call.C, out ReadOnlySpan<byte> type);
        error = TryReadText(call.A, out ReadOnlySpan<byte> source) is Errno wrong and not Errno.Success && error == Errno.Success ? wrong : error;
        error = TryReadText(call.E, out ReadOnlySpan<byte> options) is Errno bad and not Errno.Success && error == Errno.Success ? bad : error;
        if (error != Errno.Success)
        {
            return error;
        }

        using UserPath at = UserPath.Read(_vfs, call, UserPath.CurrentDirectory, call.B);
        if (!at.IsGood)
        {
            return at.Error;
        }

        // Remounting, binding and moving are refused, and so are the options of a file system, which none here has.
        bool isSupported = (flags & ~SupportedFlags) == 0 && options.IsEmpty && call.C != 0;
        return isSupported
            ? _vfs.Mount(at.Start, source, at.Path, Encoding.UTF8.GetString(type), (flags & ReadOnlyFlag) != 0)
            : Refuse(at);
    }

    private Errno Unmount(in CallArguments call)
    {
        ulong flags = call.B & uint.MaxValue;
        if ((flags & ~KnownUnmountFlags) != 0)
        {
            return Errno.EINVAL;
        }

        using UserPath at = UserPath.Read(_vfs, call, UserPath.CurrentDirectory, call.A);
        return !at.IsGood ? at.Error
            : (flags & ~(ForceFlag | NoFollowFlag)) != 0 ? Refuse(at)
            : _vfs.Unmount(at.Start, at.Path, follows: (flags & NoFollowFlag) == 0);
    }

    /// <summary>What is not supported is told after the path has been followed, as in Linux.</summary>
    private Errno Refuse(in UserPath at)
    {
        Errno error = _vfs.Access(at.Start, at.Path, AccessMask.None);
        return error == Errno.Success ? Errno.EINVAL : error;
    }

    /// <summary>Reads a text that need not be there (Linux's copy_mount_string).</summary>
    private static Errno TryReadText(ulong address, out ReadOnlySpan<byte> text)
    {
        text = default;
        Errno error = address == 0 ? Errno.Success : UserMemory.TryReadPath(address, out text);
        return error == Errno.ENAMETOOLONG ? Errno.EINVAL : error;
    }
}
