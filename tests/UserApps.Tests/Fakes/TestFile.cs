namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>Open files of the shell that lead to the host: a terminal, a file of the host's file system, a buffer.</summary>
internal sealed class TestFile : FileSystemOps
{
    private readonly Func<byte[], int, IoResult> _read;
    private readonly Func<byte[], IoResult> _write;
    private readonly Action _close;
    private readonly bool _isTerminal;

    private TestFile(Func<byte[], int, IoResult> read, Func<byte[], IoResult> write, Action close, bool isTerminal = false)
    {
        _read = read;
        _write = write;
        _close = close;
        _isTerminal = isTerminal;
    }

    public override FileSystemType Type => FileSystemType.Memory;

    public override string Name => "testfs";

    /// <summary>A terminal.</summary>
    public static OpenFile On(ITerminal terminal) => Open(
        new TestFile((buffer, count) => terminal.Read(buffer.AsSpan(0, count), Instant.Never), data => terminal.Write(data), static () => { }, isTerminal: true), OpenFlags.ReadWrite);

    /// <summary>What is written goes to <paramref name="sink"/>; nothing can be read.</summary>
    public static OpenFile Into(Stream sink) => Open(
        new TestFile(
            static (_, _) => IoResult.Ok(0),
            data =>
            {
                lock (sink)
                {
                    sink.Write(data);
                }

                return IoResult.Ok(data.Length);
            },
            static () => { }),
        OpenFlags.ReadWrite);

    /// <summary>A file of the host.</summary>
    public static Errno TryOpen(string path, OpenFlags flags, out OpenFile? file)
    {
        file = null;
        try
        {
            if (Directory.Exists(path))
            {
                return Errno.EISDIR;
            }

            FileMode mode = flags.HasFlag(OpenFlags.Create) ? FileMode.OpenOrCreate : FileMode.Open;
            var stream = new FileStream(path, mode, Access(flags), FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (flags.HasFlag(OpenFlags.Truncate) && stream is { CanSeek: true, Length: > 0 })
            {
                stream.SetLength(0);
            }

            file = Open(OnStream(stream, flags.HasFlag(OpenFlags.Append)), flags);
            return Errno.Success;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            return Errno.ENOENT;
        }
        catch (UnauthorizedAccessException)
        {
            return Errno.EACCES;
        }
        catch (IOException exception)
        {
            return exception.HResult is > 0 and < 134 ? (Errno)exception.HResult : Errno.EIO;
        }
    }

    public override bool HasPosition(Inode inode) => false;

    public override IoResult Read(OpenFile file, Span<byte> data, ref long position)
    {
        byte[] buffer = new byte[data.Length];
        IoResult result = _read(buffer, buffer.Length);
        buffer.AsSpan(0, result.Count).CopyTo(data);
        return result;
    }

    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position) => _write(data.ToArray());

    public override IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data) => _isTerminal ? IoResult.Ok(0) : Errno.ENOTTY;

    public override void OnRelease(OpenFile file) => _close();

    private static TestFile OnStream(FileStream stream, bool isAppending) => new(
        (buffer, count) => IoResult.Ok(stream.Read(buffer, 0, count)),
        data =>
        {
            if (isAppending)
            {
                stream.Seek(0, SeekOrigin.End);
            }

            stream.Write(data);
            return IoResult.Ok(data.Length);
        },
        stream.Dispose);

    private static FileAccess Access(OpenFlags flags) => (flags & OpenFlags.AccessMask) switch
    {
        OpenFlags.ReadOnly => FileAccess.Read,
        OpenFlags.WriteOnly => FileAccess.Write,
        _ => FileAccess.ReadWrite,
    };

    private static OpenFile Open(TestFile operations, OpenFlags flags)
    {
        var inode = new Inode(new SuperBlock(operations, new DeviceNumber(0, 99)), 1, InodeMode.Regular);
        Assert.Equal(Errno.Success, OpenFile.TryOpen(inode, operations, flags, out OpenFile? file));
        inode.Release();
        return file!;
    }
}
