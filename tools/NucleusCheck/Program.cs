using System.CommandLine;
using KernelSockets.NucleusCheck;

Argument<FileInfo> assembly = new("assembly") { Description = "The kernel's assembly; its PDB and the project's other assemblies lie beside it." };
Option<string> rawNamespace = new("--namespace")
{
    Description = "The namespace whose code is raw.",
    DefaultValueFactory = _ => Options.DefaultNamespace,
};
Option<string?> sourceRoot = new("--source-root") { Description = "The folder that the compiler's path map calls /_/." };
Option<string[]> directLibraries = new("--direct-library") { Description = "A library whose P/Invokes are bound at link time. May be repeated." };
Option<string[]> references = new("--reference")
{
    Description = "An assembly that does not lie beside the checked one; its implementation, not a reference assembly. May be repeated.",
};
RootCommand command = new("Checks that the kernel's raw code keeps its rules, and that unsafe code stays in the kernel.")
{
    assembly, rawNamespace, sourceRoot, directLibraries, references,
};
command.SetAction(result => Report.Run(
    result.GetValue(assembly)!.FullName,
    new Options(result.GetValue(rawNamespace)!, result.GetValue(directLibraries) ?? [], result.GetValue(references) ?? []),
    result.GetValue(sourceRoot)));
return command.Parse(args).Invoke();
