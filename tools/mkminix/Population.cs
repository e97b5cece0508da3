namespace KernelSockets.MkMinix;

/// <summary>Fills an image from a folder of the host, in the order of the names, so that the same folder gives the same image.</summary>
internal static class Population
{
    /// <summary>Copies directories, regular files and symbolic links. Owners become root, permissions 0755 and 0644 (0755 for programs).</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">The folder.</param>
    /// <param name="target">Directory of the image, without a slash at its end; empty for its root.</param>
    /// <param name="progress">Is told of every file.</param>
    public static void Copy(Image image, DirectoryInfo source, string target, Progress progress)
    {
        foreach (FileSystemInfo entry in source.GetFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string path = $"{target}/{entry.Name}";
            if (entry.LinkTarget is { } linkTarget)
            {
                image.MakeLink(path, linkTarget);
            }
            else if (entry is DirectoryInfo directory)
            {
                image.MakeDirectory(path);
                Copy(image, directory, path, progress);
            }
            else
            {
                CopyFile(image, (FileInfo)entry, path);
                progress.Add(((FileInfo)entry).Length);
            }
        }
    }

    private static void CopyFile(Image image, FileInfo file, string path)
    {
        const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!file.Attributes.HasFlag(FileAttributes.Normal) && (file.Attributes & (FileAttributes.Device | FileAttributes.System)) != 0)
        {
            throw new ImageException(file.FullName, "neither a regular file nor a directory nor a symbolic link");
        }

        using FileStream content = file.OpenRead();
        image.WriteFile(path, content, (file.UnixFileMode & anyExecute) != 0);
    }
}
