using System.Buffers.Binary;

namespace KernelSockets.UserApps.Files;

/// <summary>All that statx(2) tells of a file.</summary>
internal sealed class FileStatus
{
    private const int Size = 256;
    private const uint Everything = 0xFFF; // STATX_BASIC_STATS and STATX_BTIME
    private const uint BirthField = 0x800; // STATX_BTIME
    private const int TypeMask = 0xF000;

    private readonly byte[] _bytes;

    private FileStatus(byte[] bytes) => _bytes = bytes;

    /// <summary>Preferred bytes for one transfer.</summary>
    public uint BlockSize => UInt32(4);

    /// <summary>Names it has.</summary>
    public uint Links => UInt32(16);

    /// <summary>Owner.</summary>
    public uint UserId => UInt32(20);

    /// <summary>Group.</summary>
    public uint GroupId => UInt32(24);

    /// <summary>Type and permissions.</summary>
    public int Mode => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(28));

    /// <summary>The type alone, as <see cref="FileModeText"/> names it.</summary>
    public int Type => Mode & TypeMask;

    /// <summary>Number in its file system.</summary>
    public ulong Inode => UInt64(32);

    /// <summary>Bytes.</summary>
    public long Length => (long)UInt64(40);

    /// <summary>Blocks of 512 bytes in use.</summary>
    public long Blocks => (long)UInt64(48);

    /// <summary>Last read.</summary>
    public FileTime Accessed => Time(64);

    /// <summary>When it was made; null when the file system does not know.</summary>
    public FileTime? Born => (UInt32(0) & BirthField) != 0 ? Time(80) : null;

    /// <summary>Last change of the inode.</summary>
    public FileTime Changed => Time(96);

    /// <summary>Last change of the content.</summary>
    public FileTime Modified => Time(112);

    /// <summary>The device that a device node stands for.</summary>
    public (uint Major, uint Minor) SpecialDevice => (UInt32(128), UInt32(132));

    /// <summary>The device that its file system is on.</summary>
    public (uint Major, uint Minor) Device => (UInt32(136), UInt32(140));

    /// <summary>True for regular files.</summary>
    public bool IsRegular => Type == FileModeText.Regular;

    /// <summary>True for directories.</summary>
    public bool IsDirectory => Type == FileModeText.Directory;

    /// <summary>True for symbolic links.</summary>
    public bool IsLink => Type == FileModeText.SymbolicLink;

    /// <summary>True when two paths lead to one file.</summary>
    public bool IsSameFile(FileStatus other) => Inode == other.Inode && Device == other.Device;

    /// <summary>Asks for a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="follows">Whether to follow a link that the path ends in.</param>
    /// <param name="status">What is known of it; null on failure.</param>
    /// <returns>What statx(2) says.</returns>
    public static Errno TryRead(string path, bool follows, out FileStatus? status) =>
        TryRead(FileLibc.CurrentDirectory, path, follows ? 0 : FileLibc.NoFollow, out status);

    /// <summary>Asks for an open file.</summary>
    /// <param name="descriptor">Its descriptor.</param>
    /// <param name="status">What is known of it; null on failure.</param>
    /// <returns>What statx(2) says.</returns>
    public static Errno TryRead(int descriptor, out FileStatus? status) => TryRead(descriptor, "", FileLibc.EmptyPath, out status);

    /// <summary>As <see cref="TryRead(string, bool, out FileStatus?)"/>, but a failure is thrown, as <see cref="FileReport"/> describes it.</summary>
    public static FileStatus Read(string path, bool follows)
    {
        Errno error = TryRead(path, follows, out FileStatus? status);
        return status ?? throw FileReport.Failure(error);
    }

    private static Errno TryRead(int directory, string path, int flags, out FileStatus? status)
    {
        byte[] bytes = new byte[Size];
        Errno error = FileLibc.StatExtended(directory, path, flags, Everything, bytes);
        status = error == Errno.Success ? new FileStatus(bytes) : null;
        return error;
    }

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    private ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));

    private FileTime Time(int offset) => new((long)UInt64(offset), (int)UInt32(offset + sizeof(long)));
}
