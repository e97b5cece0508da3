using System.Buffers.Binary;

namespace KernelSockets.Vfs.Names;

/// <summary>A name in a directory, and the hash that it is found by.</summary>
/// <param name="directory">The directory.</param>
/// <param name="name">The name; has to stay where it is.</param>
internal readonly ref struct NameKey(Inode directory, ReadOnlySpan<byte> name)
{
    private const ulong GoldenRatio = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The directory.</summary>
    public Inode Directory { get; } = directory;

    /// <summary>The name.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>A hash of both.</summary>
    public uint Hash { get; } = HashOf(directory.Number, name);

    private static uint HashOf(ulong number, ReadOnlySpan<byte> name)
    {
        ulong hash = number;
        for (; name.Length >= sizeof(ulong); name = name[sizeof(ulong)..])
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name)) * GoldenRatio;
            hash ^= hash >> 32;
        }

        // A name has no zeros, so that its last bytes and their number make one number of their own.
        ulong rest = 0;
        foreach (byte letter in name)
        {
            rest = (rest << 8) | letter;
        }

        return (uint)(((hash ^ rest) * GoldenRatio) >> 32);
    }
}
