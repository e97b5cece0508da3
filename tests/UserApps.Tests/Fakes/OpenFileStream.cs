namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>An open file as a stream, with the errno of a failure as the exception's number, as the class library has it on Linux.</summary>
internal sealed class OpenFileStream(Func<OpenFile?> file) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(file()?.Read(buffer.AsSpan(offset, count)) ?? Errno.EBADF);

    public override void Write(byte[] buffer, int offset, int count)
    {
        int done = 0;
        while (done < count)
        {
            done += Count(file()?.Write(buffer.AsSpan(offset + done, count - done)) ?? Errno.EBADF);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static int Count(IoResult result) => result.IsSuccess ? result.Count : throw new IOException(result.Error.Describe(), (int)result.Error);
}
