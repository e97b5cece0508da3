using System.Text;

namespace KernelSockets.Vfs.Proc;

/// <summary>/proc/sys/net/ipv4/conf: a directory for each network interface. Those of interfaces that were there once are kept, since somebody may stand in them.</summary>
internal sealed class InterfaceDirectory(ProcNumbers numbers, ProcDirectory parent, ISystem system) : ProcDirectory(numbers.Next(), parent)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ProcFixedDirectory> _directories = [];

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name)
    {
        string text = Encoding.UTF8.GetString(name);
        return Names().Contains(text) ? Get(text) : null;
    }

    /// <inheritdoc/>
    public override ProcEntry? Next(long position)
    {
        string? name = position <= int.MaxValue ? Names().ElementAtOrDefault((int)position) : null;
        return name is null ? null : new ProcEntry(position, Encoding.UTF8.GetBytes(name), Get(name));
    }

    private IEnumerable<string> Names() => ["all", "default", .. system.Network.Interfaces().Select(static card => card.Name)];

    private ProcFixedDirectory Get(string name)
    {
        lock (_gate)
        {
            if (!_directories.TryGetValue(name, out ProcFixedDirectory? directory))
            {
                directory = new ProcFixedDirectory(numbers, this);
                directory.AddFile("forwarding", static text => text.Line("0"));
                _directories.Add(name, directory);
            }

            return directory;
        }
    }
}
