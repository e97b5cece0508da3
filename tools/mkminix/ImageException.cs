namespace KernelSockets.MkMinix;

/// <summary>Something that the user has to hear of: which file, and what is wrong with it.</summary>
internal sealed class ImageException(string subject, string reason) : Exception($"{subject}: {reason}")
{
    /// <summary>Throws unless an operation on <paramref name="subject"/> went well.</summary>
    public static void ThrowIf(Errno error, string subject)
    {
        if (error != Errno.Success)
        {
            throw new ImageException(subject, Describe(error));
        }
    }

    private static string Describe(Errno error) => error switch
    {
        Errno.ENOSPC => "no space left in the image (a larger size or more inodes would help)",
        Errno.ENAMETOOLONG => "the name is too long for this version of the file system",
        Errno.EFBIG => "the file is too large for the file system",
        Errno.ENOENT => "no such file or directory",
        Errno.ENOTDIR => "not a directory",
        Errno.EISDIR => "is a directory",
        Errno.EINVAL => "not a minix file system, or not such a file",
        Errno.EUCLEAN => "the file system is damaged",
        _ => error.ToString(),
    };
}
