using System.Runtime.InteropServices;

namespace KernelSockets.MkMinix;

/// <summary>Copies a tree of an image to a folder of the host.</summary>
internal static class Extraction
{
    /// <summary>Copies directories, files of all kinds and links, hard ones too. What is there already stays, and is an error.</summary>
    /// <param name="image">The image.</param>
    /// <param name="inside">Directory of the image.</param>
    /// <param name="target">The folder, which is made if needed.</param>
    /// <param name="progress">Is told of every file.</param>
    public static void Copy(Image image, string inside, string target, Progress progress) => Copy(image, inside, target, progress, []);

    /// <param name="image">The image.</param>
    /// <param name="inside">Directory of the image.</param>
    /// <param name="target">The folder.</param>
    /// <param name="progress">Is told of every file.</param>
    /// <param name="first">Where each file with several names was copied to, by its number in the image.</param>
    private static void Copy(Image image, string inside, string target, Progress progress, Dictionary<ulong, string> first)
    {
        Directory.CreateDirectory(target);
        foreach (string name in image.List(inside))
        {
            string path = $"{inside.TrimEnd('/')}/{name}";
            string copy = Path.Combine(target, CheckName(name, path));
            FileStat stat = image.Stat(path);
            switch (stat.Mode.Type())
            {
                case InodeMode.Directory:
                    Copy(image, path, copy, progress, first);
                    break;
                case InodeMode.SymbolicLink:
                    File.CreateSymbolicLink(copy, image.ReadLink(path));
                    break;
                case InodeMode.Regular when stat.LinkCount > 1 && !first.TryAdd(stat.InodeNumber, copy):
                    Check(path, "link", MakeLink(first[stat.InodeNumber], copy));
                    break;
                case InodeMode.Regular:
                    CopyFile(image, path, copy, stat);
                    progress.Add(stat.Size);
                    break;
                case InodeMode.Fifo or InodeMode.CharacterDevice or InodeMode.BlockDevice:
                    MakeNode(path, copy, stat);
                    break;
                default:
                    throw new ImageException(path, "a kind of file that the host cannot make");
            }
        }
    }

    /// <summary>Pipes with names, and, for root, devices.</summary>
    private static void MakeNode(string path, string copy, in FileStat stat) =>
        Check(path, "mknod", MakeNode(copy, (uint)stat.Mode, stat.SpecialDevice.Encoded));

    private static void Check(string path, string call, int result)
    {
        if (result != 0)
        {
            throw new ImageException(path, $"{call}: {new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int MakeLink([MarshalAs(UnmanagedType.LPUTF8Str)] string old, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport("libc", EntryPoint = "mknod", SetLastError = true)]
    private static extern int MakeNode([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode, ulong device);

    /// <summary>A name in a damaged image might lead out of the folder.</summary>
    private static string CheckName(string name, string path) =>
        name.Contains('/', StringComparison.Ordinal) || name is "." or ".." ? throw new ImageException(path, "not a name for a file of the host") : name;

    private static void CopyFile(Image image, string path, string copy, FileStat stat)
    {
        using (FileStream output = new(copy, FileMode.CreateNew, FileAccess.Write))
        {
            image.ReadFile(path, output);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(copy, (UnixFileMode)((int)stat.Mode & (int)InodeMode.AllForAll));
        }

        File.SetLastWriteTimeUtc(copy, stat.ModificationTime.UtcDateTime);
    }
}
