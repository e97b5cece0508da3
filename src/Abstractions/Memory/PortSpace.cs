namespace KernelSockets;

/// <summary>The seam for a device's registers in I/O space: the processor's in and out in the kernel, a model of the device when hosted.</summary>
/// <remarks>The width counts: a register is read and written with the width that the device's document gives it.</remarks>
public abstract class PortSpace
{
    /// <summary>Reads an 8-bit register.</summary>
    /// <param name="offset">Offset from the first port of the device.</param>
    public abstract byte Read8(int offset);

    /// <summary>Reads a 16-bit register.</summary>
    /// <param name="offset">Offset from the first port of the device.</param>
    public abstract ushort Read16(int offset);

    /// <summary>Reads a 32-bit register.</summary>
    /// <param name="offset">Offset from the first port of the device.</param>
    public abstract uint Read32(int offset);

    /// <summary>Writes an 8-bit register.</summary>
    /// <param name="offset">Offset from the first port of the device.</param>
    /// <param name="value">The value to write.</param>
    public abstract void Write8(int offset, byte value);

    /// <summary>Writes a 16-bit register.</summary>
    /// <param name="offset">Offset from the first port of the device.</param>
    /// <param name="value">The value to write.</param>
    public abstract void Write16(int offset, ushort value);

    /// <summary>Writes a 32-bit register.</summary>
    /// <param name="offset">Offset from the first port of the device.</param>
    /// <param name="value">The value to write.</param>
    public abstract void Write32(int offset, uint value);
}
