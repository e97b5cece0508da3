using System.Runtime;
using System.Runtime.CompilerServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>Addresses of symbols in assembly, as functions: C# has no other way to name a linker symbol.</summary>
internal static class Symbols
{
    [RuntimeImport(Image.Library, "symbol_trap_vectors")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong TrapVectors();

    [RuntimeImport(Image.Library, "symbol_syscall_entry")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong SyscallEntry();

    [RuntimeImport(Image.Library, "symbol_signal_restorer")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong SignalRestorer();

    [RuntimeImport(Image.Library, "symbol_idle_loop")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong IdleLoop();
}
