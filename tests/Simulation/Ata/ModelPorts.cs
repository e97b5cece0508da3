using KernelSockets.Simulation.E1000;

namespace KernelSockets.Simulation.Ata;

/// <summary>Ports of the model, by width; a width that no register of the block has is the driver's mistake.</summary>
internal sealed class ModelPorts : PortSpace
{
    public required string Name { get; init; }

    public Func<int, byte>? OnRead8 { get; init; }

    public Func<int, ushort>? OnRead16 { get; init; }

    public Action<int, byte>? OnWrite8 { get; init; }

    public Action<int, ushort>? OnWrite16 { get; init; }

    public Action<int, uint>? OnWrite32 { get; init; }

    public override byte Read8(int offset) => OnRead8 is null ? throw Refuse(8, offset) : OnRead8(offset);

    public override ushort Read16(int offset) => OnRead16 is null ? throw Refuse(16, offset) : OnRead16(offset);

    public override uint Read32(int offset) => throw Refuse(32, offset);

    public override void Write8(int offset, byte value) => (OnWrite8 ?? throw Refuse(8, offset))(offset, value);

    public override void Write16(int offset, ushort value) => (OnWrite16 ?? throw Refuse(16, offset))(offset, value);

    public override void Write32(int offset, uint value) => (OnWrite32 ?? throw Refuse(32, offset))(offset, value);

    private DriverErrorException Refuse(int width, int offset) => new($"access of {width} bits to {Name} register {offset}");
}
