namespace KernelSockets;

/// <summary>One line of <c>interrupts</c>.</summary>
/// <param name="Vector">Processor vector.</param>
/// <param name="Source">Where it comes from, for example <c>IO-APIC 11 level</c> or <c>LAPIC timer</c>.</param>
/// <param name="Name">Who uses it.</param>
/// <param name="Count">How often it has fired.</param>
public sealed record InterruptInformation(int Vector, string Source, string Name, long Count);
