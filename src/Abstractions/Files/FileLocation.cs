namespace KernelSockets;

/// <summary>Where a file was found when it was opened: a directory and its name there, which /proc/PID/fd tells again. It may have another name since.</summary>
/// <remarks>Belongs to one open file, which lets it go; holds a reference to the directory.</remarks>
public sealed class FileLocation
{
    private readonly byte[] _name;

    /// <summary>A location.</summary>
    /// <param name="directory">The directory; a reference of its own is taken.</param>
    /// <param name="name">The name in it.</param>
    public FileLocation(Inode directory, ReadOnlySpan<byte> name)
    {
        ArgumentNullException.ThrowIfNull(directory);
        directory.Hold();
        Directory = directory;
        _name = name.ToArray();
    }

    /// <summary>The directory.</summary>
    public Inode Directory { get; }

    /// <summary>The name that the file had there.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>The same for another open file.</summary>
    public FileLocation Copy() => new(Directory, _name);

    /// <summary>Lets the directory go.</summary>
    public void Release() => Directory.Release();
}
