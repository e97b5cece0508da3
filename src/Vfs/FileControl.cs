namespace KernelSockets.Vfs;

/// <summary>fcntl: the commands that concern descriptors and open files (Linux include/uapi/linux/fcntl.h).</summary>
public static class FileControl
{
    private const int DuplicateCommand = 0;
    private const int GetDescriptorFlags = 1;
    private const int SetDescriptorFlags = 2;
    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;
    private const int DuplicateClosedOnExec = 1030;
    private const int SetPipeSize = 1031;
    private const int GetPipeSize = 1032;
    private const int CloseOnExecFlag = 1;

    /// <summary>Serves one call.</summary>
    /// <param name="table">The descriptors.</param>
    /// <param name="job">The calling job.</param>
    /// <param name="fd">The descriptor.</param>
    /// <param name="command">F_DUPFD and so on.</param>
    /// <param name="argument">The third argument.</param>
    /// <returns>What fcntl returns; <see cref="Errno.EBADF"/>, <see cref="Errno.EINVAL"/> for an unknown command, or what duplicating says.</returns>
    public static IoResult Execute(FileTable table, int job, int fd, int command, long argument)
    {
        ArgumentNullException.ThrowIfNull(table);
        switch (command)
        {
            case DuplicateCommand or DuplicateClosedOnExec:
                return Duplicate(table, job, fd, argument, command == DuplicateClosedOnExec);
            case GetDescriptorFlags or SetDescriptorFlags:
                bool isChange = command == SetDescriptorFlags;
                Errno error = table.DescriptorFlag(job, fd, isChange ? (argument & CloseOnExecFlag) != 0 : null, out bool isClosedOnExec);
                return error != Errno.Success ? error : IoResult.Ok(!isChange && isClosedOnExec ? CloseOnExecFlag : 0);
            default:
                return OnFile(table, job, fd, command, argument);
        }
    }

    private static IoResult Duplicate(FileTable table, int job, int fd, long minimum, bool isClosedOnExec)
    {
        int least = minimum is >= 0 and <= int.MaxValue ? (int)minimum : -1;
        Errno error = table.Duplicate(job, fd, least, isClosedOnExec, out int duplicate);
        return error != Errno.Success ? error : IoResult.Ok(duplicate);
    }

    private static IoResult OnFile(FileTable table, int job, int fd, int command, long argument)
    {
        Errno error = table.TryGet(job, fd, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        try
        {
            return file!.IsPathOnly && command != GetStatusFlags ? Errno.EBADF : Apply(file, command, argument);
        }
        finally
        {
            file!.Release();
        }
    }

    private static IoResult Apply(OpenFile file, int command, long argument)
    {
        switch (command)
        {
            case GetStatusFlags:
                // Linux sets O_LARGEFILE in open, and pipes, sockets and event files are not opened by it.
                bool isOpened = !file.IsPathOnly && file.Operations.Type is not (FileSystemType.Pipe or FileSystemType.Socket or FileSystemType.Event);
                return IoResult.Ok((int)(isOpened ? file.Flags | OpenFlags.LargeFile : file.Flags));
            case SetStatusFlags:
                if (file.Operations.Type == FileSystemType.Pipe && ((OpenFlags)argument).HasFlag(OpenFlags.Direct))
                {
                    return Errno.EINVAL; // Linux would make it a pipe of packets
                }

                file.ChangeFlags((OpenFlags)argument);
                return IoResult.Ok(0);
            case GetPipeSize:
                return Pipe.PipeFileSystem.GetSize(file);
            case SetPipeSize:
                return Pipe.PipeFileSystem.SetSize(file, (uint)argument);
            default:
                return Errno.EINVAL;
        }
    }
}
