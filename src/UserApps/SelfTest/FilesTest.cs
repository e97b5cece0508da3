namespace KernelSockets.UserApps.SelfTest;

/// <summary>System.IO works on the file system: files and directories are made, written, moved, copied, listed and removed.</summary>
internal sealed class FilesTest : RuntimeTest
{
    private const int LargeSize = 300_000;

    /// <inheritdoc/>
    public override string Name => "files";

    /// <inheritdoc/>
    public override string Summary => "System.IO: File, FileStream, Directory, enumeration, links";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        string root = Path.Combine(Path.GetTempPath(), $"selftest-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        Directory.CreateDirectory(root);
        try
        {
            WriteAndRead(root);
            MoveAndCopy(root);
            Link(root);
            Enumerate(root);
            Refuse(root);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        Expect.True(!Directory.Exists(root), "a removed directory exists");
        return "";
    }

    private static void WriteAndRead(string root)
    {
        string path = Path.Combine(root, "data");
        byte[] data = new byte[LargeSize];
        new Random(1).NextBytes(data);
        File.WriteAllBytes(path, data);
        Expect.True(data.AsSpan().SequenceEqual(File.ReadAllBytes(path)), "other bytes were read than were written");
        using (FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite))
        {
            stream.SetLength(1000);
            stream.Seek(0, SeekOrigin.End);
            stream.Write("end"u8);
            stream.Flush(flushToDisk: true);
            Expect.Equal(1003, stream.Length, "length after truncation and a write");
        }

        File.AppendAllText(path, "more");
        Expect.Equal(1007, new FileInfo(path).Length, "length after an append");
        File.WriteAllText(path, "one\ntwo\n");
        Expect.Equal(2, File.ReadLines(path).Count(), "lines");
    }

    private static void MoveAndCopy(string root)
    {
        string first = Path.Combine(root, "data");
        string second = Path.Combine(root, "sub", "deeper", "copy");
        Directory.CreateDirectory(Path.GetDirectoryName(second)!);
        File.Copy(first, second);
        Expect.Equal("one\ntwo\n", File.ReadAllText(second), "a copy");
        File.Move(second, Path.Combine(root, "sub", "moved"));
        Expect.True(!File.Exists(second) && File.Exists(Path.Combine(root, "sub", "moved")), "a moved file is not where it should be");
        Directory.Move(Path.Combine(root, "sub"), Path.Combine(root, "other"));
        Expect.Equal("one\ntwo\n", File.ReadAllText(Path.Combine(root, "other", "moved")), "a file in a moved directory");
        File.Move(Path.Combine(root, "other", "moved"), first, overwrite: true);
    }

    private static void Link(string root)
    {
        string link = Path.Combine(root, "link");
        File.CreateSymbolicLink(link, "data");
        Expect.Equal("data", new FileInfo(link).LinkTarget, "target of a link");
        Expect.Equal("one\ntwo\n", File.ReadAllText(link), "a file through a link");
        File.Delete(link);
        Expect.True(File.Exists(Path.Combine(root, "data")), "what a removed link pointed to is gone");
    }

    private static void Enumerate(string root)
    {
        const int Count = 200;
        string many = Path.Combine(root, "many");
        Directory.CreateDirectory(many);
        for (int i = 0; i < Count; i++)
        {
            File.WriteAllText(Path.Combine(many, $"file {i}"), $"{i}");
        }

        Expect.Equal(Count, Directory.GetFiles(many).Length, "files in a directory");
        Expect.Equal(11, Directory.EnumerateFiles(many, "file 1?").Count(), "files that match a pattern");
        Expect.True(Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Count() > Count, "a recursive listing is too short");
    }

    private static void Refuse(string root)
    {
        string missing = Path.Combine(root, "missing");
        Expect.Throws<FileNotFoundException>(() => File.ReadAllText(missing), "a missing file");
        Expect.Throws<DirectoryNotFoundException>(() => File.WriteAllText(Path.Combine(missing, "x"), ""), "a file in a missing directory");
        Expect.Throws<DirectoryNotFoundException>(() => Directory.Delete(missing), "a missing directory");
        Expect.Throws<IOException>(() => Directory.Delete(Path.Combine(root, "many")), "a directory that is not empty");
        Expect.Throws<IOException>(() => File.Move(Path.Combine(root, "data"), Path.Combine(root, "many", "file 1")), "a move over another file");
        Expect.Throws<IOException>(() => File.Open(Path.Combine(root, "data"), FileMode.CreateNew), "a file that is there already");
    }
}
