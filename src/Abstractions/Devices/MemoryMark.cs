namespace KernelSockets;

/// <summary>A byte of memory in which a device sets a bit when it has done something: what can be looked at instead of waiting for an interrupt.</summary>
/// <param name="BusAddress">Address of the byte as the device sees it.</param>
/// <param name="Bits">The bits, one of which will be set.</param>
public readonly record struct MemoryMark(ulong BusAddress, byte Bits);
