namespace KernelSockets.KernelImage;

/// <summary>
/// Makes the ahead-of-time compiler's symbol names readable. It joins assembly, namespace, type and method with underscores and two underscores before the
/// method: <c>KernelSockets_Kernel_KernelSockets_Kernel_Nucleus_Panic__Stop</c> becomes <c>KernelSockets.Kernel.Nucleus.Panic.Stop</c>.
/// </summary>
internal static class ManagedName
{
    private static readonly string[] s_assemblies =
    [
        "KernelSockets_Abstractions_", "KernelSockets_Kernel_", "KernelSockets_Net_", "KernelSockets_Vfs_", "KernelSockets_UserApps_",
        "KernelSockets_Drivers_E1000_", "KernelSockets_Drivers_Console_", "KernelSockets_Drivers_Ata_", "S_P_CoreLib_", "S_P_TypeLoader_", "S_P_StackTraceMetadata_", "S_P_Reflection_Execution_",
        "System_Console_", "System_Collections_", "System_Linq_", "System_Net_Primitives_", "System_Net_Sockets_", "System_Threading_",
        "System_Runtime_", "System_Collections_Concurrent_", "Microsoft_Win32_Primitives_",
    ];

    public static string From(string symbol)
    {
        foreach (string assembly in s_assemblies)
        {
            if (symbol.StartsWith(assembly, StringComparison.Ordinal))
            {
                string rest = symbol[assembly.Length..];
                int method = rest.LastIndexOf("__", StringComparison.Ordinal);
                return method <= 0 ? rest : rest[..method].Replace('_', '.') + "." + rest[(method + 2)..];
            }
        }

        return symbol;
    }
}
