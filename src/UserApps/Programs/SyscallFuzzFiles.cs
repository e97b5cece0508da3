using System.Runtime.InteropServices;
using System.Text;

namespace KernelSockets.UserApps.Programs;

/// <summary>
/// The files that the calls of <see cref="SyscallFuzz"/> are made with: a directory of their own, made anew for each call, with paths that lead to all there is
/// and to what is not there.
/// </summary>
internal sealed class SyscallFuzzFiles : IDisposable
{
    /// <summary>A regular file, open for reading and writing.</summary>
    public const int Regular = 0;

    /// <summary>The directory with everything, as O_PATH opens it.</summary>
    public const int Folder = 1;

    /// <summary>A pipe's end to read from.</summary>
    public const int Reader = 2;

    /// <summary>A pipe's end to write to.</summary>
    public const int Writer = 3;

    /// <summary>/dev/null, open for writing.</summary>
    public const int Null = 4;

    /// <summary>Another regular file, empty, open for reading and writing.</summary>
    public const int Other = 5;

    /// <summary>The directory, open for reading; never put in the place of another.</summary>
    public const int Listing = 6;

    /// <summary>Descriptors that may stand in for others.</summary>
    public const int WildDescriptors = 6;

    /// <summary>The first path; <see cref="Paths"/> of them follow each other.</summary>
    public const int PathArea = 0x2_8000;

    public const int FilePath = PathArea + PathSize;
    public const int DirectoryPath = PathArea + (2 * PathSize);
    public const int LinkPath = PathArea + (3 * PathSize);
    public const int NewPath = PathArea + (4 * PathSize);
    public const int EmptyPath = PathArea + (5 * PathSize);
    public const int RelativeFile = PathArea + (AbsolutePaths * PathSize);
    public const int RelativeNew = PathArea + ((AbsolutePaths + 1) * PathSize);

    /// <summary>Paths that lead into the directory by themselves, or nowhere.</summary>
    public const int AbsolutePaths = 17;

    private const int PathSize = 0x200;
    private const string Content = "a file of thirty-two characters\n";

    // In the order of the constants above, then what no call asks for when all is right. The relative ones stand last: without a directory's descriptor
    // they would lead to files of somebody else's.
    private static readonly string[] s_paths =
    [
        "/", "/file", "/dir", "/link", "/new", "", "/dir/", "/file/", "/file/x", "/none/x", "/loop", "/dir/..", "/new/", "/broken", "/dlink/in",
        "/" + new string('n', 300), "/other", "file", "new", "dir/in", ".",
    ];

    private readonly nint _memory;
    private readonly long[] _descriptors = new long[WildDescriptors + 1];
    private readonly string _root = Directory.CreateTempSubdirectory("syscallfuzz").FullName;

    public SyscallFuzzFiles(nint memory)
    {
        _memory = memory;
        for (int i = 0; i < s_paths.Length; i++)
        {
            string path = s_paths[i].StartsWith('/') ? _root + s_paths[i] : s_paths[i];
            byte[] bytes = Encoding.UTF8.GetBytes(path + '\0');
            Marshal.Copy(bytes, 0, _memory + PathArea + (i * PathSize), bytes.Length);
        }

        Array.Fill(_descriptors, -1);
    }

    /// <summary>How many paths there are.</summary>
    public static int Paths => s_paths.Length;

    /// <summary>What calls are made with.</summary>
    public long[] Descriptors => _descriptors;

    /// <summary>A path by its place.</summary>
    public static int PathAt(int index) => PathArea + (index * PathSize);

    /// <summary>Makes everything anew, whatever the last call has left.</summary>
    public void Restore()
    {
        Close();
        RemoveAll();
        string file = Path.Combine(_root, "file");
        File.WriteAllText(file, Content);
        File.WriteAllText(Path.Combine(_root, "other"), "");
        Directory.CreateDirectory(Path.Combine(_root, "dir"));
        File.WriteAllText(Path.Combine(_root, "dir", "in"), "in");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "file");
        File.CreateSymbolicLink(Path.Combine(_root, "loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(_root, "broken"), "nowhere");
        File.CreateSymbolicLink(Path.Combine(_root, "dlink"), "dir");
        const int readWrite = 2, pathOnly = 0x20_0000, pipeFlags = 0x800;
        _descriptors[Regular] = Open(FilePath, readWrite);
        _descriptors[Folder] = Open(PathArea, pathOnly);
        _descriptors[Null] = OpenNull();
        _descriptors[Other] = Open(PathAt(Array.IndexOf(s_paths, "/other")), readWrite);
        _descriptors[Listing] = Open(PathArea, 0);
        SyscallFuzz.Invoke(293, _memory + SyscallFuzzWorld.OutArea, pipeFlags, 0, 0, 0, 0);
        _descriptors[Reader] = Marshal.ReadInt32(_memory, SyscallFuzzWorld.OutArea);
        _descriptors[Writer] = Marshal.ReadInt32(_memory, SyscallFuzzWorld.OutArea + sizeof(int));
    }

    public void Dispose()
    {
        Close();
        RemoveAll();
        Directory.Delete(_root);
    }

    private static long OpenNull()
    {
        nint path = Marshal.StringToHGlobalAnsi("/dev/null");
        long fd = SyscallFuzz.Invoke(2, path, 1, 0, 0, 0, 0);
        Marshal.FreeHGlobal(path);
        return fd;
    }

    private long Open(int path, int flags) => SyscallFuzz.Invoke(2, _memory + path, flags, 0, 0, 0, 0);

    private void Close()
    {
        foreach (long fd in _descriptors)
        {
            SyscallFuzz.Invoke(3, fd, 0, 0, 0, 0, 0);
        }
    }

    private void RemoveAll()
    {
        DirectoryInfo root = new(_root) { UnixFileMode = (UnixFileMode)0x1C0 };
        foreach (FileSystemInfo entry in Files.DirectoryEntries.Of(root.FullName))
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.UnixFileMode = (UnixFileMode)0x1C0;
                directory.Delete(recursive: true);
            }
            else
            {
                File.Delete(entry.FullName);
            }
        }
    }
}
