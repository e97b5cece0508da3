using Mono.Cecil;

namespace KernelSockets.Architecture.Tests;

/// <summary>Pointers stay in src/Kernel.</summary>
public sealed class UnsafeTests
{
    [Fact]
    public void Assemblies_AreVerifiable()
    {
        // The compiler marks every module built with AllowUnsafeBlocks, whether or not it uses them.
        foreach (string path in LayerAssemblies.Paths)
        {
            using ModuleDefinition module = ModuleDefinition.ReadModule(path);
            Assert.DoesNotContain(module.CustomAttributes, attribute => attribute.AttributeType.Name == "UnverifiableCodeAttribute");
        }
    }

    [Fact]
    public void ProjectFiles_OutsideTheKernel_DoNotAllowUnsafe()
    {
        string[] folders = ["src", "tests", "tools"];
        foreach (string project in folders.SelectMany(folder => Repository.Files(folder, "*.*proj")).Where(project => !Repository.IsInKernel(project)))
        {
            string text = File.ReadAllText(project);
            Assert.False(text.Contains("<AllowUnsafeBlocks>true", StringComparison.OrdinalIgnoreCase), project);
        }
    }
}
