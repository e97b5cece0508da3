using KernelSockets.Simulation.Disk;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>Random operations on a recorded disk, and the model of them.</summary>
internal sealed class CrashRun
{
    private readonly Fixture _files = new();
    private readonly Random _random;

    /// <summary>Random operations.</summary>
    public CrashRun(string options, int seed, int operations)
        : this(options, seed)
    {
        for (int i = 0; i < operations; i++)
        {
            Step();
        }

        End();
    }

    /// <summary>Given operations, for example <c>mkdir /a</c>, <c>write /a/f</c>, <c>mv /a /b</c>, <c>ln /b/f /g</c>, <c>rm /g</c>, <c>sync</c>.</summary>
    public CrashRun(string options, params string[] script)
        : this(options, seed: 1)
    {
        foreach (string line in script)
        {
            Do(line.Split(' '));
        }

        Synchronize();
        End();
    }

    private CrashRun(string options, int seed)
    {
        _random = new Random(seed);
        MemoryDisk blank = new(kibibytes: 400);
        Assert.Equal(Errno.Success, _files.Vfs.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(blank, options));
        Disk = new RecordingDisk(blank.Content);
        _files.MakeDirectory("/m");
        _files.Mount("/m", Disk);
    }

    public RecordingDisk Disk { get; }

    public CrashModel Model { get; } = new();

    /// <summary>Reads the whole tree of an image.</summary>
    public static Dictionary<string, byte[]?> ReadTree(byte[] image, string when)
    {
        Fixture files = new();
        files.MakeDirectory("/m");
        files.Mount("/m", new MemoryDisk(image), isReadOnly: true);
        Dictionary<string, byte[]?> tree = [];
        ReadInto(files, "/m", string.Empty, tree, when);
        return tree;
    }

    private static void ReadInto(Fixture files, string root, string path, Dictionary<string, byte[]?> tree, string when)
    {
        foreach (string name in files.List(root + path).Where(name => name is not ("." or "..")))
        {
            string inside = $"{path}/{name}";
            Assert.True(tree.TryAdd(inside, null), $"{when}: {inside} is there twice");
            FileStat stat = files.Stat(root + inside, follows: false);
            if (stat.Mode.IsDirectory())
            {
                ReadInto(files, root, inside, tree, when);
                continue;
            }

            OpenFile file = files.Open(root + inside);
            byte[] content = new byte[stat.Size];
            Assert.Equal(IoResult.Ok(content.Length), file.ReadAt(content, 0));
            file.Release();
            tree[inside] = content;
        }
    }

    private static byte[] Path(string path) => Fixture.Bytes("/m" + path);

    private void End() => Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/m"u8));

    private void Do(string[] words)
    {
        switch (words)
        {
            case ["mkdir", { } path]:
                _files.MakeDirectory("/m" + path);
                Model.Add(path, null);
                break;
            case ["write", { } path]:
                ModelFile file = Model.NewFile();
                byte[] content = CrashModel.Records(file, 200, _random);
                OpenFile open = _files.Open("/m" + path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive);
                Assert.Equal(IoResult.Ok(content.Length), open.Write(content));
                open.Release();
                Model.Add(path, file);
                Model.Change(file, content);
                break;
            case ["ln", { } existing, { } path]:
                Assert.Equal(Errno.Success, _files.Vfs.Link(_files.Root, Path(existing), Path(path), follows: false));
                Model.Add(path, Model.Entries[existing]);
                break;
            case ["mv", { } from, { } to]:
                Assert.Equal(Errno.Success, _files.Vfs.Rename(_files.Root, Path(from), Path(to)));
                Model.Move(from, to);
                break;
            case ["rm", { } path]:
                Assert.Equal(Errno.Success, _files.Vfs.Unlink(_files.Root, Path(path)));
                Model.Remove(path);
                break;
            case ["rmdir", { } path]:
                Assert.Equal(Errno.Success, _files.Vfs.RemoveDirectory(_files.Root, Path(path)));
                Model.Remove(path);
                break;
            default:
                Synchronize();
                break;
        }
    }

    private void Step()
    {
        _files.Clock.Passed += TimeSpan.FromSeconds(1);
        switch (_random.Next(16))
        {
            case 0 or 1 or 2:
                Create();
                break;
            case 3 or 4 or 5:
                Write();
                break;
            case 6:
                Truncate();
                break;
            case 7:
                MakeDirectory();
                break;
            case 8 or 9:
                Remove();
                break;
            case 10:
                Link();
                break;
            case 11 or 12 or 13:
                Rename();
                break;
            case 14:
                Synchronize();
                break;
            default:
                // What the kernel's task does; it confirms nothing that anybody hears of.
                Assert.Equal(Errno.Success, _files.Vfs.WriteBackOld(TimeSpan.FromSeconds(5)));
                break;
        }
    }

