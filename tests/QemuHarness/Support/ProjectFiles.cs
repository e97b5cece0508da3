namespace KernelSockets.QemuHarness.Support;

/// <summary>Where the things under test lie: the files that <c>./build</c> leaves in out/, and the folder for what a failed test leaves.</summary>
internal static class ProjectFiles
{
    /// <summary>Root of the project: the folder above the test assembly that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static string Iso => Built("kernelsockets.iso");

    public static string Kernel => Built("kernel.elf");

    public static string RootImage => Built("root.img");

    /// <summary>The tool that makes and looks into minix images.</summary>
    public static string MkMinix => Built(Path.Combine("tools", "mkminix", "mkminix"));

    public static string LogDirectory(string test) => Path.Combine(Root, "out", "test-logs", test);

    private static string Built(string name)
    {
        string path = Path.Combine(Root, "out", name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run ./build first.");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "KernelSockets.sln")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds KernelSockets.sln.");
    }
}
