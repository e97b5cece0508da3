namespace KernelSockets.Simulation;

/// <summary>Entropy that repeats itself from a seed, so that a failing test can be run again.</summary>
public sealed class SeededEntropy(int seed) : EntropySource
{
    private readonly Random _random = new(seed);

    /// <inheritdoc/>
    public override void Fill(Span<byte> destination) => _random.NextBytes(destination);
}
