using System.Diagnostics;
using System.Globalization;
using KernelSockets.UserApps.Network.PacketCapture;

namespace KernelSockets.Net.Tests.Fuzz;

/// <summary>Mutations of the corpus: whatever comes, nothing throws, nothing leaks, and the host still answers.</summary>
/// <remarks>
/// <c>KS_FUZZ_SECONDS</c> is how long the random run takes (./test gives it a minute), <c>KS_FUZZ_FRAMES</c> how many frames it takes instead,
/// and <c>KS_FUZZ_SEED</c> where it starts, to see a failure again.
/// </remarks>
public sealed class FuzzTests
{
    private const int FramesEach = 30_000;
    private const int Block = 64; // frames between two rests
    private const int CheckEach = 1 << 16;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void MutatedFrames_NoExceptionNoLeakAndAlive(int seed) => Run(seed, fed => fed < FramesEach);

    [Fact]
    public void MutatedFrames_OfAnotherSeedEachTime_ForAsLongAsAsked()
    {
        int seed = Setting("KS_FUZZ_SEED") ?? Environment.TickCount;
        long frames = Setting("KS_FUZZ_FRAMES") ?? 0;
        TimeSpan time = TimeSpan.FromSeconds(Setting("KS_FUZZ_SECONDS") ?? 2);
        long start = Stopwatch.GetTimestamp();
        Run(seed, fed => frames > 0 ? fed < frames : Stopwatch.GetElapsedTime(start) < time);
    }

    [Fact]
    public void Corpus_AsItIs_HasEveryKindOfFrame()
    {
        using FuzzTarget target = new();
        byte[][] corpus = ReadCorpus();
        Assert.True(corpus.Length > 100, $"{corpus.Length} frames");
        foreach (byte[] frame in corpus)
        {
            target.Feed([.. frame]);
            target.Rest(TimeSpan.FromMilliseconds(1));
        }

        target.AssertSound();
    }

    private static void Run(int seed, Func<long, bool> goesOn)
    {
        Random random = new(seed);
        using FuzzTarget target = new();
        Mutator mutator = new(random, ReadCorpus());
        try
        {
            while (goesOn(target.Fed))
            {
                for (int i = 0; i < Block; i++)
                {
                    target.Feed(mutator.Next());
                }

                target.Rest(TimeSpan.FromMilliseconds(random.Next(500)));
                if (target.Fed % CheckEach == 0)
                {
                    target.AssertSound();
                }
            }

            target.AssertSound();
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}, {target.Fed} frames: {target.Counters}");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}, after {target.Fed} frames", e);
        }
    }

    /// <summary>All captures, their hosts moved to where the target is.</summary>
    private static byte[][] ReadCorpus()
    {
        List<byte[]> frames = [];
        foreach (string path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus"), "*.pcap").Order(StringComparer.Ordinal))
        {
            using PcapReader reader = new(File.OpenRead(path));
            while (reader.TryRead(out CapturedFrame captured))
            {
                byte[] frame = captured.Bytes[..Math.Min(captured.Bytes.Length, 1514)].ToArray();
                Replace(frame, [10, 77, 0], [10, 0, 0]);
                frames.Add(frame);
            }
        }

        return [.. frames];
    }

    private static void Replace(byte[] frame, byte[] what, byte[] with)
    {
        int at;
        while ((at = frame.AsSpan().IndexOf(what)) >= 0)
        {
            with.CopyTo(frame, at);
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;
}
