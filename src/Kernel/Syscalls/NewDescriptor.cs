using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>What system calls that open something end with: a descriptor for it.</summary>
internal static class NewDescriptor
{
    /// <summary>Gives a file the lowest free descriptor.</summary>
    /// <param name="files">The descriptors.</param>
    /// <param name="job">The job that will own it.</param>
    /// <param name="file">The file; the caller's reference is taken over, or dropped on failure.</param>
    /// <param name="flags">O_CLOEXEC counts.</param>
    /// <returns>The descriptor, or what <see cref="FileTable.TryInstall"/> says, negative.</returns>
    public static long Install(FileTable files, int job, OpenFile file, OpenFlags flags)
    {
        Errno error = files.TryInstall(job, file, flags.HasFlag(OpenFlags.CloseOnExec), out int fd);
        if (error != Errno.Success)
        {
            file.Release();
            return -(long)error;
        }

        return fd;
    }
}
