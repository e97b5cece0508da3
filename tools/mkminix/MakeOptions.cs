namespace KernelSockets.MkMinix;

/// <summary>How an image is made.</summary>
/// <param name="Version">1, 2 or 3.</param>
/// <param name="NameLength">14, 30 or 60; null for the version's usual.</param>
/// <param name="InodeCount">Inodes; null for one for three blocks.</param>
/// <param name="Size">Bytes of the image.</param>
/// <param name="Source">Folder to fill it from; null for none.</param>
/// <param name="Directories">Directories to make besides, for example mount points.</param>
internal sealed record MakeOptions(int Version, int? NameLength, uint? InodeCount, long Size, DirectoryInfo? Source, IReadOnlyList<string> Directories)
{
    /// <summary>The file system's own form.</summary>
    public string ToFileSystemOptions() =>
        $"version={Version}" + (NameLength is { } names ? $",names={names}" : string.Empty) + (InodeCount is { } inodes ? $",inodes={inodes}" : string.Empty);
}
