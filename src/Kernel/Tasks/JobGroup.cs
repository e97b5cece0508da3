namespace KernelSockets.Kernel.Tasks;

/// <summary>Jobs that Ctrl-C reaches together (POSIX's process group). It has no state: jobs refer to it.</summary>
internal sealed class JobGroup;
