using System.Runtime.InteropServices;
using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Pipe;

/// <summary>Pipes, and FIFOs of any file system once they are open (pipe(7), fifo(7)).</summary>
/// <remarks>The caller decides whether <see cref="Errno.EPIPE"/> also raises SIGPIPE; here it does not.</remarks>
public sealed class PipeFileSystem : FileSystemOps
{
    private readonly IWaitQueueFactory _queues;
    private readonly Clock _clock;
    private readonly SuperBlock _superBlock;
    private long _lastNumber;

    /// <summary>The pipes of a machine.</summary>
    /// <param name="queues">Makes wait queues.</param>
    /// <param name="clock">Stamps the times.</param>
    /// <param name="device">The number that st_dev tells for pipes.</param>
    public PipeFileSystem(IWaitQueueFactory queues, Clock clock, DeviceNumber device)
    {
        _queues = queues;
        _clock = clock;
        _superBlock = new SuperBlock(this, device);
    }

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Pipe;

    /// <inheritdoc/>
    public override string Name => "pipefs";

    /// <summary>pipe2: makes a pipe.</summary>
    /// <param name="flags">O_NONBLOCK, O_CLOEXEC (which is the descriptor's affair) and O_DIRECT, which is refused.</param>
    /// <param name="reader">The reading end with one reference, the caller's.</param>
    /// <param name="writer">The writing end with one reference, the caller's.</param>
    /// <returns><see cref="Errno.EINVAL"/> for other flags.</returns>
    public Errno TryCreate(OpenFlags flags, out OpenFile? reader, out OpenFile? writer)
    {
        reader = null;
        writer = null;
        if ((flags & ~(OpenFlags.NonBlocking | OpenFlags.CloseOnExec)) != 0)
        {
            return Errno.EINVAL;
        }

        DateTimeOffset now = _clock.UtcNow;
        Inode inode = new(_superBlock, (ulong)Interlocked.Increment(ref _lastNumber), InodeMode.Fifo | (InodeMode)0x180)
        {
            Attachment = new PipeBuffer(_queues),
            AccessTime = now,
            ModificationTime = now,
            ChangeTime = now,
        };

        // Neither open can fail: a pipe without a name waits for nobody.
        Errno error = OpenFile.TryOpen(inode, this, OpenFlags.ReadOnly | (flags & OpenFlags.NonBlocking), out reader);
        if (error == Errno.Success)
        {
            error = OpenFile.TryOpen(inode, this, OpenFlags.WriteOnly | (flags & OpenFlags.NonBlocking), out writer);
        }

        inode.Release();
        return error;
    }

    /// <summary>Counts the file's ends, and waits for a FIFO's other end.</summary>
    /// <returns><see cref="Errno.ENXIO"/>, <see cref="Errno.EINTR"/>; <see cref="Errno.EINVAL"/> for O_DIRECT: there are no packets here.</returns>
    public override Errno OnOpen(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Flags.HasFlag(OpenFlags.Direct))
        {
            return Errno.EINVAL;
        }

        bool isNamed = file.Inode.SuperBlock != _superBlock;
        PipeBuffer buffer;
        lock (file.Inode.Gate)
        {
            buffer = (PipeBuffer)(file.Inode.Attachment ??= new PipeBuffer(_queues));
        }

        Errno error = buffer.Open(file, isNamed, out long openedWriters);
        file.State = new End(buffer, openedWriters);
        return error;
    }

    /// <inheritdoc/>
    public override void OnRelease(OpenFile file) => Buffer(file).Close(file);

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position) => Read(file, new IoVector(data));

    /// <summary>readv: fills the buffers with what there is, and waits only for the first byte. The file is a pipe open for reading.</summary>
    public static IoResult Read(OpenFile file, in IoVector data)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Buffer(file).Read(data, file.IsNonBlocking);
    }

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position) =>
        Write(file, new IoVector(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(data), data.Length))); // a pipe does not write to it

    /// <summary>writev: up to PIPE_BUF bytes in all stay together. The file is a pipe open for writing.</summary>
    public static IoResult Write(OpenFile file, in IoVector data)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Buffer(file).Write(data, file.IsNonBlocking);
    }

    /// <summary>F_GETPIPE_SZ.</summary>
    /// <returns>Bytes; <see cref="Errno.EBADF"/> for what is no pipe.</returns>
    public static IoResult GetSize(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.State is End end ? IoResult.Ok(end.Buffer.Size) : Errno.EBADF;
    }

    /// <summary>F_SETPIPE_SZ.</summary>
    /// <returns>As <see cref="PipeBuffer.SetSize"/>; <see cref="Errno.EBADF"/> for what is no pipe.</returns>
    public static IoResult SetSize(OpenFile file, uint size)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.State is End end ? end.Buffer.SetSize(size) : Errno.EBADF;
    }

    /// <inheritdoc/>
    public override IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data)
    {
        if (request != IoctlRequest.BytesAvailable)
        {
            return base.Ioctl(file, request, argument, data);
        }

        BitConverter.TryWriteBytes(data, Buffer(file).Available);
        return IoResult.Ok(0);
    }

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, PollListener? listener)
    {
        ArgumentNullException.ThrowIfNull(file);
        End end = (End)file.State!;
        return end.Buffer.Poll(file, end.OpenedWriters, listener);
    }

    private static PipeBuffer Buffer(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return ((End)file.State!).Buffer;
    }

    /// <summary>What an open file of a pipe keeps.</summary>
    /// <param name="Buffer">The pipe.</param>
    /// <param name="OpenedWriters">See <see cref="PipeBuffer.Poll"/>.</param>
    private sealed record End(PipeBuffer Buffer, long OpenedWriters);
}
