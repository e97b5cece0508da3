namespace KernelSockets.Kernel.Syscalls;

/// <summary>A system call on its way to managed code.</summary>
/// <param name="Number">Its number.</param>
/// <param name="A">First argument (rdi).</param>
/// <param name="B">Second (rsi).</param>
/// <param name="C">Third (rdx).</param>
/// <param name="D">Fourth (r10).</param>
/// <param name="E">Fifth (r8).</param>
/// <param name="F">Sixth (r9).</param>
/// <param name="Job">Whose descriptors it means; 0 for the kernel's own.</param>
internal readonly record struct CallArguments(ulong Number, ulong A, ulong B, ulong C, ulong D, ulong E, ulong F, int Job);
