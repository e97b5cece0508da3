using System.Runtime.InteropServices;
using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps;

/// <summary>A job's standard input or output as bytes, by read(2) and write(2).</summary>
/// <remarks>
/// The class library's own streams will not do where several programs run at the same time in one process: its output streams write under one lock, so that a
/// program whose pipe is full would hold up its own reader; its input stream decides once for all programs whether it reads a terminal; and what is written to a
/// pipe without a reader counts as written. Failures are <see cref="IOException"/>s with the errno as HResult. The descriptor stays open. It can seek where it is
/// a regular file, so that a program may leave the rest of it to the next one.
/// </remarks>
internal sealed class StandardStream : Stream
{
    private const int SeekSet = 0;
    private const int SeekCurrent = 1;
    private const int SeekEnd = 2;

    private readonly int _fd;

    private StandardStream(int fd) => _fd = fd;

    /// <summary>Standard input.</summary>
    public static StandardStream Input => new(0);

    /// <summary>Standard output.</summary>
    public static StandardStream Output => new(1);

    /// <summary>isatty(3).</summary>
    public static bool IsTerminal(int fd) => NativeIsTerminal(fd) == 1;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => NativeSeek(_fd, 0, SeekCurrent) >= 0 && FileStatus.TryRead(_fd, out FileStatus? status) == Errno.Success && status!.IsRegular;

    /// <inheritdoc/>
    public override long Length => FileStatus.TryRead(_fd, out FileStatus? status) is var error && status is not null ? status.Length : throw FileReport.Failure(error);

    /// <inheritdoc/>
    public override long Position
    {
        get => Seek(0, SeekOrigin.Current);
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        Thread.Sleep(0); // Ctrl-C strikes here, if nowhere else: reading a file never waits
        nint count;
        do
        {
            count = NativeRead(_fd, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == (int)Errno.EINTR);

        return count >= 0 ? (int)count : throw Failure();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Thread.Sleep(0);
        while (!buffer.IsEmpty)
        {
            nint count = NativeWrite(_fd, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (count < 0 && Marshal.GetLastPInvokeError() != (int)Errno.EINTR)
            {
                throw Failure();
            }

            buffer = buffer[(int)Math.Max(count, 0)..];
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        int whence = origin switch
        {
            SeekOrigin.Begin => SeekSet,
            SeekOrigin.Current => SeekCurrent,
            _ => SeekEnd,
        };
        long position = NativeSeek(_fd, offset, whence);
        return position >= 0 ? position : throw Failure();
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private static IOException Failure() => FileReport.Failure((Errno)Marshal.GetLastPInvokeError());

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    private static extern nint NativeRead(int fd, ref byte data, nuint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint NativeWrite(int fd, ref byte data, nuint count);

    [DllImport("libc", EntryPoint = "isatty", SetLastError = true)]
    private static extern int NativeIsTerminal(int fd);

    [DllImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static extern long NativeSeek(int fd, long offset, int whence);
}
