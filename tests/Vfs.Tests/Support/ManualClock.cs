namespace KernelSockets.Vfs.Tests.Support;

/// <summary>A clock that the test moves.</summary>
internal sealed class ManualClock : Clock
{
    public override Instant Now => Instant.Zero + Passed;

    public override DateTimeOffset UtcNow => new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero) + Passed;

    public TimeSpan Passed { get; set; }
}

/// <summary>Randomness that is the same in every run.</summary>
internal sealed class SeededEntropy(int seed) : EntropySource
{
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> destination) => _random.NextBytes(destination);
}
