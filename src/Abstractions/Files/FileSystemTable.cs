namespace KernelSockets;

/// <summary>All file systems of a machine, by type: filled at start-up, read-only afterwards.</summary>
public sealed class FileSystemTable
{
    private readonly FileSystemOps?[] _operations = new FileSystemOps?[(int)FileSystemType.Count];

    /// <summary>Enters a file system.</summary>
    /// <returns><see cref="Errno.EBUSY"/> when its type is taken, as Linux's register_filesystem; <see cref="Errno.EINVAL"/> for a type that is none.</returns>
    public Errno Register(FileSystemOps operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        if (operations.Type is <= FileSystemType.None or >= FileSystemType.Count)
        {
            return Errno.EINVAL;
        }

        if (_operations[(int)operations.Type] is not null)
        {
            return Errno.EBUSY;
        }

        _operations[(int)operations.Type] = operations;
        return Errno.Success;
    }

    /// <summary>The file systems, by type; a copy.</summary>
    public IReadOnlyList<FileSystemOps> All() => [.. _operations.OfType<FileSystemOps>()];

    /// <summary>The file system of a type; null when there is none.</summary>
    public FileSystemOps? Find(FileSystemType type) => type is > FileSystemType.None and < FileSystemType.Count ? _operations[(int)type] : null;

    /// <summary>The file system with a name, for mount; null when there is none (mount says ENODEV then).</summary>
    public FileSystemOps? Find(string name) => Array.Find(_operations, operations => operations?.Name == name);
}
