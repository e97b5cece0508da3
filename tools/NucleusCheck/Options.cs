namespace KernelSockets.NucleusCheck;

/// <summary>What is checked.</summary>
/// <param name="RawNamespace">All types of this namespace, and of those inside it, are raw.</param>
/// <param name="DirectLibraries">Libraries whose P/Invokes the build binds at link time, besides <c>*</c>.</param>
/// <param name="References">Paths of assemblies that do not lie beside the checked one; implementations, not reference assemblies.</param>
public sealed record Options(string RawNamespace, IReadOnlyCollection<string> DirectLibraries, IReadOnlyCollection<string> References)
{
    /// <summary>The kernel's raw namespace.</summary>
    public const string DefaultNamespace = "KernelSockets.Kernel.Nucleus";

    /// <summary>The kernel's settings.</summary>
    public static Options Default { get; } = new(DefaultNamespace, [], []);
}
