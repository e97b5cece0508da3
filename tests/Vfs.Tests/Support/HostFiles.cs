using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace KernelSockets.Vfs.Tests.Support;

/// <summary>The host's Linux as the oracle: the same calls in a folder of its own, which is removed afterwards.</summary>
internal sealed class HostFiles : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("vfs-oracle-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public Errno MakeDirectory(string path) => Outcome(NativeMethods.mkdir(Native(path), 0x1ED));

    public Errno RemoveDirectory(string path) => Outcome(NativeMethods.rmdir(Native(path)));

    public Errno Unlink(string path) => Outcome(NativeMethods.unlink(Native(path)));

    public Errno Link(string existing, string path) => Outcome(NativeMethods.link(Native(existing), Native(path)));

    public Errno SymbolicLink(string target, string path) => Outcome(NativeMethods.symlink(Terminated(target), Native(path)));

    public Errno Rename(string from, string to) => Outcome(NativeMethods.rename(Native(from), Native(to)));

    public Errno Truncate(string path, long size) => Outcome(NativeMethods.truncate(Native(path), size));

    public Errno ChangeMode(string path, InodeMode mode) => Outcome(NativeMethods.chmod(Native(path), (uint)mode));

    public Errno MakeFifo(string path) => Outcome(NativeMethods.mkfifo(Native(path), 0x1A4));

    /// <summary>Where a path is on the host.</summary>
    public string Locate(string path) => _root + "/" + path;

    /// <summary>Writes into a file that is there.</summary>
    public void Write(string path, ReadOnlySpan<byte> data, long offset)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(Locate(path), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, data, offset);
    }

    /// <summary>Opens, and closes again.</summary>
    public Errno Open(string path, OpenFlags flags)
    {
        int fd = NativeMethods.open(Native(path), (int)flags, 0x1A4);
        return fd < 0 ? Outcome(fd) : Outcome(NativeMethods.close(fd));
    }

    /// <summary>Type with permissions, size and, except for directories, links.</summary>
    public (Errno Error, InodeMode Type, long Size, ulong Links) Stat(string path, bool follows)
    {
        byte[] stat = new byte[FileStat.Size64];
        Errno error = Outcome(follows ? NativeMethods.stat(Native(path), stat) : NativeMethods.lstat(Native(path), stat));
        return error == Errno.Success ? Comparable(stat) : (error, InodeMode.None, 0, 0);
    }

    /// <summary>What of a <c>struct stat</c> does not depend on the file system.</summary>
    public static (Errno Error, InodeMode Type, long Size, ulong Links) Comparable(ReadOnlySpan<byte> stat)
    {
        InodeMode type = (InodeMode)BinaryPrimitives.ReadUInt32LittleEndian(stat[24..]);
        return type.IsDirectory()
            ? (Errno.Success, type, 0, 0)
            : (Errno.Success, type, BinaryPrimitives.ReadInt64LittleEndian(stat[48..]), BinaryPrimitives.ReadUInt64LittleEndian(stat[16..]));
    }

    private static Errno Outcome(int result) => result >= 0 ? Errno.Success : (Errno)Marshal.GetLastPInvokeError();

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private byte[] Native(string path) => Terminated(path.Length == 0 ? path : _root + "/" + path);

    private static class NativeMethods
    {
        private const string Library = "libc";

#pragma warning disable IDE1006, SYSLIB1054, CA5392 // names of the C library; no source generator without unsafe code
        [DllImport(Library, SetLastError = true)]
        internal static extern int mkdir(byte[] path, uint mode);

        [DllImport(Library, SetLastError = true)]
        internal static extern int mkfifo(byte[] path, uint mode);

        [DllImport(Library, SetLastError = true)]
        internal static extern int rmdir(byte[] path);

        [DllImport(Library, SetLastError = true)]
        internal static extern int unlink(byte[] path);

        [DllImport(Library, SetLastError = true)]
        internal static extern int link(byte[] existing, byte[] path);

        [DllImport(Library, SetLastError = true)]
        internal static extern int symlink(byte[] target, byte[] path);

        [DllImport(Library, SetLastError = true)]
        internal static extern int rename(byte[] from, byte[] to);

        [DllImport(Library, SetLastError = true)]
        internal static extern int truncate(byte[] path, long size);

        [DllImport(Library, SetLastError = true)]
        internal static extern int chmod(byte[] path, uint mode);

        [DllImport(Library, SetLastError = true)]
        internal static extern int open(byte[] path, int flags, uint mode);

        [DllImport(Library, SetLastError = true)]
        internal static extern int close(int fd);

        [DllImport(Library, SetLastError = true)]
        internal static extern int stat(byte[] path, byte[] result);

        [DllImport(Library, SetLastError = true)]
        internal static extern int lstat(byte[] path, byte[] result);
#pragma warning restore IDE1006, SYSLIB1054, CA5392
    }
}
