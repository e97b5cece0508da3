namespace KernelSockets.Kernel.Tasks;

/// <summary>The terminal as a stream of bytes.</summary>
internal sealed class TerminalStream : Stream
{
    private readonly ITerminal _terminal;

    public TerminalStream(ITerminal terminal) => _terminal = terminal;

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
        IoResult result = _terminal.Read(buffer, Instant.Never);
        return result.IsSuccess ? result.Count : throw new IOException(result.Error.Describe());
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Job.Current is { IsInterrupted: true })
        {
            throw new IOException(Errno.EINTR.Describe());
        }

        while (!buffer.IsEmpty)
        {
            IoResult result = _terminal.Write(buffer);
            if (!result.IsSuccess)
            {
                throw new IOException(result.Error.Describe());
            }

            buffer = buffer[result.Count..];
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
