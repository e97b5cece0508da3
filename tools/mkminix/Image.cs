using System.Text;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Minix;

namespace KernelSockets.MkMinix;

/// <summary>An image as the root of a file tree, through the kernel's own code: what is written here is read there by the same lines.</summary>
internal sealed class Image : IDisposable
{
    private readonly ImageFile _file;
    private readonly VirtualFileSystem _files;

    private Image(ImageFile file, DateTimeOffset time)
    {
        _file = file;
        _files = new VirtualFileSystem(new FixedClock(time), new NoEntropy(), new NoWaitQueues());
    }

    /// <summary>Makes an empty file system in a new image.</summary>
    /// <param name="path">The image; what it was is overwritten.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="options">Options of the file system.</param>
    /// <param name="time">Time of everything in it.</param>
    public static Image Create(string path, long size, string options, DateTimeOffset time)
    {
        Image image = new(ImageFile.Create(path, size), time);
        Errno error = image._files.FileSystems.Find(FileSystemType.Minix)!.MakeFileSystem(image._file, options);
        if (error is Errno.EINVAL or Errno.ENOSPC)
        {
            image._file.Dispose();
            throw new ImageException(path, error == Errno.EINVAL ? "no such version and name length" : "the size does not suit this version");
        }

        ImageException.ThrowIf(error, path);
        image.Mount(path, isReadOnly: false);
        return image;
    }

    /// <summary>Opens an image for reading.</summary>
    public static Image Open(string path)
    {
        Image image = new(ImageFile.Open(path), DateTimeOffset.UnixEpoch);
        try
        {
            image.Mount(path, isReadOnly: true);
        }
        catch (ImageException)
        {
            image._file.Dispose();
            throw;
        }

        return image;
    }

    /// <summary>Checks an image that is not open.</summary>
    public static Errno Check(ImageFile file, CheckOptions options, Action<string> report, out CheckOutcome outcome) =>
        new MinixFileSystem(new FixedClock(DateTimeOffset.UnixEpoch)).Check(file, options, report, out outcome);

    /// <summary>Makes a directory.</summary>
    public void MakeDirectory(string path) =>
        ImageException.ThrowIf(_files.MakeDirectory(_files.Root, Bytes(path), InodeMode.DefaultDirectory), path);

    /// <summary>Makes a directory and those above it, as far as they are missing.</summary>
    public void MakeDirectories(string path)
    {
        string whole = string.Empty;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            whole += "/" + name;
            Errno error = _files.MakeDirectory(_files.Root, Bytes(whole), InodeMode.DefaultDirectory);
            ImageException.ThrowIf(error == Errno.EEXIST ? Errno.Success : error, whole);
        }
    }

    /// <summary>Makes a symbolic link.</summary>
    public void MakeLink(string path, string target) =>
        ImageException.ThrowIf(_files.MakeSymbolicLink(_files.Root, Bytes(target), Bytes(path)), path);

    /// <summary>Copies a stream into a new file.</summary>
    public void WriteFile(string path, Stream content, bool isExecutable)
    {
        InodeMode mode = isExecutable ? InodeMode.DefaultDirectory : InodeMode.DefaultFile;
        Errno error = _files.TryOpen(_files.Root, Bytes(path), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, mode, out OpenFile? file);
        ImageException.ThrowIf(error, path);
        byte[] buffer = new byte[64 * 1024];
        for (int count = content.Read(buffer); count > 0; count = content.Read(buffer))
        {
            IoResult result = file!.Write(buffer.AsSpan(0, count));
            ImageException.ThrowIf(result.IsSuccess && result.Count < count ? Errno.ENOSPC : result.Error, path);
        }

        file!.Release();
    }

    /// <summary>Copies a file out.</summary>
    public void ReadFile(string path, Stream output)
    {
        ImageException.ThrowIf(_files.TryOpen(_files.Root, Bytes(path), OpenFlags.ReadOnly, InodeMode.None, out OpenFile? file), path);
        byte[] buffer = new byte[64 * 1024];
        IoResult result = file!.Read(buffer);
        for (; result.Count > 0; result = file.Read(buffer))
        {
            output.Write(buffer, 0, result.Count);
        }

        file.Release();
        ImageException.ThrowIf(result.Error, path);
    }

    /// <summary>What a path is, the link itself where it ends in one.</summary>
    public FileStat Stat(string path)
    {
        ImageException.ThrowIf(_files.Stat(_files.Root, Bytes(path), follows: false, out FileStat stat), path);
        return stat;
    }

    /// <summary>Where a symbolic link leads.</summary>
    public string ReadLink(string path)
    {
        byte[] target = new byte[4096];
        IoResult result = _files.ReadLink(_files.Root, Bytes(path), target);
        ImageException.ThrowIf(result.Error, path);
        return Encoding.UTF8.GetString(target, 0, result.Count);
    }

    /// <summary>Names in a directory, without "." and "..", sorted.</summary>
    public IReadOnlyList<string> List(string path)
    {
        ImageException.ThrowIf(_files.TryOpen(_files.Root, Bytes(path), OpenFlags.ReadOnly, InodeMode.None, out OpenFile? directory), path);
        List<string> names = [];
        DirectoryEntry entry = new();
        long position = 0;
        IoResult result = directory!.Operations.ReadDirectory(directory, entry, ref position);
        for (; result.Count > 0; result = directory.Operations.ReadDirectory(directory, entry, ref position))
        {
            if (!entry.Name.SequenceEqual("."u8) && !entry.Name.SequenceEqual(".."u8))
            {
                names.Add(Encoding.UTF8.GetString(entry.Name));
            }
        }

        directory.Release();
        ImageException.ThrowIf(result.Error, path);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Writes everything to the file, as a disk that was unmounted.</summary>
    public void Save() => ImageException.ThrowIf(_files.Settle(), _file.Name);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);

    private void Mount(string path, bool isReadOnly) =>
        ImageException.ThrowIf(_files.ReplaceRoot(FileSystemType.Minix, _file, isReadOnly, movesDevices: false), path);

    private sealed class FixedClock(DateTimeOffset time) : Clock
    {
        public override Instant Now => Instant.Zero;

        public override DateTimeOffset UtcNow => time;
    }

    private sealed class NoEntropy : EntropySource
    {
        public override void Fill(Span<byte> destination) => destination.Clear();
    }

    /// <summary>One thread uses the tree: nothing could ever wake a wait.</summary>
    private sealed class NoWaitQueues : IWaitQueueFactory
    {
        public WaitQueue Create(string name) => throw new NotSupportedException($"nothing waits for {name} here");
    }
}
