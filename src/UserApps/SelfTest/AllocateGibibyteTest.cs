namespace KernelSockets.UserApps.SelfTest;

/// <summary>A gibibyte goes through a small heap: the collector keeps up, and no memory stays committed for it.</summary>
internal sealed class AllocateGibibyteTest : RuntimeTest
{
    private const long Total = 1L << 30;
    private const int SmallSize = 200;
    private const int LargeSize = 100_000;
    private const int SmallForEachLarge = 500;
    private const long Tolerance = 4 << 20;

    /// <inheritdoc/>
    public override string Name => "allocate";

    /// <inheritdoc/>
    public override string Summary => "1 GiB in small and large objects, committed memory does not grow";

    /// <inheritdoc/>
    public override string Run(ISystem system) => MemoryWatch.Measure(system, () => Allocate(Total / 2), Tolerance);

    /// <summary>Allocates, keeps the last few of each kind, and checks that they hold what was put in.</summary>
    private static void Allocate(long bytes)
    {
        byte[][] small = new byte[64][];
        byte[][] large = new byte[4][];
        int round = 0;
        for (long done = 0; done < bytes; done += LargeSize + (SmallForEachLarge * SmallSize))
        {
            for (int i = 0; i < SmallForEachLarge; i++)
            {
                small[i % small.Length] = Make(SmallSize, i);
            }

            large[round % large.Length] = Make(LargeSize, round);
            Check(large[(round + 1) % large.Length], round + 1 - large.Length);
            Check(small[0], (SmallForEachLarge - 1) / small.Length * small.Length);
            round++;
        }
    }

    private static byte[] Make(int size, int mark)
    {
        byte[] bytes = new byte[size];
        bytes[0] = (byte)mark;
        bytes[^1] = (byte)mark;
        return bytes;
    }

    private static void Check(byte[]? bytes, int mark)
    {
        if (bytes is not null && (bytes[0] != (byte)mark || bytes[^1] != (byte)mark || bytes[bytes.Length / 2] != 0))
        {
            throw new SelfTestFailedException("an object lost its contents");
        }
    }
}
