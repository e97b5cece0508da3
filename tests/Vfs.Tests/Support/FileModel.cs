namespace KernelSockets.Vfs.Tests.Support;

/// <summary>A file and what has to be in it: random calls on both.</summary>
internal sealed class FileModel(OpenFile file)
{
    private byte[] _content = [];

    /// <summary>What has to be in the file.</summary>
    public byte[] Content => _content;

    /// <summary>Writes random bytes.</summary>
    public void Write(Random random, int at, int length)
    {
        byte[] data = new byte[length];
        random.NextBytes(data);
        Assert.Equal(IoResult.Ok(length), file.WriteAt(data, at));
        Array.Resize(ref _content, Math.Max(_content.Length, at + length));
        data.CopyTo(_content, at);
    }

    /// <summary>Reads and compares.</summary>
    public void Read(int at, int length, string when)
    {
        byte[] data = new byte[length];
        int count = Math.Clamp(_content.Length - at, 0, length);
        Assert.Equal(IoResult.Ok(count), file.ReadAt(data, at));
        Assert.True(data.AsSpan(0, count).SequenceEqual(count == 0 ? [] : _content.AsSpan(at, count)), when);
    }

    /// <summary>Cuts the file off, or fills it up with zeros.</summary>
    public void Truncate(int size)
    {
        Assert.Equal(Errno.Success, file.Operations.Truncate(file.Inode, size));
        Array.Resize(ref _content, size);
    }
}
