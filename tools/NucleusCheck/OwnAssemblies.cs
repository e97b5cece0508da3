using Mono.Cecil;
using Mono.Cecil.Cil;

namespace KernelSockets.NucleusCheck;

/// <summary>Finds assemblies by given paths, beside the checked one, and in the runtime's folder; the project's own come with debug information.</summary>
internal sealed class OwnAssemblies : DefaultAssemblyResolver
{
    /// <summary>What the names of the project's assemblies start with.</summary>
    public const string Prefix = "KernelSockets.";

    private readonly string _folder;
    private readonly Dictionary<string, string> _paths;
    private readonly Dictionary<string, AssemblyDefinition> _known = new(StringComparer.Ordinal);

    public OwnAssemblies(string folder, IEnumerable<string> references)
    {
        _folder = folder;
        _paths = references.ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, StringComparer.Ordinal);
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
            ReaderParameters parameters = isOwn ? Parameters : new ReaderParameters { AssemblyResolver = this, InMemory = true };
            assembly = _paths.TryGetValue(name.Name, out string? path)
                ? AssemblyDefinition.ReadAssembly(path, parameters)
                : Resolve(name, parameters);
            _known.Add(name.Name, assembly);
        }

        return assembly;
    }

    /// <inheritdoc/>
    public override AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters) => base.Resolve(name, parameters);

    /// <summary>The project's assemblies that <paramref name="module"/> uses, as far as they are there.</summary>
    public IEnumerable<AssemblyDefinition> ReferencedBy(ModuleDefinition module)
    {
        foreach (AssemblyNameReference reference in module.AssemblyReferences)
        {
            bool isThere = _paths.ContainsKey(reference.Name) || File.Exists(Path.Combine(_folder, reference.Name + ".dll"));
            if (isThere && reference.Name.StartsWith(Prefix, StringComparison.Ordinal))
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
