using System.Buffers.Binary;

namespace KernelSockets.Vfs.Minix;

/// <summary>Directories of a minix file system: a file of entries of one size, number first, then the name, filled up with zeros. Number 0 is a free entry.</summary>
/// <remarks>Under the super block's lock. The caller stores the directory's inode afterwards.</remarks>
internal static class MinixDirectory
{
    /// <summary>Finds a name.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="number">Number of its inode.</param>
    /// <param name="position">Byte of the directory where its entry begins.</param>
    /// <returns><see cref="Errno.ENOENT"/>, <see cref="Errno.ENAMETOOLONG"/>, <see cref="Errno.EIO"/>.</returns>
    public static Errno Find(MinixInode directory, ReadOnlySpan<byte> name, out uint number, out long position)
    {
        number = 0;
        position = 0;
        if (name.Length > directory.Volume.Layout.Variant.NameLength)
        {
            return Errno.ENAMETOOLONG;
        }

        Reader reader = new(directory, 0, stackalloc byte[MaxEntrySize]);
        while (reader.TryNext())
        {
            if (reader.Number != 0 && reader.Name.SequenceEqual(name))
            {
                number = reader.Number;
                position = reader.Position;
                return Errno.Success;
            }
        }

        return reader.Error == Errno.Success ? Errno.ENOENT : reader.Error;
    }

    /// <summary>Reads the first entry in use from a position on, and moves it behind that.</summary>
    /// <returns>1 for an entry, 0 at the end.</returns>
    public static IoResult ReadNext(MinixInode directory, ref long position, DirectoryEntry entry)
    {
        int size = directory.Volume.Layout.Variant.EntrySize;
        Reader reader = new(directory, (position + size - 1) / size * size, stackalloc byte[MaxEntrySize]);
        while (reader.TryNext())
        {
            if (reader.Number != 0 && !reader.Name.IsEmpty)
            {
                entry.Set(reader.Name, reader.Number, InodeMode.None);
                position = reader.Position + size;
                return IoResult.Ok(1);
            }
        }

        return reader.Error == Errno.Success ? IoResult.Ok(0) : reader.Error;
    }

    /// <summary>Puts a name in, at the first free entry or behind the last.</summary>
    /// <returns><see cref="Errno.ENOSPC"/>, <see cref="Errno.EIO"/>.</returns>
    public static Errno Add(MinixInode directory, ReadOnlySpan<byte> name, uint number)
    {
        Reader reader = new(directory, 0, stackalloc byte[MaxEntrySize]);
        long position = directory.Size;
        while (reader.TryNext())
        {
            if (reader.Number == 0)
            {
                position = reader.Position;
                break;
            }
        }

        return reader.Error == Errno.Success ? WriteEntry(directory, position, name, number) : reader.Error;
    }

    /// <summary>Frees an entry.</summary>
    public static Errno Remove(MinixInode directory, long position) => WriteEntry(directory, position, [], 0);

    /// <summary>Lets an entry lead to another inode.</summary>
    public static Errno Replace(MinixInode directory, long position, ReadOnlySpan<byte> name, uint number) =>
        WriteEntry(directory, position, name, number);

    /// <summary>Whether a directory holds nothing but "." and "..".</summary>
    /// <returns><see cref="Errno.ENOTEMPTY"/> when it does, <see cref="Errno.EIO"/>.</returns>
    public static Errno CheckEmpty(MinixInode directory)
    {
        Reader reader = new(directory, 0, stackalloc byte[MaxEntrySize]);
        while (reader.TryNext())
        {
            if (reader.Number != 0 && !reader.Name.SequenceEqual("."u8) && !reader.Name.SequenceEqual(".."u8))
            {
                return Errno.ENOTEMPTY;
            }
        }

        return reader.Error;
    }

    /// <summary>Bytes of the longest entry, V3's.</summary>
    private const int MaxEntrySize = 64;

    private static Errno WriteEntry(MinixInode directory, long position, ReadOnlySpan<byte> name, uint number)
    {
        MinixVariant variant = directory.Volume.Layout.Variant;
        Span<byte> entry = stackalloc byte[MaxEntrySize];
        entry.Clear();
        if (variant.EntryNumberSize == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry, number);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)number);
        }

        name.CopyTo(entry[variant.EntryNumberSize..]);
        IoResult result = MinixZones.Write(directory, position, entry[..variant.EntrySize]);
        return result.Error;
    }

    /// <summary>Goes through the entries; none reaches over the end of a block.</summary>
    private ref struct Reader(MinixInode directory, long start, Span<byte> buffer)
    {
        private readonly Span<byte> _entry = buffer[..directory.Volume.Layout.Variant.EntrySize];
        private readonly int _numberSize = directory.Volume.Layout.Variant.EntryNumberSize;
        private long _next = start;

        public long Position { get; private set; }

        public Errno Error { get; private set; }

        public readonly uint Number => _numberSize == sizeof(uint)
            ? BinaryPrimitives.ReadUInt32LittleEndian(_entry)
            : BinaryPrimitives.ReadUInt16LittleEndian(_entry);

        public readonly ReadOnlySpan<byte> Name
        {
            get
            {
                ReadOnlySpan<byte> name = _entry[_numberSize..];
                int end = name.IndexOf((byte)0);
                return end < 0 ? name : name[..end];
            }
        }

        public bool TryNext()
        {
            Position = _next;
            _next += _entry.Length;
            IoResult result = MinixZones.Read(directory, Position, _entry);
            Error = result.Error;
            return result.Count == _entry.Length;
        }
    }
}
