using System.Runtime.CompilerServices;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>Page fault at address 0 and divide error become .NET exceptions: the processor's trap, the kernel's signal, the runtime's
/// throw.</summary>
internal sealed class HardwareFaultsTest : RuntimeTest
{
    private const int Rounds = 100;

    /// <summary>Less than a page: the field behind it is reached through page 0, without a check.</summary>
    private const int PaddingSize = 3000;

    private readonly int[] _zeroes = new int[2];

    /// <inheritdoc/>
    public override string Name => "faults";

    /// <inheritdoc/>
    public override string Summary => "NullReference, DivideByZero and Overflow exceptions from hardware";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        for (int round = 0; round < Rounds; round++)
        {
            RunOnce();
        }

        ThreadGroup.Run(4, _ => RunOnce());
        return "";
    }

    private void RunOnce()
    {
        Node? none = _zeroes[0] == 0 ? null : new Node();
        int[]? noArray = _zeroes[0] == 0 ? null : _zeroes;
        int zero = _zeroes[0];
        int minusOne = _zeroes[1] - 1;
        Expect.Throws<NullReferenceException>(() => Use(none!.Value), "reading a field of null");
        Expect.Throws<NullReferenceException>(() => none!.Value = 1, "writing a field of null");
        Expect.Throws<NullReferenceException>(() => Use(none!.Virtual()), "a virtual call on null");
        Expect.Throws<NullReferenceException>(() => Use(noArray!.Length), "the length of a null array");
        Expect.Throws<NullReferenceException>(() => Use(none!.Tail), "reading a field far into null");
        Expect.Throws<DivideByZeroException>(() => Use(7 / zero), "7 / 0");
        Expect.Throws<DivideByZeroException>(() => Use(7 % zero), "7 % 0");
        Expect.Throws<DivideByZeroException>(() => Use((int)(7L / zero)), "7L / 0");
        Expect.Throws<OverflowException>(() => Use(int.MinValue / minusOne), "int.MinValue / -1");
        Expect.Throws<OverflowException>(() => Use((int)(long.MinValue / minusOne)), "long.MinValue / -1");
        Expect.Throws<OverflowException>(() => Use(checked(int.MinValue + minusOne)), "checked overflow");
        Expect.Throws<IndexOutOfRangeException>(() => Use(_zeroes[zero + 2]), "index beyond an array");
    }

    private static void Use(int value) => GC.KeepAlive(value);

    private class Node
    {
        private Padding _padding;

        public int Value { get; set; }

        public int Tail => _padding[PaddingSize - 1];

        public virtual int Virtual() => _padding[0]++;

        [InlineArray(PaddingSize)]
        private struct Padding
        {
            private byte _first;
        }
    }
}
