using System.Xml.Linq;

namespace KernelSockets.Architecture.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] s_outputFolders = ["bin", "obj"];

    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Project files under src.</summary>
    public static IReadOnlyList<string> SourceProjects { get; } = Files("src", "*.csproj");

    /// <summary>Files of a folder, without what a build leaves there.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar).Any(s_outputFolders.Contains))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Names of the projects that a project refers to.</summary>
    public static IEnumerable<string> References(string project) => XDocument.Load(project).Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

    /// <summary>True for files of the kernel itself.</summary>
    public static bool IsInKernel(string path) =>
        Path.GetRelativePath(Root, path).StartsWith(Path.Combine("src", "Kernel") + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KernelSockets.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie inside the source tree.");
    }
}
