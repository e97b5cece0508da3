namespace KernelSockets;

/// <summary>What <c>uname</c> tells.</summary>
/// <param name="SystemName">Name of the kernel (-s).</param>
/// <param name="HostName">Name of the machine (-n).</param>
/// <param name="Release">Version of the kernel (-r).</param>
/// <param name="Version">Build and runtime (-v).</param>
/// <param name="Machine">Instruction set (-m).</param>
public sealed record SystemIdentity(string SystemName, string HostName, string Release, string Version, string Machine);
