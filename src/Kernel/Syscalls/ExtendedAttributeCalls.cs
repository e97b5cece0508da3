using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>
/// The system calls on extended attributes (xattr(7)). No file system here has any, so that each says what it says in Linux on such a file system: EOPNOTSUPP,
/// or an empty list. Called in the calling task, interrupts on.
/// </summary>
internal sealed class ExtendedAttributeCalls
{
    private readonly VirtualFileSystem _vfs;

    public ExtendedAttributeCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        result = 0;
        if (call.Number is < Linux.Setxattr or > Linux.Fremovexattr)
        {
            return false;
        }

        bool isList = call.Number is Linux.Listxattr or Linux.Llistxattr or Linux.Flistxattr;
        Errno error = Find(call);
        if (error == Errno.Success && !isList)
        {
            error = UserMemory.TryReadPath(call.B, out _) == Errno.EFAULT ? Errno.EFAULT : Errno.EOPNOTSUPP;
        }

        result = -(long)error;
        return true;
    }

    private Errno Find(in CallArguments call)
    {
        if (call.Number is Linux.Fsetxattr or Linux.Fgetxattr or Linux.Flistxattr or Linux.Fremovexattr)
        {
            Errno error = _vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file);
            error = error == Errno.Success && file!.IsPathOnly ? Errno.EBADF : error;
            file?.Release();
            return error;
        }

        bool follows = call.Number is Linux.Setxattr or Linux.Getxattr or Linux.Listxattr or Linux.Removexattr;
        using UserPath at = UserPath.Read(_vfs, call, UserPath.CurrentDirectory, call.A);
        return at.IsGood ? _vfs.Stat(at.Start, at.Path, follows, out _) : at.Error;
    }
}
