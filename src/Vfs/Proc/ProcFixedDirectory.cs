using System.Text;

namespace KernelSockets.Vfs.Proc;

/// <summary>A directory whose names are entered once.</summary>
public class ProcFixedDirectory : ProcDirectory
{
    private readonly Lock _gate = new();
    private ProcEntry[] _entries = [];

    /// <summary>An empty directory.</summary>
    /// <param name="numbers">Gives the nodes their numbers.</param>
    /// <param name="parent">Where ".." leads; null for the root of /proc.</param>
    public ProcFixedDirectory(ProcNumbers numbers, ProcDirectory? parent)
        : base(Next(numbers), parent) => Numbers = numbers;

    /// <summary>Gives the nodes their numbers.</summary>
    internal ProcNumbers Numbers { get; }

    /// <summary>Enters a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes its content.</param>
    public void AddFile(string name, Action<ProcText> write) => AddFile(name, text =>
    {
        write(text);
        return Errno.Success;
    });

    /// <summary>Enters a file of something that may be gone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">As <see cref="ProcFile"/> has it.</param>
    public void AddFile(string name, Func<ProcText, Errno> write) => Add(name, new ProcFile(Numbers.Next(), write));

    /// <summary>Enters a link that leads where its text says.</summary>
    public void AddLink(string name, Func<string> text) => Add(name, new ProcTextLink(Numbers.Next(), text));

    /// <summary>Enters a directory.</summary>
    public ProcFixedDirectory AddDirectory(string name)
    {
        ProcFixedDirectory added = new(Numbers, this);
        Add(name, added);
        return added;
    }

    /// <summary>Enters a node; a name that is there already comes first.</summary>
    internal void Add(string name, ProcNode node)
    {
        lock (_gate)
        {
            _entries = [.. _entries, new ProcEntry(_entries.Length, Encoding.UTF8.GetBytes(name), node)];
        }
    }

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name)
    {
        foreach (ProcEntry entry in Volatile.Read(ref _entries))
        {
            if (name.SequenceEqual(entry.Name))
            {
                return entry.Node;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override ProcEntry? Next(long position)
    {
        ProcEntry[] entries = Volatile.Read(ref _entries);
        return position < entries.Length ? entries[position] : null;
    }

    private static ulong Next(ProcNumbers numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return numbers.Next();
    }
}
