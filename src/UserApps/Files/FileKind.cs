namespace KernelSockets.UserApps.Files;

/// <summary>What a path leads to; links themselves count, not what they point to.</summary>
internal static class FileKind
{
    /// <summary>A directory, but no link to one.</summary>
    public static bool IsDirectory(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    /// <summary>Anything, be it a broken link.</summary>
    public static bool IsThere(string path) => File.Exists(path) || Directory.Exists(path) || new FileInfo(path).LinkTarget is not null;
}
