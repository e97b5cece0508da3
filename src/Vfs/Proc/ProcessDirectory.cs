namespace KernelSockets.Vfs.Proc;

/// <summary>/proc/PID: what there is to know of one process. Once that has been waited for, no name in it is found and no file in it can be read.</summary>
internal sealed class ProcessDirectory : ProcFixedDirectory
{
    private readonly IProcess _process;

    public ProcessDirectory(ProcNumbers numbers, ProcDirectory parent, VirtualFileSystem vfs, ISystem system, IProcess process)
        : base(numbers, parent)
    {
        _process = process;
        AddFile("cmdline", text => Write(text, () => ProcessFiles.WriteCommandLine(text, process)));
        AddFile("comm", text => Write(text, () => ProcessFiles.WriteName(text, process)));
        Add("cwd", new DirectoryLink(numbers.Next(), vfs, process.HoldCurrentDirectory));
        Add("fd", new DescriptorDirectory(numbers.Next(), this, vfs, process));
        AddFile("mounts", text => Write(text, () => MountFiles.WriteMounts(text, vfs)));
        Add("root", new DirectoryLink(numbers.Next(), vfs, () => HoldRoot(vfs)));
        AddFile("stat", text => Write(text, () => ProcessFiles.WriteStatistics(text, process, system.Tasks())));
        AddFile("status", text => Write(text, () => ProcessFiles.WriteStatus(text, process, system.Tasks(), vfs.Files)));
    }

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name) => _process.IsGone ? null : base.Find(name);

    /// <inheritdoc/>
    public override ProcEntry? Next(long position) => _process.IsGone ? null : base.Next(position);

    private static Inode HoldRoot(VirtualFileSystem vfs)
    {
        vfs.Root.Hold();
        return vfs.Root;
    }

    private Errno Write(ProcText text, Action write)
    {
        if (_process.IsGone)
        {
            return Errno.ESRCH;
        }

        write();
        return Errno.Success;
    }
}