    private void Create()
    {
        string path = NewPath();
        if (!Model.Entries.ContainsKey(path) && _files.TryOpen("/m" + path, OpenFlags.WriteOnly | OpenFlags.Create) == Errno.Success)
        {
            Model.Add(path, Model.NewFile());
        }
    }

    private void Write()
    {
        if (AnyFile() is not var (path, file))
        {
            return;
        }

        byte[] data = CrashModel.Records(file, _random.Next(1, 300), _random);
        int at = _random.Next(3) == 0 ? file.Content.Length : _random.Next(1000) * CrashModel.RecordSize;
        OpenFile open = _files.Open("/m" + path, OpenFlags.WriteOnly);
        IoResult result = open.WriteAt(data, at);
        Assert.True(result.IsSuccess || result.Error == Errno.ENOSPC, result.Error.ToString());
        byte[] content = (byte[])file.Content.Clone();
        if (result.Count > 0)
        {
            Array.Resize(ref content, Math.Max(content.Length, at + result.Count));
            data.AsSpan(0, result.Count).CopyTo(content.AsSpan(at));
        }

        Model.Change(file, content);
        if (_random.Next(4) == 0)
        {
            Assert.Equal(Errno.Success, open.Operations.Sync(open, isDataOnly: false));
            Model.Confirm(Disk.Writes);
        }

        open.Release();
    }

    private void Truncate()
    {
        if (AnyFile() is var (path, file))
        {
            byte[] content = file.Content;
            Array.Resize(ref content, _random.Next(2) == 0 ? 0 : _random.Next((content.Length / CrashModel.RecordSize) + 1) * CrashModel.RecordSize);
            Assert.Equal(Errno.Success, _files.Vfs.Truncate(_files.Root, Path(path), content.Length));
            Model.Change(file, content);
        }
    }

    private void MakeDirectory()
    {
        string path = NewPath();
        if (!Model.Entries.ContainsKey(path) && _files.Vfs.MakeDirectory(_files.Root, Path(path), InodeMode.DefaultDirectory) == Errno.Success)
        {
            Model.Add(path, null);
        }
    }

    private void Remove()
    {
        if (AnyPath() is not { } path)
        {
            return;
        }

        bool isDirectory = Model.Entries[path] is null;
        Errno error = isDirectory ? _files.Vfs.RemoveDirectory(_files.Root, Path(path)) : _files.Vfs.Unlink(_files.Root, Path(path));
        Assert.True(error == Errno.Success || (isDirectory && error == Errno.ENOTEMPTY), $"{path}: {error}");
        if (error == Errno.Success)
        {
            Model.Remove(path);
        }
    }

    private void Link()
    {
        string path = NewPath();
        if (AnyFile() is var (existing, file) && !Model.Entries.ContainsKey(path)
            && _files.Vfs.Link(_files.Root, Path(existing), Path(path), follows: false) == Errno.Success)
        {
            Model.Add(path, file);
        }
    }

    private void Rename()
    {
        string? from = AnyPath();
        string? to = _random.Next(2) == 0 ? NewPath() : AnyPath();
        if (from is null || to is null || from == to || _files.Vfs.Rename(_files.Root, Path(from), Path(to)) != Errno.Success)
        {
            return;
        }

        // Two names of one file: rename does nothing.
        if (Model.Entries.TryGetValue(to, out ModelFile? replaced) && replaced is not null && replaced == Model.Entries[from])
        {
            return;
        }

        Model.Move(from, to);
    }

    private void Synchronize()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Synchronize());
        Model.Confirm(Disk.Writes);
    }

    private string NewPath()
    {
        string?[] directories = [string.Empty, .. Model.Entries.Where(entry => entry.Value is null && entry.Key.Count(c => c == '/') < 4).Select(entry => entry.Key)];
        return $"{directories[_random.Next(directories.Length)]}/n{_random.Next(24)}";
    }

    private string? AnyPath() => Model.Entries.Count == 0 ? null : Model.Entries.Keys.ElementAt(_random.Next(Model.Entries.Count));

    private (string Path, ModelFile File)? AnyFile()
    {
        List<string> files = [.. Model.Entries.Where(entry => entry.Value is not null).Select(entry => entry.Key)];
        if (files.Count == 0)
        {
            return null;
        }

        string path = files[_random.Next(files.Count)];
        return (path, Model.Entries[path]!);
    }
}
