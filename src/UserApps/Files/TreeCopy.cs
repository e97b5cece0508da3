namespace KernelSockets.UserApps.Files;

/// <summary>Copies files and trees: one run of cp, or of mv from one file system to another.</summary>
internal sealed class TreeCopy
{
    private const int BufferSize = 65_536;
    private const int AllForAll = 0x1FF;

    private readonly Dictionary<(uint Major, uint Minor, ulong Inode), string> _copied = [];

    /// <summary>True to copy directories with all that is in them, and links as links.</summary>
    public bool IsRecursive { get; set; }

    /// <summary>True to copy links as links.</summary>
    public bool KeepsLinks { get; set; }

    /// <summary>True to copy permissions, owners and times.</summary>
    public bool KeepsAttributes { get; set; }

    /// <summary>True to copy several names of one file as names of one file.</summary>
    public bool KeepsNames { get; set; }

    /// <summary>True to say what is copied.</summary>
    public bool IsVerbose { get; set; }

    /// <summary>Copies whatever a path leads to.</summary>
    /// <exception cref="IOException">As <see cref="FileReport"/> describes it.</exception>
    public void Copy(string source, string destination)
    {
        Errno error = FileStatus.TryRead(source, follows: !(IsRecursive || KeepsLinks), out FileStatus? status);
        if (status is null)
        {
            throw new RefusedException($"cannot stat '{source}': {error.Describe()}");
        }

        if (status.IsDirectory)
        {
            CopyDirectory(source, destination, status);
            return;
        }

        bool isSame = FileStatus.TryRead(destination, follows: true, out FileStatus? there) == Errno.Success && there!.IsSameFile(status);
        if (isSame)
        {
            throw new RefusedException($"'{source}' and '{destination}' are the same file");
        }

        if (there is { IsDirectory: true })
        {
            throw new RefusedException($"cannot overwrite directory '{destination}' with non-directory");
        }

        if (KeepsNames && status.Links > 1 && !_copied.TryAdd((status.Device.Major, status.Device.Minor, status.Inode), destination))
        {
            string first = _copied[(status.Device.Major, status.Device.Minor, status.Inode)];
            RemoveOld(destination);
            FileLibc.Check(FileLibc.Link(FileLibc.CurrentDirectory, FileLibc.Terminated(first), FileLibc.CurrentDirectory, FileLibc.Terminated(destination), 0));
        }
        else
        {
            CopyFile(source, destination, status);
        }

        FileReport.Tell(IsVerbose, $"'{source}' -> '{destination}'");
    }

    private void CopyFile(string source, string destination, FileStatus status)
    {
        if (status.IsLink)
        {
            RemoveOld(destination);
            File.CreateSymbolicLink(destination, new FileInfo(source).LinkTarget ?? "");
        }
        else if (status.Type == FileModeText.Regular || !IsRecursive)
        {
            CopyContent(source, destination, status);
        }
        else
        {
            RemoveOld(destination);
            ulong device = new DeviceNumber(status.SpecialDevice.Major, status.SpecialDevice.Minor).Encoded;
            FileLibc.Check(FileLibc.MakeNode(FileLibc.Terminated(destination), (uint)status.Mode, device));
        }

        Preserve(destination, status);
    }

    private static void CopyContent(string source, string destination, FileStatus status)
    {
        using FileStream input = new(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = (UnixFileMode)(status.Mode & AllForAll) };
        using FileStream output = new(destination, options);
        input.CopyTo(output, BufferSize);
    }

    private void CopyDirectory(string source, string destination, FileStatus status)
    {
        if (!IsRecursive)
        {
            throw new RefusedException($"-r not specified; omitting directory '{source}'");
        }

        if (RealPath.IsWithin(RealPath.Of(destination, missing: 1) ?? destination, RealPath.Of(source) ?? source))
        {
            throw new RefusedException($"cannot copy a directory, '{source}', into itself, '{destination}'");
        }

        Errno error = FileStatus.TryRead(destination, follows: true, out FileStatus? there);
        if (there is { IsDirectory: false })
        {
            throw new RefusedException($"cannot overwrite non-directory '{destination}' with directory '{source}'");
        }

        if (there is null)
        {
            error = error == Errno.ENOENT ? FileLibc.Outcome(FileLibc.MakeDirectory(FileLibc.Terminated(destination), (uint)(status.Mode & AllForAll))) : error;
            FileReport.Require(error);
            FileReport.Tell(IsVerbose, $"'{source}' -> '{destination}'");
        }

        foreach (FileSystemInfo entry in DirectoryEntries.Of(source).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            Copy(DirectoryEntries.Below(source, entry.Name), DirectoryEntries.Below(destination, entry.Name));
        }

        // Last, since what is made in it changes its times.
        Preserve(destination, status);
    }

    /// <summary>What is there would be written through, or be in the way.</summary>
    private static void RemoveOld(string destination)
    {
        if (FileKind.IsThere(destination))
        {
            File.Delete(destination);
        }
    }

    private void Preserve(string destination, FileStatus status)
    {
        if (!KeepsAttributes)
        {
            return;
        }

        byte[] path = FileLibc.Terminated(destination);
        int isOwned = FileLibc.ChangeOwner(FileLibc.CurrentDirectory, path, status.UserId, status.GroupId, FileLibc.NoFollow);
        Errno error = FileLibc.Outcome(isOwned);
        if (error is not (Errno.Success or Errno.EPERM))
        {
            throw FileReport.Failure(error); // a user may not give files away: cp(1) then leaves it
        }

        if (!status.IsLink)
        {
            FileLibc.Check(FileLibc.ChangeMode(path, (uint)(status.Mode & FileModeText.PermissionMask)));
        }

        long[] times = [status.Accessed.Seconds, status.Accessed.Nanoseconds, status.Modified.Seconds, status.Modified.Nanoseconds];
        FileLibc.Check(FileLibc.SetTimes(FileLibc.CurrentDirectory, path, times, FileLibc.NoFollow));
    }
}
