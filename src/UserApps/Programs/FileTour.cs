using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Programs;

/// <summary>
/// filetour: an ordinary C# program that goes through what System.IO offers, in a directory of its own, and prints what it sees. It has to print the same on
/// any system.
/// </summary>
internal static class FileTour
{
    public const string Help = """
        Usage: filetour DIRECTORY
        Makes DIRECTORY, which must not be there, tries System.IO in it, prints what it sees, and removes it.

        """;

    public static int Main(string[] args)
    {
        if (args.Length != 1)
        {
            return App.Misused("filetour", args.Length == 0 ? "missing operand" : "too many operands");
        }

        if (Path.Exists(args[0]))
        {
            Console.Error.WriteLine($"filetour: {args[0]}: {Errno.EEXIST.Describe()}"); // it would be removed in the end, with what is in it
            return 1;
        }

        Run(args[0], Console.Out);
        return 0;
    }

    /// <summary>Makes the tour.</summary>
    public static void Run(string directory, TextWriter output)
    {
        Directory.CreateDirectory(directory);
        try
        {
            FileTourStop stop = new(Path.GetFullPath(directory), output);
            ReadAndWrite(stop);
            Move(stop);
            Describe(stop);
            Link(stop);
            Enumerate(stop);
            FileTourStreams.Seek(stop);
            FileTourStreams.Share(stop);
            FileTourStreams.LockParts(stop);
            FileTourStreams.AccessAtRandom(stop);
            FileTourStreams.RunAsynchronously(stop).GetAwaiter().GetResult();
            Refuse(stop);
            stop.Tell("left", Directory.GetFileSystemEntries(stop.Root).Length);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void ReadAndWrite(FileTourStop stop)
    {
        string text = stop.At("text");
        File.WriteAllText(text, "Grüße\nzweite Zeile\n");
        stop.Tell("bytes", File.ReadAllBytes(text).Length);
        stop.Tell("lines", string.Join('|', File.ReadAllLines(text)));
        File.AppendAllLines(text, ["third", "fourth"]);
        stop.Tell("appended", File.ReadLines(text).Count());
        using (StreamWriter writer = new(stop.At("latin"), append: false, Encoding.Latin1))
        {
            writer.NewLine = "\r\n";
            writer.WriteLine("Grüße");
        }

        stop.Tell("latin", Convert.ToHexString(File.ReadAllBytes(stop.At("latin"))));
        File.Delete(stop.At("latin"));
        File.Delete(stop.At("never was"));
        using (BinaryWriter binary = new(File.Create(stop.At("binary"))))
        {
            binary.Write(42);
            binary.Write("name");
            binary.Write(Math.PI);
        }

        using (BinaryReader binary = new(File.OpenRead(stop.At("binary"))))
        {
            stop.Tell("binary", string.Create(CultureInfo.InvariantCulture, $"{binary.ReadInt32()} {binary.ReadString()} {binary.ReadDouble():F3}"));
        }

        File.Delete(stop.At("binary"));
        File.Delete(text);
    }

    private static void Move(FileTourStop stop)
    {
        string first = stop.At("first");
        string second = stop.At("second");
        File.WriteAllText(first, new string('1', 100_000));
        File.Copy(first, second);
        stop.Tell("copy", new FileInfo(second).Length);
        stop.Try("copy over it", () => File.Copy(first, second));
        File.WriteAllText(first, "new");
        File.Copy(first, second, overwrite: true);
        stop.Tell("copied over", File.ReadAllText(second));
        File.Move(second, stop.At("third"));
        stop.Tell("moved", $"{File.Exists(second)} {File.Exists(stop.At("third"))}");
        stop.Try("move over it", () => File.Move(first, stop.At("third")));
        File.Move(first, stop.At("third"), overwrite: true);
        File.WriteAllText(first, "replacement");
        File.Replace(first, stop.At("third"), stop.At("backup"));
        stop.Tell("replaced", $"{File.ReadAllText(stop.At("third"))} {File.ReadAllText(stop.At("backup"))} {File.Exists(first)}");
        Directory.CreateDirectory(stop.At("a/b/c"));
        File.Move(stop.At("third"), stop.At("a/b/c/file"));
        Directory.Move(stop.At("a/b"), stop.At("b"));
        stop.Tell("tree", File.ReadAllText(stop.At("b/c/file")));
        stop.Try("delete what is not empty", () => Directory.Delete(stop.At("b")));
        Directory.Delete(stop.At("b"), recursive: true);
        Directory.Delete(stop.At("a"));
        File.Delete(stop.At("backup"));
    }

    private static void Describe(FileTourStop stop)
    {
        string path = stop.At("described");
        File.WriteAllText(path, "some text");
        FileInfo info = new(path);
        DateTime time = new(2001, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc);
        info.LastWriteTimeUtc = time;
        info.LastAccessTimeUtc = time.AddDays(1);
        info.Refresh();
        stop.Tell("times", string.Create(CultureInfo.InvariantCulture, $"{info.LastWriteTimeUtc:O} {info.LastAccessTimeUtc:O}"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        stop.Tell("mode", File.GetUnixFileMode(path));
        info.IsReadOnly = true;
        info.Refresh();
        stop.Tell("read-only", $"{info.IsReadOnly} {info.Attributes} {info.UnixFileMode}");
        info.IsReadOnly = false;
        stop.Tell("info", $"{info.Name} {info.Extension} {info.Length} {info.DirectoryName == stop.Root} {info.Exists}");
        File.WriteAllText(stop.At(".hidden"), "");
        stop.Tell("hidden", File.GetAttributes(stop.At(".hidden")));
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, PreallocationSize = 4096 };
        using (FileStream made = new(stop.At("private"), options))
        {
            made.WriteByte(1);
        }

        stop.Tell("private", File.GetUnixFileMode(stop.At("private")));
        Array.ForEach(["described", ".hidden", "private"], name => File.Delete(stop.At(name)));
    }

    private static void Link(FileTourStop stop)
    {
        File.WriteAllText(stop.At("target"), "through a link");
        File.CreateSymbolicLink(stop.At("link"), "target");
        Directory.CreateDirectory(stop.At("folder"));
        Directory.CreateSymbolicLink(stop.At("chain"), "link");
        File.CreateSymbolicLink(stop.At("broken"), "nowhere");
        stop.Tell("link", $"{new FileInfo(stop.At("link")).LinkTarget} {File.ReadAllText(stop.At("chain"))} {new FileInfo(stop.At("link")).Attributes}");
        stop.Tell("final", Path.GetFileName(File.ResolveLinkTarget(stop.At("chain"), returnFinalTarget: true)!.FullName));
        stop.Tell("broken", $"{File.Exists(stop.At("broken"))} {new FileInfo(stop.At("broken")).LinkTarget}");
        stop.Try("open what is broken", () => File.ReadAllText(stop.At("broken")));
        File.CreateSymbolicLink(stop.At("round"), "round");
        stop.Try("go round", () => File.ReadAllText(stop.At("round")));
        Array.ForEach(["link", "chain", "broken", "round", "target"], name => File.Delete(stop.At(name)));
        Directory.Delete(stop.At("folder"));
    }

    private static void Enumerate(FileTourStop stop)
    {
        DirectoryInfo many = Directory.CreateDirectory(stop.At("many"));
        for (int i = 0; i < 300; i++)
        {
            File.WriteAllText(Path.Combine(many.FullName, $"file{i:D3}.{(i % 3 == 0 ? "txt" : "dat")}"), new string('x', i));
        }

        for (int i = 0; i < 5; i++)
        {
            many.CreateSubdirectory($"sub{i}/inner{i}");
        }

        stop.Tell("files", $"{many.GetFiles().Length} {many.GetFiles("*.txt").Length} {many.GetFiles("file0?0.*").Length}");
        stop.Tell("directories", string.Join(' ', many.EnumerateDirectories("*", SearchOption.AllDirectories).Select(static each => each.Name).Order(StringComparer.Ordinal)));
        stop.Tell("sum", many.EnumerateFiles().Sum(static file => file.Length));
        EnumerationOptions options = new() { RecurseSubdirectories = true, MaxRecursionDepth = 0, MatchType = MatchType.Simple };
        stop.Tell("shallow", Directory.EnumerateFileSystemEntries(many.FullName, "sub*", options).Count());
        foreach (string file in Directory.EnumerateFiles(many.FullName))
        {
            File.Delete(file);
        }

        stop.Tell("emptied", many.GetFiles().Length);
        many.Delete(recursive: true);
        stop.Tell("gone", Directory.Exists(many.FullName));
        stop.Tell("paths", $"{Path.GetRelativePath(stop.Root, stop.At("a/../b/c"))} {Path.ChangeExtension("a.b", "c")} {Path.GetFileNameWithoutExtension("/x/y.z")}");
        string temporary = Path.Combine(stop.Root, Path.GetRandomFileName());
        stop.Tell("temporary", $"{Path.GetFileName(temporary).Length} {Path.Exists(temporary)}");
    }

    private static void Refuse(FileTourStop stop)
    {
        File.WriteAllText(stop.At("file"), "");
        stop.Try("read what is missing", () => File.ReadAllText(stop.At("missing")));
        stop.Try("read in a missing directory", () => File.ReadAllText(stop.At("missing/file")));
        stop.Try("read below a file", () => File.ReadAllText(stop.At("file/below")));
        stop.Try("read a directory", () => File.ReadAllText(stop.Root));
        stop.Try("write to a directory", () => File.WriteAllText(stop.Root, ""));
        stop.Try("create what is there", () => new FileStream(stop.At("file"), FileMode.CreateNew).Dispose());
        stop.Try("make a directory of a file", () => Directory.CreateDirectory(stop.At("file")));
        stop.Try("delete a missing directory", () => Directory.Delete(stop.At("missing")));
        stop.Try("delete a directory as a file", () => File.Delete(stop.Root));
        stop.Try("list what is missing", () => Directory.GetFiles(stop.At("missing")));
        stop.Try("a name that is too long", () => File.WriteAllText(stop.At(new string('n', 256)), ""));
        stop.Try("a path that is too long", () => File.WriteAllText(stop.At(string.Concat(Enumerable.Repeat("long/", 900))), ""));
        stop.Try("a name with a zero", () => File.WriteAllText(stop.At("a\0b"), ""));
        File.Delete(stop.At("file"));
    }
}
