namespace KernelSockets.MkMinix;

/// <summary>A file of the host as a disk.</summary>
internal sealed class ImageFile : BlockDevice, IDisposable
{
    private readonly FileStream _stream;

    private ImageFile(FileStream stream) => _stream = stream;

    /// <inheritdoc/>
    public override string Name => _stream.Name;

    /// <inheritdoc/>
    public override long SectorCount => _stream.Length / SectorSize;

    /// <inheritdoc/>
    public override bool IsReadOnly => !_stream.CanWrite;

    /// <summary>Makes an image of zeros, in place of what the file was.</summary>
    public static ImageFile Create(string path, long size)
    {
        FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite);
        stream.SetLength(size);
        return new ImageFile(stream);
    }

    /// <summary>Opens an image for reading.</summary>
    public static ImageFile Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));

    /// <summary>Opens an image to change it.</summary>
    public static ImageFile OpenForWriting(string path) => new(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));

    /// <inheritdoc/>
    public override Errno Read(long sector, Span<byte> destination)
    {
        if (!IsInside(sector, destination.Length))
        {
            return Errno.EINVAL;
        }

        _stream.Position = sector * SectorSize;
        _stream.ReadExactly(destination);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Write(long sector, ReadOnlySpan<byte> source)
    {
        if (!IsInside(sector, source.Length))
        {
            return Errno.EINVAL;
        }

        _stream.Position = sector * SectorSize;
        _stream.Write(source);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Flush()
    {
        _stream.Flush();
        return Errno.Success;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private bool IsInside(long sector, int length) =>
        sector >= 0 && length % SectorSize == 0 && (sector * SectorSize) + length <= SectorCount * SectorSize;
}
