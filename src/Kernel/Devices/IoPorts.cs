using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Devices;

/// <summary>A device's registers in I/O space.</summary>
/// <param name="first">First port.</param>
/// <param name="count">Ports.</param>
internal sealed class IoPorts(ushort first, int count) : PortSpace
{
    /// <inheritdoc/>
    public override byte Read8(int offset) => Cpu.In8(Port(offset, sizeof(byte)));

    /// <inheritdoc/>
    public override ushort Read16(int offset) => Cpu.In16(Port(offset, sizeof(ushort)));

    /// <inheritdoc/>
    public override uint Read32(int offset) => Cpu.In32(Port(offset, sizeof(uint)));

    /// <inheritdoc/>
    public override void Write8(int offset, byte value) => Cpu.Out8(Port(offset, sizeof(byte)), value);

    /// <inheritdoc/>
    public override void Write16(int offset, ushort value) => Cpu.Out16(Port(offset, sizeof(ushort)), value);

    /// <inheritdoc/>
    public override void Write32(int offset, uint value) => Cpu.Out32(Port(offset, sizeof(uint)), value);

    private ushort Port(int offset, int width)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)(count - width));
        return (ushort)(first + offset);
    }
}
