using static KernelSockets.UserApps.Programs.SyscallFuzzCall;
using static KernelSockets.UserApps.Programs.SyscallFuzzFiles;

namespace KernelSockets.UserApps.Programs;

/// <summary>The calls on files that <see cref="SyscallFuzz"/> makes, right as they stand.</summary>
internal static class SyscallFuzzFileCalls
{
    private const int Out = SyscallFuzzWorld.OutArea;
    private const int Vector = SyscallFuzzWorld.HeaderArea + 0x100;
    private const int Lock = SyscallFuzzWorld.LockArea;
    private const int Times = SyscallFuzzWorld.TimesArea;
    private const int Zero = SyscallFuzzWorld.ZeroArea;
    private const long Mode = 0x1A4;
    private const long FifoMode = 0x11A4;

    /// <summary>Those on paths.</summary>
    public static IReadOnlyList<SyscallFuzzCall> Names { get; } =
    [
        new("open", 2, true, PathOf(FilePath), Wildable(2), Fixed(Mode)),
        new("open", 2, true, PathOf(NewPath), Wildable(0x42), Wildable(Mode)),
        new("openat", 257, true, Descriptor(Folder), RelativePathOf(RelativeFile), Wildable(0), Fixed(0)),
        new("creat", 85, true, PathOf(NewPath), Fixed(Mode)),
        new("stat", 4, false, PathOf(LinkPath), Memory(Out)),
        new("lstat", 6, false, PathOf(LinkPath), Memory(Out)),
        new("fstat", 5, false, Descriptor(Regular), Memory(Out)),
        new("newfstatat", 262, false, Descriptor(Folder), RelativePathOf(RelativeFile), Memory(Out), Wildable(0x100)),
        new("newfstatat", 262, false, Descriptor(Regular), PathOf(EmptyPath), Memory(Out), Fixed(0x1000)),
        new("statx", 332, false, Descriptor(Folder), RelativePathOf(RelativeFile), Wildable(0x100), Wildable(0x7FF), Memory(Out)),
        new("statx", 332, false, Descriptor(Regular), PathOf(EmptyPath), Fixed(0x1000), Wildable(0x7FF), Memory(Out)),
        new("access", 21, false, PathOf(FilePath), Wildable(2)),
        new("faccessat", 269, false, Descriptor(Folder), RelativePathOf(RelativeFile), Wildable(4)),
        new("faccessat2", 439, false, Descriptor(Folder), RelativePathOf(RelativeFile), Fixed(4), Wildable(0x200)),
        new("readlink", 89, false, PathOf(LinkPath), Memory(Out), Wildable(64)),
        new("readlinkat", 267, false, Descriptor(Folder), RelativePathOf(LinkPath), Memory(Out), Wildable(64)),
        new("mkdir", 83, false, PathOf(NewPath), Wildable(0x1ED)),
        new("mkdirat", 258, false, Descriptor(Folder), RelativePathOf(RelativeNew), Wildable(0x1ED)),
        new("rmdir", 84, false, PathOf(DirectoryPath)),
        new("unlink", 87, false, PathOf(LinkPath)),
        new("unlinkat", 263, false, Descriptor(Folder), RelativePathOf(RelativeFile), Wildable(0)),
        new("unlinkat", 263, false, Descriptor(Folder), RelativePathOf(DirectoryPath), Wildable(0x200)),
        new("link", 86, false, PathOf(FilePath), PathOf(NewPath)),
        new("linkat", 265, false, Descriptor(Folder), RelativePathOf(RelativeFile), Descriptor(Folder), RelativePathOf(RelativeNew), Fixed(0x400)),
        new("linkat", 265, false, Descriptor(Folder), RelativePathOf(RelativeFile), Descriptor(Folder), RelativePathOf(RelativeNew), Fixed(1000)),
        new("symlink", 88, false, PathOf(RelativeFile), PathOf(NewPath)),
        new("symlinkat", 266, false, PathOf(RelativeFile), Descriptor(Folder), RelativePathOf(RelativeNew)),
        new("rename", 82, false, PathOf(FilePath), PathOf(NewPath)),
        new("rename", 82, false, PathOf(DirectoryPath), PathOf(NewPath)),
        new("renameat", 264, false, Descriptor(Folder), RelativePathOf(RelativeFile), Descriptor(Folder), RelativePathOf(RelativeNew)),
        new("renameat2", 316, false, Descriptor(Folder), RelativePathOf(RelativeFile), Descriptor(Folder), RelativePathOf(RelativeNew), Fixed(1)),
        new("renameat2", 316, false, Descriptor(Folder), RelativePathOf(RelativeFile), Descriptor(Folder), RelativePathOf(RelativeNew), Fixed(1000)),
        new("mknod", 133, false, PathOf(NewPath), Wildable(FifoMode), Fixed(0)),
        new("mknodat", 259, false, Descriptor(Folder), RelativePathOf(RelativeNew), Fixed(FifoMode), Fixed(0)),
        new("truncate", 76, false, PathOf(FilePath), Fixed(50)),
        new("truncate", 76, false, PathOf(FilePath), Fixed(-1)),
        new("chmod", 90, false, PathOf(LinkPath), Wildable(Mode)),
        new("fchmodat2", 452, false, Descriptor(Folder), RelativePathOf(RelativeFile), Wildable(Mode), Wildable(0)),
        new("utimensat", 280, false, Descriptor(Folder), RelativePathOf(RelativeFile), Memory(Times), Wildable(0)),
        new("utimensat", 280, false, Descriptor(Regular), Fixed(0), Memory(Times), Fixed(0)),
        new("chown", 92, false, PathOf(LinkPath), Fixed(-1), Fixed(-1)),
        new("lchown", 94, false, PathOf(LinkPath), Fixed(-1), Fixed(-1)),
        new("fchownat", 260, false, Descriptor(Folder), RelativePathOf(RelativeFile), Fixed(-1), Fixed(-1), Wildable(0x100)),
        new("chdir", 80, false, FixedMemory(FilePath)),
        new("fchdir", 81, false, WithoutWildness(Regular)),
        new("fchdir", 81, false, Fixed(-1)),
        new("statfs", 137, false, PathOf(FilePath), Memory(Out)),
        new("umount2", 166, false, PathOf(NewPath), Wildable(0)),
        new("mount", 165, false, PathOf(RelativeFile), PathOf(NewPath), FixedMemory(EmptyPath), Fixed(0), Fixed(0)),
        new("listxattr", 194, false, PathOf(NewPath), Fixed(0), Fixed(0)),
    ];

