using System.Runtime.InteropServices;
using System.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>The functions of libc on files that the class library has no name for. Paths are UTF-8 with a zero, as <see cref="Terminated"/> makes them.</summary>
internal static class FileLibc
{
    /// <summary>AT_FDCWD.</summary>
    public const int CurrentDirectory = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    public const int NoFollow = 0x100;

    /// <summary>AT_SYMLINK_FOLLOW, for linkat.</summary>
    public const int Follow = 0x400;

    /// <summary>AT_EMPTY_PATH: what is meant is the descriptor itself.</summary>
    public const int EmptyPath = 0x1000;

    private const long StatExtendedNumber = 332; // statx(2); not every libc has a function for it

    /// <summary>The error of the last call.</summary>
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>A path as libc takes it.</summary>
    public static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>What a call that returns 0 on success has come to.</summary>
    public static Errno Outcome(int result) => result == 0 ? Errno.Success : LastError;

    /// <summary>Throws what <see cref="FileReport"/> describes unless a call returned 0.</summary>
    public static void Check(int result) => FileReport.Require(Outcome(result));

    /// <summary>statx(2).</summary>
    public static Errno StatExtended(int directory, string path, int flags, uint mask, byte[] result) =>
        Outcome((int)Invoke(StatExtendedNumber, directory, Terminated(path), flags, mask, result));

    /// <summary>access(2).</summary>
    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    public static extern int Access(byte[] path, int way);

    /// <summary>geteuid(2).</summary>
    [DllImport("libc", EntryPoint = "geteuid")]
    public static extern uint EffectiveUser();

    /// <summary>getegid(2).</summary>
    [DllImport("libc", EntryPoint = "getegid")]
    public static extern uint EffectiveGroup();

    /// <summary>utimensat(2).</summary>
    [DllImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    public static extern int SetTimes(int directory, byte[] path, long[] times, int flags);

    /// <summary>statfs(2).</summary>
    [DllImport("libc", EntryPoint = "statfs", SetLastError = true)]
    public static extern int StatFileSystem(byte[] path, byte[] result);

    /// <summary>mount(2).</summary>
    [DllImport("libc", EntryPoint = "mount", SetLastError = true)]
    public static extern int Mount(byte[] source, byte[] directory, byte[] type, ulong flags, byte[]? options);

    /// <summary>umount2(2).</summary>
    [DllImport("libc", EntryPoint = "umount2", SetLastError = true)]
    public static extern int Unmount(byte[] directory, int flags);

    /// <summary>sync(2).</summary>
    [DllImport("libc", EntryPoint = "sync")]
    public static extern void Synchronize();

    /// <summary>open(2).</summary>
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    public static extern int Open(byte[] path, int flags, uint mode);

    /// <summary>close(2).</summary>
    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int fd);

    /// <summary>fsync(2).</summary>
    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static extern int Synchronize(int fd);

    /// <summary>linkat(2).</summary>
    [DllImport("libc", EntryPoint = "linkat", SetLastError = true)]
    public static extern int Link(int directory, byte[] existing, int newDirectory, byte[] path, int flags);

    /// <summary>rename(2).</summary>
    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    public static extern int Rename(byte[] path, byte[] newPath);

    /// <summary>chmod(2).</summary>
    [DllImport("libc", EntryPoint = "chmod", SetLastError = true)]
    public static extern int ChangeMode(byte[] path, uint mode);

    /// <summary>fchownat(2).</summary>
    [DllImport("libc", EntryPoint = "fchownat", SetLastError = true)]
    public static extern int ChangeOwner(int directory, byte[] path, uint user, uint group, int flags);

    /// <summary>mknod(2).</summary>
    [DllImport("libc", EntryPoint = "mknod", SetLastError = true)]
    public static extern int MakeNode(byte[] path, uint mode, ulong device);

    /// <summary>mkdir(2).</summary>
    [DllImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    public static extern int MakeDirectory(byte[] path, uint mode);

    /// <summary>truncate(2).</summary>
    [DllImport("libc", EntryPoint = "truncate", SetLastError = true)]
    public static extern int Truncate(byte[] path, long size);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern long Invoke(long number, long directory, byte[] path, long flags, long mask, byte[] result);
}
