namespace KernelSockets.Simulation;

/// <summary>How badly a simulated wire behaves. Probabilities from 0 to 1, drawn anew for each frame and receiver.</summary>
public sealed record WireFaults
{
    /// <summary>A wire that delivers everything, in order.</summary>
    public static WireFaults None { get; } = new();

    /// <summary>A frame vanishes.</summary>
    public double Loss { get; init; }

    /// <summary>A frame arrives twice, the second time later.</summary>
    public double Duplication { get; init; }

    /// <summary>A frame is held back by <see cref="ReorderDelay"/>, so that later ones overtake it.</summary>
    public double Reordering { get; init; }

    /// <summary>One bit of a frame is flipped although its check sequence was right: a broken bridge or memory.</summary>
    public double Corruption { get; init; }

    /// <summary>From sending to arrival.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>What a held-back frame or the second copy of a frame waits in addition.</summary>
    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(2);
}
