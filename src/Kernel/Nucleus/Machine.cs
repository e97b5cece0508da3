namespace KernelSockets.Kernel.Nucleus;

/// <summary>Switching the machine off and on again. Any context.</summary>
internal static class Machine
{
    private const ushort DebugExitPort = 0xF4;
    private const ushort KeyboardControl = 0x64;
    private const byte PulseReset = 0xFE;
    private const ushort ResetControl = 0xCF9;
    private const byte FullReset = 0x0E;

    /// <summary>Tells a status to QEMU's isa-debug-exit device where there is one, else enters S5. Returns when neither worked.</summary>
    public static void PowerOff(byte status)
    {
        Cpu.Out8(DebugExitPort, status);
        Acpi.PowerOff();
    }

    /// <summary>Enters S5.</summary>
    public static void PowerOff() => Acpi.PowerOff();

    /// <summary>Resets through ACPI, the chipset, or the keyboard controller.</summary>
    public static void Reset()
    {
        Acpi.Reset();
        Cpu.Out8(ResetControl, FullReset);
        Cpu.Out8(KeyboardControl, PulseReset);
    }
}
