using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Tasks;

/// <summary>A descriptor of a job as a stream of bytes, for the job's Console.</summary>
internal sealed class DescriptorStream : Stream
{
    private readonly FileTable _files;
    private readonly int _job;
    private readonly int _fd;

    public DescriptorStream(FileTable files, int job, int fd)
    {
        _files = files;
        _job = job;
        _fd = fd;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        OpenFile file = Open(isWrite: false);
        IoResult result = file.Read(buffer);
        file.Release();
        return result.IsSuccess ? result.Count : throw new StandardStreamException(result.Error, isWrite: false);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Job.Current is { MayWrite: false })
        {
            throw new StandardStreamException(Errno.EINTR, isWrite: true);
        }

        OpenFile file = Open(isWrite: true);
        IoResult result = IoResult.Ok(0);
        while (!buffer.IsEmpty && result.IsSuccess)
        {
            result = file.Write(buffer);
            buffer = buffer[result.Count..];
        }

        file.Release();
        if (!result.IsSuccess)
        {
            throw new StandardStreamException(result.Error, isWrite: true);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private OpenFile Open(bool isWrite) =>
        _files.TryGet(_job, _fd, out OpenFile? file) == Errno.Success ? file! : throw new StandardStreamException(Errno.EBADF, isWrite);
}
