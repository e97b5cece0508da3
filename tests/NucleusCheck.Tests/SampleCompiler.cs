using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace KernelSockets.NucleusCheck.Tests;

/// <summary>Compiles sample code with <c>unsafe</c> allowed and checks it; every sample lies in a folder of its own, removed afterwards.</summary>
internal static class SampleCompiler
{
    public const string RawNamespace = "Sample.Raw";
    public const string FileName = "Sample.cs";

    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.Runtime;
        global using System.Runtime.CompilerServices;
        global using System.Runtime.InteropServices;
        namespace System.Runtime
        {
            [AttributeUsage(AttributeTargets.Method)]
            internal sealed class RuntimeExportAttribute(string name) : Attribute { public string Name => name; }
            [AttributeUsage(AttributeTargets.Method)]
            internal sealed class RuntimeImportAttribute(string name) : Attribute { public string Name => name; }
        }
        """;

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles members of a static class in the raw namespace and checks them.</summary>
    public static IReadOnlyList<Violation> CheckMembers(string members, OptimizationLevel level = OptimizationLevel.Release) =>
        CheckSource($"namespace {RawNamespace};\ninternal static unsafe class Code {{\n{members}\n}}", level);

    /// <summary>Compiles a whole file and checks it.</summary>
    public static IReadOnlyList<Violation> CheckSource(string source, OptimizationLevel level = OptimizationLevel.Release) =>
        InFolder(folder => NucleusAnalysis.Check(Compile(folder, "KernelSockets.Sample", source, level), new Options(RawNamespace, [], [])).Violations);

    /// <summary>Runs <paramref name="action"/> with a fresh folder.</summary>
    public static T InFolder<T>(Func<string, T> action)
    {
        string folder = Directory.CreateTempSubdirectory("nucleuscheck-").FullName;
        try
        {
            return action(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes an assembly and its PDB.</summary>
    public static string Compile(
        string folder, string name, string source, OptimizationLevel level = OptimizationLevel.Release, bool isUnsafe = true, params string[] references)
    {
        CSharpParseOptions parse = new(LanguageVersion.Latest);
        SyntaxTree[] trees =
        [
            CSharpSyntaxTree.ParseText(SourceText.From(Preamble, Encoding.UTF8), parse, "Preamble.cs"),
            CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), parse, FileName),
        ];
        CSharpCompilation compilation = CSharpCompilation.Create(
            name, trees, [.. s_references, .. references.Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: level, allowUnsafe: isUnsafe));
        string path = Path.Combine(folder, name + ".dll");
        using FileStream assembly = File.Create(path);
        using FileStream debugInformation = File.Create(Path.ChangeExtension(path, ".pdb"));
        EmitResult result = compilation.Emit(
            assembly, debugInformation, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        string errors = string.Join('\n', result.Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString()));
        Assert.True(result.Success, errors);
        return path;
    }
}
