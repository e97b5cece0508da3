namespace KernelSockets.Drivers.Ata;

/// <summary>What a channel works with.</summary>
/// <param name="Command">Its command block: eight ports (1F0 or 170).</param>
/// <param name="Control">Its control block: one port (3F6 or 376).</param>
/// <param name="BusMaster">Its eight ports of the bus master; null when there is none.</param>
/// <param name="Line">Its interrupt; nobody else waits for it.</param>
/// <param name="Memory">For the bus master.</param>
/// <param name="Clock">For time-outs.</param>
/// <param name="Inform">Gets what was found, as lines for the log.</param>
/// <param name="Complain">Gets what went wrong, as lines for the log.</param>
public sealed record ChannelResources(
    PortSpace Command, PortSpace Control, PortSpace? BusMaster, InterruptLine Line, DmaAllocator Memory, Clock Clock,
    Action<string> Inform, Action<string> Complain);
