using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>Instructions that no compiler emits; each is a function in Boot/cpu.s. Plain calls, usable in every context.</summary>
internal static unsafe class Cpu
{
    public const ulong InterruptFlag = 0x200;

    [RuntimeImport(Image.Library, "cpu_in8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte In8(ushort port);

    [RuntimeImport(Image.Library, "cpu_in16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ushort In16(ushort port);

    [RuntimeImport(Image.Library, "cpu_in32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern uint In32(ushort port);

    [RuntimeImport(Image.Library, "cpu_out8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out8(ushort port, byte value);

    [RuntimeImport(Image.Library, "cpu_out16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out16(ushort port, ushort value);

    [RuntimeImport(Image.Library, "cpu_out32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out32(ushort port, uint value);

    [RuntimeImport(Image.Library, "cpu_read_msr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadMsr(uint register);

    [RuntimeImport(Image.Library, "cpu_write_msr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMsr(uint register, ulong value);

    [RuntimeImport(Image.Library, "cpu_read_tsc")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadTsc();

    [RuntimeImport(Image.Library, "cpu_id")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Id(uint leaf, uint subleaf, CpuIdResult* result);

    /// <summary>Turns interrupts off and returns the flags from before, for <see cref="RestoreInterrupts"/>.</summary>
    [RuntimeImport(Image.Library, "cpu_disable_interrupts")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong DisableInterrupts();

    [RuntimeImport(Image.Library, "cpu_restore_interrupts")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void RestoreInterrupts(ulong flags);

    [RuntimeImport(Image.Library, "cpu_enable_interrupts")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void EnableInterrupts();

    [RuntimeImport(Image.Library, "cpu_halt_forever")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void HaltForever();

    [RuntimeImport(Image.Library, "cpu_pause")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Pause();

    [RuntimeImport(Image.Library, "cpu_read_cr2")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr2();

    [RuntimeImport(Image.Library, "cpu_read_cr3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr3();

    [RuntimeImport(Image.Library, "cpu_write_cr3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr3(ulong value);

    [RuntimeImport(Image.Library, "cpu_read_cr0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr0();

    [RuntimeImport(Image.Library, "cpu_read_cr4")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr4();

    [RuntimeImport(Image.Library, "cpu_write_cr4")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr4(ulong value);

    [RuntimeImport(Image.Library, "cpu_write_xcr0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteXcr0(ulong value);

    [RuntimeImport(Image.Library, "cpu_invalidate_page")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void InvalidatePage(ulong address);

    [RuntimeImport(Image.Library, "cpu_load_gdt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadGdt(void* descriptor, ushort taskRegister);

    [RuntimeImport(Image.Library, "cpu_load_idt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadIdt(void* descriptor);

    [RuntimeImport(Image.Library, "cpu_xsave")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Xsave(void* area);

    [RuntimeImport(Image.Library, "cpu_xrstor")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Xrstor(void* area);

    [RuntimeImport(Image.Library, "cpu_fxsave")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Fxsave(void* area);

    [RuntimeImport(Image.Library, "cpu_fxrstor")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Fxrstor(void* area);

    [RuntimeImport(Image.Library, "cpu_rdrand")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte ReadRandom(ulong* value);

    /// <summary>Reads 64 bits of the running thread's thread-local storage.</summary>
    [RuntimeImport(Image.Library, "cpu_read_fs_relative")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadThreadLocal(long offset);

    /// <summary>Clears memory; <paramref name="bytes"/> is a multiple of 8.</summary>
    [RuntimeImport(Image.Library, "cpu_zero")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Zero(void* destination, ulong bytes);

    [RuntimeImport(Image.Library, "cpu_copy")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Copy(void* destination, void* source, ulong bytes);

    /// <summary>(<paramref name="value"/> · <paramref name="factor"/>) / 2³², with a 128-bit product.</summary>
    [RuntimeImport(Image.Library, "cpu_scale")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong Scale(ulong value, ulong factor);

    [RuntimeImport(Image.Library, "trap_return")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void TrapReturn(TrapFrame* frame);

    [RuntimeImport(Image.Library, "task_switch")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void TaskSwitch(ulong* savedStack, ulong stack);

    [RuntimeImport(Image.Library, "task_leave_to_frame")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void TaskLeaveToFrame(ulong* savedStack, TrapFrame* frame);

    [RuntimeImport(Image.Library, "task_resume")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void TaskResume(ulong stack);

    [RuntimeImport(Image.Library, "enter_libc")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void EnterLibc(ulong* stack);
}

/// <summary>The four registers that CPUID fills.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CpuIdResult
{
    public uint Eax;
    public uint Ebx;
    public uint Ecx;
    public uint Edx;
}
