using Mono.Cecil;
using Mono.Cecil.Cil;

namespace KernelSockets.NucleusCheck;

/// <summary>Finds assemblies beside the checked one and in the runtime's folder; the project's own come with debug information.</summary>
internal sealed class OwnAssemblies : DefaultAssemblyResolver
{
    /// <summary>What the names of the project's assemblies start with.</summary>
    public const string Prefix = "KernelSockets.";

    private readonly string _folder;
    private readonly Dictionary<string, AssemblyDefinition> _known = new(StringComparer.Ordinal);

    public OwnAssemblies(string folder)
    {
        _folder = folder;
        foreach (string directory in GetSearchDirectories())
        {
            RemoveSearchDirectory(directory);
        }

        AddSearchDirectory(folder);
        AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
    }

    /// <summary>How an assembly of the project is read.</summary>
    public ReaderParameters Parameters => new()
    {
        AssemblyResolver = this,
        InMemory = true,
        ReadSymbols = true,
        SymbolReaderProvider = new DefaultSymbolReaderProvider(throwIfNoSymbol: false),
    };

    /// <inheritdoc/>
    public override AssemblyDefinition Resolve(AssemblyNameReference name)
    {
        // The base class caches only what it reads with its own parameters.
        if (!_known.TryGetValue(name.Name, out AssemblyDefinition? assembly))
        {
            bool isOwn = name.Name.StartsWith(Prefix, StringComparison.Ordinal);
            assembly = Resolve(name, isOwn ? Parameters : new ReaderParameters { AssemblyResolver = this, InMemory = true });
            _known.Add(name.Name, assembly);
        }

        return assembly;
    }

    /// <inheritdoc/>
    public override AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters) => base.Resolve(name, parameters);

    /// <summary>The project's assemblies that <paramref name="module"/> uses and that lie beside it.</summary>
    public IEnumerable<AssemblyDefinition> ReferencedBy(ModuleDefinition module)
    {
        foreach (AssemblyNameReference reference in module.AssemblyReferences)
        {
            if (reference.Name.StartsWith(Prefix, StringComparison.Ordinal) && File.Exists(Path.Combine(_folder, reference.Name + ".dll")))
            {
                yield return Resolve(reference);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (AssemblyDefinition assembly in _known.Values)
        {
            assembly.Dispose();
        }

        base.Dispose(disposing);
    }
}
