using System.Runtime.InteropServices;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls that managed code serves: files, and whatever else is above the nucleus.</summary>
internal static unsafe class SystemCallTable
{
    /// <summary>Takes over all calls that the nucleus does not serve itself.</summary>
    public static void Initialize()
    {
        // In managed code the runtime's record of where the thread left it is empty; in a P/Invoke it is not. If either does not hold, this
        // is not the runtime that Boot/cpu.s was written for.
        if (SystemCalls.TransitionFrame() != 0 || TransitionFrameInCall() == 0)
        {
            Gateway.Stop("the runtime keeps its thread state elsewhere: see Boot/cpu.s"u8);
        }

        SystemCalls.TrustMode();
        SystemCalls.SetManagedHandler(&Serve);
    }

    [UnmanagedCallersOnly]
    private static long Serve(TrapFrame* frame)
    {
        return -(long)Errno.ENOSYS;
    }

    [DllImport("*", EntryPoint = "thread_transition_frame")]
    private static extern ulong TransitionFrameInCall();
}
