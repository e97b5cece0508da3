namespace KernelSockets.Vfs.Proc;

/// <summary>One name in a directory of /proc.</summary>
/// <param name="Position">Its place; places need not follow each other, and an entry keeps its own while others come and go.</param>
/// <param name="Name">The name.</param>
/// <param name="Node">What it leads to.</param>
public readonly record struct ProcEntry(long Position, byte[] Name, ProcNode Node);
