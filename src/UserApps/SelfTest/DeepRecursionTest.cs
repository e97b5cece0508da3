using System.Runtime.CompilerServices;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>A stack is as large as it claims: half of it used, walked by the collector, unwound by an exception; and its end is
/// known.</summary>
internal sealed class DeepRecursionTest : RuntimeTest
{
    private const int StackSize = 1 << 20;
    private const int FrameData = 1024;

    /// <summary>Each frame holds at least its data.</summary>
    private const int Depth = StackSize / 2 / (FrameData + 256);

    /// <summary>Frames that a stack of this size cannot hold.</summary>
    private const int TooDeep = StackSize / FrameData;

    /// <inheritdoc/>
    public override string Name => "recursion";

    /// <inheritdoc/>
    public override string Summary => "recursion to half the stack, collected and unwound there";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        int reached = 0;
        ThreadGroup.Run(1, _ =>
        {
            Expect.Equal(Depth * (Depth + 1) / 2, Sum(Depth, isThrowing: false), "sum by recursion");
            Expect.Throws<FormatException>(() => Sum(Depth, isThrowing: true), "exception out of a deep recursion");
            reached = DescendWhileSafe(0);
        }, StackSize);
        Expect.True(reached > Depth && reached < TooDeep, $"the end of the stack was announced after {reached} frames");
        return $"{reached} frames of 1 KiB before its end";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Sum(int depth, bool isThrowing)
    {
        Span<byte> data = stackalloc byte[FrameData];
        data.Fill((byte)depth);
        if (depth == 0)
        {
            GC.Collect();
            return isThrowing ? throw new FormatException() : 0;
        }

        int sum = Sum(depth - 1, isThrowing) + depth;
        return data[^1] == (byte)depth ? sum : -1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int DescendWhileSafe(int depth)
    {
        Span<byte> data = stackalloc byte[FrameData];
        data.Fill(1);
        return depth < TooDeep && RuntimeHelpers.TryEnsureSufficientExecutionStack() ? DescendWhileSafe(depth + 1) + data[0] - 1 : depth;
    }
}
