namespace KernelSockets.Architecture.Tests;

/// <summary>The compiled layers, which lie beside the tests.</summary>
internal static class LayerAssemblies
{
    private static readonly string[] s_names =
    [
        "KernelSockets.Abstractions", "KernelSockets.Net", "KernelSockets.Vfs", "KernelSockets.Drivers.Ata", "KernelSockets.Drivers.Console", "KernelSockets.Drivers.E1000",
        "KernelSockets.UserApps", "KernelSockets.Wire",
    ];

    /// <summary>Paths of the assemblies.</summary>
    public static IEnumerable<string> Paths => s_names.Select(name => Path.Combine(AppContext.BaseDirectory, name + ".dll"));
}
