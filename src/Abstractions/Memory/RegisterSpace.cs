namespace KernelSockets;

/// <summary>The seam for memory-mapped device registers: volatile memory in the kernel, a model of the device when hosted.</summary>
public abstract class RegisterSpace
{
    /// <summary>Reads a 32-bit register.</summary>
    /// <param name="offset">Byte offset from the base of the register file, a multiple of 4.</param>
    public abstract uint Read(uint offset);

    /// <summary>Writes a 32-bit register.</summary>
    /// <param name="offset">Byte offset from the base of the register file, a multiple of 4.</param>
    /// <param name="value">The value to write.</param>
    public abstract void Write(uint offset, uint value);
}
