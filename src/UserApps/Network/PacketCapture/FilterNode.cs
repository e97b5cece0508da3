using KernelSockets.Filters;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>A filter as a tree of tests on a frame. Immutable.</summary>
internal abstract record FilterNode
{
    /// <summary>Both.</summary>
    public static FilterNode operator &(FilterNode left, FilterNode right) => new FilterAnd(left, right);

    /// <summary>One of them, or both.</summary>
    public static FilterNode operator |(FilterNode left, FilterNode right) => new FilterOr(left, right);

    /// <summary>The opposite.</summary>
    public static FilterNode operator !(FilterNode node) => new FilterNot(node);
}

internal sealed record FilterAnd(FilterNode Left, FilterNode Right) : FilterNode;

internal sealed record FilterOr(FilterNode Left, FilterNode Right) : FilterNode;

internal sealed record FilterNot(FilterNode Node) : FilterNode;

/// <summary>One comparison of a field with a constant; false when the field lies beyond the frame's end.</summary>
/// <param name="Load">How the field is loaded: one of the loads of <see cref="BpfOpcode"/>; indexed ones count from the end of the IPv4 header.</param>
/// <param name="Offset">Where the field is, from the frame's start, or for indexed loads as if the IPv4 header had no bytes.</param>
/// <param name="Mask">Bits of the field that count.</param>
/// <param name="Jump">How it is compared: <see cref="BpfOpcode.JumpIfEqual"/>, <see cref="BpfOpcode.JumpIfGreater"/> and so on.</param>
/// <param name="Value">With what.</param>
internal sealed record FilterTest(ushort Load, uint Offset, uint Mask, ushort Jump, uint Value) : FilterNode
{
    /// <summary>True when the field is found from the end of the IPv4 header.</summary>
    public bool IsIndexed => Load is BpfOpcode.LoadByteIndexed or BpfOpcode.LoadHalfIndexed or BpfOpcode.LoadWordIndexed;

    /// <summary>A field that has a value.</summary>
    public static FilterTest Equal(ushort load, uint offset, uint value, uint mask = uint.MaxValue) =>
        new(load, offset, mask, BpfOpcode.JumpIfEqual, value);
}
