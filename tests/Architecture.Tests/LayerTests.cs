using Mono.Cecil;

namespace KernelSockets.Architecture.Tests;

/// <summary>
/// Which assembly may know which: the seams lie in Abstractions, the formats on the wire in Wire, and only the kernel puts everything together.
/// </summary>
public sealed class LayerTests
{
    private const string Abstractions = "Abstractions";
    private const string Kernel = "Kernel";
    private const string Wire = "Wire";

    [Fact]
    public void EveryLayer_IsFound()
    {
        string[] names = [.. Repository.SourceProjects.Select(Path.GetFileNameWithoutExtension).OfType<string>()];
        Assert.Subset(names.ToHashSet(), new HashSet<string> { Abstractions, "Net", "Vfs", "UserApps", "Ata", "E1000", "Console", Wire });
    }

    [Fact]
    public void Projects_ReferToAbstractionsAndWireOnly()
    {
        foreach (string project in Repository.SourceProjects.Where(project => !Repository.IsInKernel(project)))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            string[] allowed = name switch
            {
                Abstractions => [],
                "Net" or "UserApps" => [Abstractions, Wire],
                _ => [Abstractions],
            };
            Assert.True(!Repository.References(project).Except(allowed).Any(), $"{name} refers to {string.Join(", ", Repository.References(project))}");
        }
    }

    [Fact]
    public void Assemblies_UseAbstractionsWireAndTheClassLibraryOnly()
    {
        foreach (string path in LayerAssemblies.Paths)
        {
            using ModuleDefinition module = ModuleDefinition.ReadModule(path);
            IEnumerable<string> foreign = module.AssemblyReferences.Select(reference => reference.Name)
                .Where(name => name is not ("KernelSockets.Abstractions" or "KernelSockets.Wire") && !name.StartsWith("System.", StringComparison.Ordinal));
            Assert.True(!foreign.Any(), $"{module.Name} uses {string.Join(", ", foreign)}");
        }
    }

    [Fact]
    public void Kernel_RefersToEveryLayer_OnceItExists()
    {
        string? kernel = Repository.SourceProjects.SingleOrDefault(project => Path.GetFileNameWithoutExtension(project) == Kernel);
        Assert.SkipWhen(kernel is null, "There is no kernel project in this tree.");
        string[] layers = [.. Repository.SourceProjects.Where(project => project != kernel).Select(Path.GetFileNameWithoutExtension).OfType<string>()];
        Assert.Empty(layers.Except(Repository.References(kernel)).Except([Abstractions]));
    }
}
