namespace KernelSockets.UserApps.Files;

/// <summary>st_mode in words (include/uapi/linux/stat.h).</summary>
internal static class FileModeText
{
    /// <summary>S_IFIFO.</summary>
    public const int Fifo = 0x1000;

    /// <summary>S_IFCHR.</summary>
    public const int CharacterDevice = 0x2000;

    /// <summary>S_IFDIR.</summary>
    public const int Directory = 0x4000;

    /// <summary>S_IFBLK.</summary>
    public const int BlockDevice = 0x6000;

    /// <summary>S_IFREG.</summary>
    public const int Regular = 0x8000;

    /// <summary>S_IFLNK.</summary>
    public const int SymbolicLink = 0xA000;

    /// <summary>S_IFSOCK.</summary>
    public const int Socket = 0xC000;

    /// <summary>07777: the bits that chmod changes.</summary>
    public const int PermissionMask = 0xFFF;

    private const int TypeMask = 0xF000;
    private const int PermissionBits = 9;

    /// <summary>The type's letter in a listing.</summary>
    public static char Letter(int mode) => (mode & TypeMask) switch
    {
        Fifo => 'p',
        CharacterDevice => 'c',
        Directory => 'd',
        BlockDevice => 'b',
        Regular => '-',
        SymbolicLink => 'l',
        Socket => 's',
        _ => '?',
    };

    /// <summary>The type in words, as stat(1) has them.</summary>
    public static string Describe(int mode, long length) => (mode & TypeMask) switch
    {
        Fifo => "fifo",
        CharacterDevice => "character special file",
        Directory => "directory",
        BlockDevice => "block special file",
        Regular => length == 0 ? "regular empty file" : "regular file",
        SymbolicLink => "symbolic link",
        Socket => "socket",
        _ => "weird file",
    };

    /// <summary>Type and permissions as a listing has them: <c>-rw-r--r--</c>, <c>drwxrwxrwt</c>.</summary>
    public static string Listing(int mode) => string.Create(PermissionBits + 1, mode, static (text, bits) =>
    {
        text[0] = Letter(bits);
        for (int i = 1; i < text.Length; i++)
        {
            text[i] = (bits >> (text.Length - 1 - i) & 1) != 0 ? "xrw"[i % 3] : '-';
        }

        const int setUserId = 0x800, setGroupId = 0x400, sticky = 0x200;
        Mark(text, 3, (bits & setUserId) != 0, 's');
        Mark(text, 6, (bits & setGroupId) != 0, 's');
        Mark(text, 9, (bits & sticky) != 0, 't');
    });

    private static void Mark(Span<char> text, int place, bool isSet, char letter)
    {
        if (isSet)
        {
            text[place] = text[place] == 'x' ? letter : char.ToUpperInvariant(letter);
        }
    }
}
