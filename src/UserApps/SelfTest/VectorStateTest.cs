using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>Floating-point and vector registers survive preemption: threads that compute in registers without a call, against known
/// results.</summary>
internal sealed class VectorStateTest : RuntimeTest
{
    private const int Threads = 4;
    private const int Rounds = 20;
    private const int Steps = 400_000;

    /// <inheritdoc/>
    public override string Name => "vector-state";

    /// <inheritdoc/>
    public override string Summary => "SSE registers, and AVX ones where they are compiled in, preserved across preemption";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        bool hasAvx = Avx2.IsSupported;
        ThreadGroup.Run(Threads, number =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                CheckDoubles(number + 1);
                CheckNarrow((ulong)number + 1);
                if (hasAvx)
                {
                    CheckWide((ulong)number + 1);
                }
            }
        });
        return hasAvx ? "SSE and AVX2" : "SSE";
    }

    /// <summary>Sums of whole numbers, which doubles hold exactly.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CheckDoubles(int number)
    {
        double sum = 0;
        double other = 0;
        for (int i = 0; i < Steps; i++)
        {
            sum += number;
            other -= number + 1;
        }

        Expect.Equal((double)Steps * number, sum, "sum of doubles");
        Expect.Equal(-(double)Steps * (number + 1), other, "other sum of doubles");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CheckNarrow(ulong number)
    {
        Vector128<ulong> a = Vector128.Create(number, number + 1);
        Vector128<ulong> b = Vector128<ulong>.Zero;
        Vector128<ulong> c = Vector128.Create(ulong.MaxValue, 1);
        for (int i = 0; i < Steps; i++)
        {
            b += a;
            c -= a;
        }

        Expect.Equal(Vector128.Create(number * Steps, (number + 1) * Steps), b, "128-bit sum");
        Expect.Equal(Vector128.Create(ulong.MaxValue, 1) - b, c, "128-bit difference");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CheckWide(ulong number)
    {
        Vector256<ulong> a = Vector256.Create(number, number + 1, number + 2, number + 3);
        Vector256<ulong> b = Vector256<ulong>.Zero;
        Vector256<ulong> c = Vector256<ulong>.AllBitsSet;
        for (int i = 0; i < Steps; i++)
        {
            b = Avx2.Add(b, a);
            c = Avx2.Subtract(c, a);
        }

        Expect.Equal(Vector256.Create(number * Steps, (number + 1) * Steps, (number + 2) * Steps, (number + 3) * Steps), b, "256-bit sum");
        Expect.Equal(Vector256<ulong>.AllBitsSet - b, c, "256-bit difference");
    }
}
