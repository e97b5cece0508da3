namespace KernelSockets.FaultyWire;

/// <summary>What goes wrong on a wire: the share of frames, from 0 to 1, that each fault hits, and how long all take.</summary>
/// <param name="Loss">Frames that vanish.</param>
/// <param name="Duplication">Frames that arrive twice.</param>
/// <param name="Reordering">Frames that are overtaken by up to <see cref="MostOvertaking"/> later ones.</param>
/// <param name="Corruption">Frames with one bit flipped behind the Ethernet header.</param>
/// <param name="Delay">How long a frame is under way.</param>
internal sealed record Faults(double Loss = 0, double Duplication = 0, double Reordering = 0, double Corruption = 0, TimeSpan Delay = default)
{
    /// <summary>Most frames that overtake one that is held back.</summary>
    public const int MostOvertaking = 5;

    /// <summary>A frame that is held back goes on after this time even if none has overtaken it.</summary>
    public static readonly TimeSpan HoldLimit = TimeSpan.FromMilliseconds(10);
}
