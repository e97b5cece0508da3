namespace KernelSockets.Vfs.Minix;

/// <summary>What the versions of the minix file system differ in (Linux include/uapi/linux/minix_fs.h).</summary>
internal sealed class MinixVariant
{
    /// <summary>V1 with names of 14 bytes.</summary>
    public static readonly MinixVariant V1Short = new(1, 14, 0x137F);

    /// <summary>V1 with names of 30 bytes.</summary>
    public static readonly MinixVariant V1Long = new(1, 30, 0x138F);

    /// <summary>V2 with names of 14 bytes.</summary>
    public static readonly MinixVariant V2Short = new(2, 14, 0x2468);

    /// <summary>V2 with names of 30 bytes.</summary>
    public static readonly MinixVariant V2Long = new(2, 30, 0x2478);

    /// <summary>V3, whose names have 60 bytes.</summary>
    public static readonly MinixVariant V3 = new(3, 60, 0x4D5A);

    private MinixVariant(int version, int nameLength, ushort magic)
    {
        Version = version;
        NameLength = nameLength;
        Magic = magic;
    }

    /// <summary>1, 2 or 3.</summary>
    public int Version { get; }

    /// <summary>Longest name, in bytes.</summary>
    public int NameLength { get; }

    /// <summary>Number in the super block.</summary>
    public ushort Magic { get; }

    /// <summary>Bytes of an inode's number in a directory entry.</summary>
    public int EntryNumberSize => Version == 3 ? sizeof(uint) : sizeof(ushort);

    /// <summary>Bytes of a directory entry.</summary>
    public int EntrySize => EntryNumberSize + NameLength;

    /// <summary>Bytes of an inode in the table.</summary>
    public int InodeSize => Version == 1 ? 32 : 64;

    /// <summary>Bytes of a zone's number, in inodes and indirect blocks.</summary>
    public int ZoneNumberSize => Version == 1 ? sizeof(ushort) : sizeof(uint);

    /// <summary>How deep indirect blocks go.</summary>
    public int IndirectLevels => Version == 1 ? 2 : 3;

    /// <summary>Names an inode can have.</summary>
    public uint MaxLinks => Version == 1 ? 250u : 65530u;

    /// <summary>Longest file that the super block allows; a signed 32-bit size ends V2 and V3.</summary>
    public uint MaxFileSize => Version == 1 ? (7 + 512 + (512 * 512)) * 1024u : int.MaxValue;

    /// <summary>The variant of a magic number, which V3 keeps at another place than V1 and V2 do; null when it is none.</summary>
    public static MinixVariant? Find(ushort oldMagic, ushort newMagic)
    {
        MinixVariant[] old = [V1Short, V1Long, V2Short, V2Long];
        return newMagic == V3.Magic ? V3 : Array.Find(old, variant => variant.Magic == oldMagic);
    }

    /// <summary>The variant of a version and a name length; null when there is none.</summary>
    public static MinixVariant? Find(int version, int nameLength)
    {
        MinixVariant[] all = [V1Short, V1Long, V2Short, V2Long, V3];
        return Array.Find(all, variant => variant.Version == version && variant.NameLength == nameLength);
    }
}
