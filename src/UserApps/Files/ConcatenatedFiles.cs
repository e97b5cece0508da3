namespace KernelSockets.UserApps.Files;

/// <summary>Files one after the other, as one stream to read; each is opened when the one before has ended.</summary>
internal sealed class ConcatenatedFiles(IReadOnlyList<string> paths) : Stream
{
    private FileStream? _current;
    private int _next;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            int read = _current?.Read(buffer) ?? 0;
            if (read > 0 || (_current is not null && buffer.IsEmpty))
            {
                return read;
            }

            _current?.Dispose();
            _current = null;
            if (_next == paths.Count)
            {
                return 0;
            }

            _current = new FileStream(paths[_next++], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current?.Dispose();
        }

        base.Dispose(disposing);
    }
}
