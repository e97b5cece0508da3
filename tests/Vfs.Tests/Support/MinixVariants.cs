namespace KernelSockets.Vfs.Tests.Support;

/// <summary>The versions and name lengths of minix file systems, as options of their maker.</summary>
internal static class MinixVariants
{
    public static readonly string[] All = ["version=1,names=14", "version=1,names=30", "version=2,names=14", "version=2,names=30", "version=3,names=60"];
}
