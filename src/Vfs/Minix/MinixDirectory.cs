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

        // Names are mostly looked up in the order in which they stand there, or again and again: the search goes on where the last one ended.
        long start = directory.FoundAt < directory.Size ? directory.FoundAt : 0;
        Errno error = Search(directory, name, start, directory.Size, out number, out position);
        error = error == Errno.ENOENT && start > 0 ? Search(directory, name, 0, start, out number, out position) : error;
        directory.FoundAt = error == Errno.Success ? position : directory.FoundAt;
        return error;
    }

    private static Errno Search(MinixInode directory, ReadOnlySpan<byte> name, long start, long end, out uint number, out long position)
    {
        number = 0;
        position = 0;
        MinixDirectoryReader reader = new(directory, start);
        while (reader.TryNext() && reader.Position < end)
        {
            if (reader.Number != 0 && reader.IsNamed(name))
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
        if (position < 0 || position > directory.Size)
        {
            return IoResult.Ok(0);
        }

        MinixDirectoryReader reader = new(directory, (position + size - 1) / size * size);
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

    /// <summary>Puts a name in: where the device still has the same name, else at the first free entry or behind the last.</summary>
    /// <remarks>
    /// An entry that the device still has under another name is not used: the other name would go together with the coming of this one, perhaps before the
    /// name is written that its inode has got instead. Nor does the device ever see a name twice.
    /// </remarks>
    /// <returns><see cref="Errno.ENOSPC"/>, <see cref="Errno.EIO"/>.</returns>
    public static Errno Add(MinixInode directory, ReadOnlySpan<byte> name, uint number)
    {
        Errno error = FindPlace(directory, name, out long position, out uint earlier);
        if (error == Errno.Success && earlier != 0)
        {
            error = directory.Volume.FindNamed(earlier, out bool isNamed);
            if (error == Errno.Success && isNamed)
            {
                // It has another name by now, which must be there before this one goes.
                error = directory.Volume.WriteBack();
            }
        }

        return error == Errno.Success ? WriteEntry(directory, position, name, number) : error;
    }

    /// <summary>Frees an entry, and the end of the directory when nothing is there any more.</summary>
    public static Errno Remove(MinixInode directory, long position)
    {
        Errno error = WriteEntry(directory, position, [], 0);
        return error == Errno.Success ? Trim(directory) : error;
    }

    /// <summary>Lets an entry lead to another inode.</summary>
    public static Errno Replace(MinixInode directory, long position, ReadOnlySpan<byte> name, uint number) =>
        WriteEntry(directory, position, name, number);

    /// <summary>Whether a directory holds nothing but "." and "..".</summary>
    /// <returns><see cref="Errno.ENOTEMPTY"/> when it does, <see cref="Errno.EIO"/>.</returns>
    public static Errno CheckEmpty(MinixInode directory)
    {
        MinixDirectoryReader reader = new(directory, 0);
        while (reader.TryNext())
        {
            if (reader.Number != 0 && !reader.IsNamed("."u8) && !reader.IsNamed(".."u8))
            {
                return Errno.ENOTEMPTY;
            }
        }

        return reader.Error;
    }

    /// <summary>The inode's number in an entry.</summary>
    public static uint NumberOf(MinixVariant variant, ReadOnlySpan<byte> entry) => variant.EntryNumberSize == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(entry)
        : BinaryPrimitives.ReadUInt16LittleEndian(entry);

    /// <summary>The name in an entry.</summary>
    public static ReadOnlySpan<byte> NameOf(MinixVariant variant, ReadOnlySpan<byte> entry)
    {
        ReadOnlySpan<byte> name = entry[variant.EntryNumberSize..variant.EntrySize];
        int end = name.IndexOf((byte)0);
        return end < 0 ? name : name[..end];
    }

    /// <summary>True for an entry "..".</summary>
    public static bool IsParentEntry(MinixVariant variant, ReadOnlySpan<byte> entry) =>
        NumberOf(variant, entry) != 0 && NameOf(variant, entry).SequenceEqual(".."u8);

    /// <summary>True for an entry "." or "..".</summary>
    public static bool IsDots(MinixVariant variant, ReadOnlySpan<byte> entry) =>
        NumberOf(variant, entry) != 0 && NameOf(variant, entry) is [(byte)'.'] or [(byte)'.', (byte)'.'];

    /// <summary>Writes an entry's bytes, every one.</summary>
    public static void Compose(MinixVariant variant, Span<byte> entry, ReadOnlySpan<byte> name, uint number)
    {
        entry = entry[..variant.EntrySize];
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
    }

    /// <summary>Bytes of the longest entry, V3's.</summary>
    private const int MaxEntrySize = 64;

    private static Errno WriteEntry(MinixInode directory, long position, ReadOnlySpan<byte> name, uint number)
    {
        MinixVariant variant = directory.Volume.Layout.Variant;
        Span<byte> entry = stackalloc byte[MaxEntrySize];
        Compose(variant, entry, name, number);
        return MinixZones.Write(directory, position, entry[..variant.EntrySize]).Error;
    }

    /// <summary>Finds where a new name goes.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name, which it does not have.</param>
    /// <param name="position">Byte where the entry begins.</param>
    /// <param name="earlier">The inode that the device still has under this name there; 0 for none.</param>
    private static Errno FindPlace(MinixInode directory, ReadOnlySpan<byte> name, out long position, out uint earlier)
    {
        MinixVariant variant = directory.Volume.Layout.Variant;
        MinixDirectoryReader reader = new(directory, 0);
        position = directory.Size / variant.EntrySize * variant.EntrySize;
        earlier = 0;
        bool isFound = false;
        while (reader.TryNext())
        {
            if (reader.Number != 0)
            {
                continue;
            }

            ReadOnlySpan<byte> onDevice = reader.OnDevice;
            uint number = NumberOf(variant, onDevice);
            if (number != 0 && NameOf(variant, onDevice).SequenceEqual(name))
            {
                position = reader.Position;
                earlier = number;
                return Errno.Success;
            }

            if (number == 0 && !isFound)
            {
                position = reader.Position;
                isFound = true;
            }
        }

        return reader.Error;
    }

    /// <summary>
    /// Cuts free entries off the end, as far as the device has them free, too: it learns the size before it learns of other changes. The rest goes with a later removal.
    /// </summary>
    private static Errno Trim(MinixInode directory)
    {
        int entrySize = directory.Volume.Layout.Variant.EntrySize;
        long size = directory.Size / entrySize * entrySize;
        for (; size > 2 * entrySize; size -= entrySize)
        {
            MinixDirectoryReader reader = new(directory, size - entrySize);
            if (!reader.TryNext() || reader.Number != 0 || NumberOf(directory.Volume.Layout.Variant, reader.OnDevice) != 0)
            {
                break;
            }
        }

        return size < directory.Size ? MinixZones.Truncate(directory, size) : Errno.Success;
    }
}