    /// <summary>Those on descriptors.</summary>
    public static IReadOnlyList<SyscallFuzzCall> OnDescriptors { get; } =
    [
        new("read", 0, false, Descriptor(Regular), Memory(Out), Wildable(10)),
        new("write", 1, false, Descriptor(Other), FixedMemory(Zero), Fixed(10)),
        new("pread64", 17, false, Descriptor(Regular), Memory(Out), Fixed(10), Wildable(5)),
        new("pwrite64", 18, false, Descriptor(Other), FixedMemory(Zero), Fixed(10), Fixed(5)),
        new("pwrite64", 18, false, Descriptor(Other), FixedMemory(Zero), Fixed(10), Fixed(-1)),
        new("readv", 19, false, Descriptor(Regular), Memory(Vector), Wildable(1)),
        new("writev", 20, false, Descriptor(Other), Memory(Vector), Fixed(1)),
        new("preadv", 295, false, Descriptor(Regular), Memory(Vector), Wildable(1), Wildable(20), Fixed(0)),
        new("pwritev", 296, false, Descriptor(Other), Memory(Vector), Fixed(1), Fixed(20), Fixed(0)),
        new("preadv2", 327, false, Descriptor(Regular), Memory(Vector), Wildable(1), Wildable(-1), Fixed(0), Fixed(0)),
        new("pwritev2", 328, false, Descriptor(Other), Memory(Vector), Wildable(1), Fixed(-1), Fixed(0), Fixed(0)),
        new("lseek", 8, false, Descriptor(Regular), Wildable(5), Wildable(0)),
        new("lseek", 8, false, Descriptor(Regular), Wildable(5), Fixed(3)),
        new("lseek", 8, false, Descriptor(Regular), Wildable(5), Fixed(4)),
        new("lseek", 8, false, Descriptor(Other), Wildable(0), Fixed(2)),
        new("ftruncate", 77, false, Descriptor(Regular), Fixed(50)),
        new("ftruncate", 77, false, Descriptor(Regular), Fixed(-1)),
        new("fchown", 93, false, Descriptor(Regular), Fixed(-1), Fixed(-1)),
        new("dup3", 292, true, WithoutWildness(Regular), WithoutWildness(Regular), Wildable(0)),
        new("fchmod", 91, false, Descriptor(Regular), Wildable(Mode)),
        new("flock", 73, false, Descriptor(Regular), Wildable(5)),
        new("flock", 73, false, Descriptor(Reader), Fixed(6)),
        new("fcntl", 72, false, Descriptor(Regular), Fixed(5), Memory(Lock)),
        new("fcntl", 72, false, Descriptor(Regular), Fixed(6), Memory(Lock)),
        new("fcntl", 72, false, Descriptor(Regular), Fixed(7), Memory(Lock)),
        new("fcntl", 72, false, Descriptor(Regular), Fixed(3), Fixed(0)),
        new("fcntl", 72, false, Descriptor(Regular), Fixed(4), Fixed(0x400)),
        new("getdents64", 217, false, WithoutWildness(Listing), Memory(Out), Wildable(1000)),
        new("fsync", 74, false, Descriptor(Other)),
        new("fdatasync", 75, false, Descriptor(Other)),
        new("fstatfs", 138, false, Descriptor(Regular), Memory(Out)),
        new("fallocate", 285, false, Fixed(-1), Wildable(0), Fixed(0), Fixed(10)),
        new("fallocate", 285, false, Descriptor(Regular), Fixed(0), Fixed(-1), Wildable(10)),
        new("fadvise64", 221, false, Descriptor(Regular), Wildable(0), Wildable(0), Wildable(0)),
        new("readahead", 187, false, Descriptor(Regular), Fixed(0), Wildable(100)),
        new("sendfile", 40, false, Descriptor(Other), WithoutWildness(Regular), Fixed(0), Wildable(10)),
        new("sendfile", 40, false, WithoutWildness(Other), WithoutWildness(Regular), Memory(Zero), Wildable(10)),
        new("copy_file_range", 326, false, WithoutWildness(Regular), Memory(Zero), Descriptor(Other), Fixed(0), Wildable(10), Wildable(0)),
        new("copy_file_range", 326, false, Descriptor(Regular), Fixed(0), WithoutWildness(Other), Fixed(0), Fixed(10), Fixed(0)),
        new("close_range", 436, false, Fixed(0xFFFF_FFFE), Wildable(-1), Fixed(0)),
        // Not wild: CLOSE_RANGE_UNSHARE would part the calling thread from the descriptors of all others.
        new("close_range", 436, false, Fixed(0xFFFF_FFFE), Fixed(-1), Fixed(4)),
        new("close_range", 436, false, Fixed(0xFFFF_FFFE), Fixed(-1), Fixed(1)),
    ];
}
