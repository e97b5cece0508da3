using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Random streams between two stacks over a wire with random loss, duplication, reordering, corruption and delay.</summary>
/// <remarks><c>KS_LOSSY_RUNS</c> is how many runs (10,000 with CI=true, else 300), <c>KS_LOSSY_SEED</c> where they start.</remarks>
public sealed class TcpLossyWireTests
{
    private const int RunsInCi = 10_000;
    private const int RunsElse = 300;
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15; // of FsCheck's generator: any odd number

    [Fact]
    public void RandomStreams_OverARandomWire_ArriveOnceAndInOrderAndNothingIsLeft()
    {
        bool isCi = Environment.GetEnvironmentVariable("CI") == "true";
        int runs = Setting("KS_LOSSY_RUNS") ?? (isCi ? RunsInCi : RunsElse);
        int seed = Setting("KS_LOSSY_SEED") ?? Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"KS_LOSSY_SEED={seed}, {runs} runs");
        Config config = Config.QuickThrowOnFailure
            .WithMaxTest(runs)
            .WithName($"KS_LOSSY_SEED={seed}")
            .WithReplay(new Replay(new Rnd((ulong)(uint)seed, Gamma), null))
            .WithParallelRunConfig(new ParallelRunConfig(Environment.ProcessorCount));
        Prop.ForAll(Arb.From(Runs()), static run => run.Run()).Check(config);
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;

    private static Gen<LossyRun> Runs() =>
        from seed in Gen.Choose(0, int.MaxValue - 100)
        from loss in Sometimes(150)
        from duplication in Sometimes(300)
        from reordering in Sometimes(500)
        from corruption in Sometimes(100)
        from delay in Gen.OneOf(Gen.Choose(10, 1000), Gen.Choose(1000, 60_000))
        from reorderDelay in Gen.OneOf(Gen.Choose(10, 1000), Gen.Choose(1000, 60_000))
        from there in Sizes()
        from back in Sizes()
        from ending in Gen.Elements(Ending.Either, Ending.Client, Ending.Server)
        from buffer in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 3000), Gen.Choose(3000, 60_000))
        from rest in Sometimes(20_000)
        from isOffloading in Gen.Elements(false, true)
        from isReno in Gen.Elements(false, true)
        from isNoDelay in Gen.Elements(false, true)
        select new LossyRun
        {
            Seed = seed,
            Loss = loss,
            Duplication = duplication,
            Reordering = reordering,
            Corruption = corruption,
            Delay = delay,
            ReorderDelay = reorderDelay,
            There = there,
            Back = back,
            Ending = ending,
            Buffer = buffer,
            Rest = rest,
            IsOffloading = isOffloading,
            IsReno = isReno,
            IsNoDelay = isNoDelay,
        };

    private static Gen<int> Sometimes(int most) => Gen.OneOf(Gen.Constant(0), Gen.Choose(0, most));

    private static Gen<int> Sizes() => Gen.Frequency((5, Gen.Choose(0, 3)), (5, Gen.Choose(0, 3000)), (5, Gen.Choose(3000, 40_000)), (1, Gen.Choose(40_000, 300_000)));
}
