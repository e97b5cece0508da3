using System.Runtime.InteropServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The state of a task as a trap or a system call found it. Boot/traps.s builds and consumes exactly this layout.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TrapFrame
{
    public const int XmmBytes = 256;
    public const ulong SystemCallVector = 256;
    public const ulong KernelCode = 8;
    public const ulong KernelData = 16;

    public fixed byte Xmm[XmmBytes];
    public ulong R15;
    public ulong R14;
    public ulong R13;
    public ulong R12;
    public ulong Rbp;
    public ulong Rbx;
    public ulong R11;
    public ulong R10;
    public ulong R9;
    public ulong R8;
    public ulong Rdi;
    public ulong Rsi;
    public ulong Rdx;
    public ulong Rcx;
    public ulong Rax;
    public ulong Vector;
    public ulong Error;
    public ulong Rip;
    public ulong Cs;
    public ulong Rflags;
    public ulong Rsp;
    public ulong Ss;
}
