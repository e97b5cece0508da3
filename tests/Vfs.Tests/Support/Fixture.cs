using System.Text;

namespace KernelSockets.Vfs.Tests.Support;

/// <summary>A machine's files for a test, and short ways to use them.</summary>
internal sealed class Fixture
{
    public const int Job = 1;

    /// <param name="names">Names that the walk may remember.</param>
    public Fixture(int names = 1024)
    {
        Vfs = new VirtualFileSystem(Clock, new SeededEntropy(7), Queues, names);
        Assert.Equal(Errno.Success, Vfs.Files.AddJob(Job, null, null, null));
    }

    public VirtualFileSystem Vfs { get; }

    public ManualClock Clock { get; } = new();

    public ThreadWaitQueueFactory Queues { get; } = new();

    public Inode Root => Vfs.Root;

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public OpenFile Open(string path, OpenFlags flags = OpenFlags.ReadOnly, InodeMode mode = InodeMode.DefaultFile)
    {
        Errno error = Vfs.TryOpen(Root, Bytes(path), flags, mode, out OpenFile? file);
        Assert.True(error == Errno.Success, $"open {path}: {error}");
        return file!;
    }

    public Errno TryOpen(string path, OpenFlags flags)
    {
        Errno error = Vfs.TryOpen(Root, Bytes(path), flags, InodeMode.DefaultFile, out OpenFile? file);
        file?.Release();
        return error;
    }

    public void Write(string path, string text)
    {
        OpenFile file = Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate);
        Assert.Equal(IoResult.Ok(text.Length), file.Write(Bytes(text)));
        file.Release();
    }

    public string Read(string path)
    {
        OpenFile file = Open(path);
        string text = ReadAll(file);
        file.Release();
        return text;
    }

    public static string ReadAll(OpenFile file)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[1000];
        while (true)
        {
            IoResult result = file.Read(buffer);
            Assert.True(result.IsSuccess, result.Error.ToString());
            if (result.Count == 0)
            {
                return text.ToString();
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, result.Count));
        }
    }

    public void MakeDirectory(string path) => Assert.Equal(Errno.Success, Vfs.MakeDirectory(Root, Bytes(path), InodeMode.DefaultDirectory));

    public void Link(string target, string path) => Assert.Equal(Errno.Success, Vfs.MakeSymbolicLink(Root, Bytes(target), Bytes(path)));

    public Errno StatError(string path, bool follows = true) => Vfs.Stat(Root, Bytes(path), follows, out _);

    public FileStat Stat(string path, bool follows = true)
    {
        Assert.Equal(Errno.Success, Vfs.Stat(Root, Bytes(path), follows, out FileStat stat));
        return stat;
    }

    public List<string> List(string path)
    {
        OpenFile directory = Open(path);
        List<string> names = [];
        byte[] buffer = new byte[100];
        while (true)
        {
            IoResult result = directory.ReadDirectory(buffer);
            Assert.True(result.IsSuccess, result.Error.ToString());
            if (result.Count == 0)
            {
                directory.Release();
                return names;
            }

            for (int at = 0; at < result.Count; at += BitConverter.ToUInt16(buffer, at + 16))
            {
                int end = Array.IndexOf(buffer, (byte)0, at + 19);
                names.Add(Encoding.UTF8.GetString(buffer, at + 19, end - at - 19));
            }
        }
    }

    /// <summary>Makes a minix file system on a disk and mounts it on a new directory.</summary>
    public void MountMinix(string path, MemoryDisk disk, string options)
    {
        Assert.Equal(Errno.Success, Vfs.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(disk, options));
        MakeDirectory(path);
        Mount(path, disk);
    }

    public void Mount(string path, BlockDevice disk, bool isReadOnly = false) =>
        Assert.Equal(Errno.Success, Vfs.Mount(Root, Bytes(path), FileSystemType.Minix, disk, isReadOnly));

    /// <summary>Removes everything in a directory.</summary>
    public void RemoveAll(string path)
    {
        foreach (string name in List(path).Except([".", ".."]))
        {
            string inside = $"{path}/{name}";
            if (Stat(inside, follows: false).Mode.IsDirectory())
            {
                RemoveAll(inside);
                Assert.Equal(Errno.Success, Vfs.RemoveDirectory(Root, Bytes(inside)));
            }
            else
            {
                Assert.Equal(Errno.Success, Vfs.Unlink(Root, Bytes(inside)));
            }
        }
    }
}
