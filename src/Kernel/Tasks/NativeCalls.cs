using System.Runtime.InteropServices;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Tasks;

/// <summary>The nucleus's blocking calls. Ordinary P/Invoke: a garbage collection goes on while a task is blocked in one.</summary>
internal static partial class NativeCalls
{
    /// <summary>Blocks until unparked.</summary>
    public static Errno Park(Instant deadline) => (Errno)(-Call(SystemCalls.Park, (ulong)deadline.Nanoseconds, 0, 0));

    /// <summary>Blocks until an interrupt has signalled an event.</summary>
    public static Errno WaitForInterrupt(int awaited, Instant deadline) =>
        (Errno)(-Call(SystemCalls.WaitForInterrupt, (ulong)awaited, (ulong)deadline.Nanoseconds, 0));

    [LibraryImport("*", EntryPoint = "nucleus_call")]
    private static partial long Call(ulong number, ulong a, ulong b, ulong c);
}
