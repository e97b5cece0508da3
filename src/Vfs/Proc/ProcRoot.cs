using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace KernelSockets.Vfs.Proc;

/// <summary>The root of /proc: what is entered at start-up, and a directory for each process.</summary>
public sealed class ProcRoot : ProcFixedDirectory
{
    /// <summary>Where processes begin in a listing (Linux's FIRST_PROCESS_ENTRY); more names than that are not entered.</summary>
    private const long FirstProcess = 256;

    private readonly VirtualFileSystem _vfs;
    private readonly ConditionalWeakTable<IProcess, ProcessDirectory> _directories = [];
    private IProcessTable? _processes;
    private ISystem? _system;

    internal ProcRoot(ProcNumbers numbers, VirtualFileSystem vfs)
        : base(numbers, parent: null)
    {
        _vfs = vfs;
        AddLink("mounts", static () => "self/mounts");
        AddFile("partitions", text => MountFiles.WritePartitions(text, vfs.BlockDevices.All()));
        AddFile("filesystems", text => MountFiles.WriteFileSystems(text, vfs.FileSystems));
    }

    /// <summary>Enters the processes, at start-up.</summary>
    /// <param name="processes">They.</param>
    /// <param name="system">Whose tasks they have.</param>
    public void AddProcesses(IProcessTable processes, ISystem system)
    {
        ArgumentNullException.ThrowIfNull(processes);
        _system = system;
        AddLink("self", () => processes.Current.Id.ToString(CultureInfo.InvariantCulture));
        _processes = processes;
    }

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name)
    {
        if (base.Find(name) is { } node)
        {
            return node;
        }

        // No sign, no blanks and no zero in front: each process has one name.
        bool isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && name[0] != (byte)'0';
        return isNumber && _processes?.Find(id) is { } process ? DirectoryOf(process) : null;
    }

    /// <inheritdoc/>
    public override ProcEntry? Next(long position)
    {
        if (base.Next(position) is { } entry)
        {
            return entry;
        }

        foreach (IProcess process in _processes?.Processes() ?? [])
        {
            if (FirstProcess + process.Id >= position)
            {
                byte[] name = Encoding.ASCII.GetBytes(process.Id.ToString(CultureInfo.InvariantCulture));
                return new ProcEntry(FirstProcess + process.Id, name, DirectoryOf(process));
            }
        }

        return null;
    }

    private ProcessDirectory DirectoryOf(IProcess process) =>
        _directories.GetValue(process, known => new ProcessDirectory(Numbers, this, _vfs, _system!, known));
}
