namespace KernelSockets.UserApps.Files;

/// <summary>All entries of a directory but "." and "..", hidden ones and broken links among them.</summary>
internal static class DirectoryEntries
{
    /// <summary>The path of an entry, as commands tell it: the directory's as it was given, and the name.</summary>
    public static string Below(string directory, string name) => directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    /// <summary>All at once: the directory may change meanwhile.</summary>
    public static FileSystemInfo[] Of(string path) => [.. Read(path)];

    /// <summary>One after the other, while the directory is open.</summary>
    public static IEnumerable<FileSystemInfo> Read(string path) => new DirectoryInfo(path).EnumerateFileSystemInfos(
        "*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, ReturnSpecialDirectories = false });
}
