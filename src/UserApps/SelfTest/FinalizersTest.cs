using System.Runtime.CompilerServices;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>Finalizers run, weak references let go, and what is held stays.</summary>
internal sealed class FinalizersTest : RuntimeTest
{
    private const int Count = 100;

    /// <inheritdoc/>
    public override string Name => "finalizers";

    /// <inheritdoc/>
    public override string Summary => "finalizers, weak references, dependent handles";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        var counter = new Counter();
        object held = new();
        var weakHeld = new WeakReference(held);
        var table = new ConditionalWeakTable<object, Finalized>();
        WeakReference[] dropped = Drop(counter, table, held);
        Collect();
        int alive = 0;
        foreach (WeakReference reference in dropped)
        {
            alive += reference.IsAlive ? 1 : 0;
        }

        Expect.Equal(0, alive, "dropped objects that are still alive");
        Expect.Equal(Count, counter.Value, "finalizers that ran");
        Expect.True(weakHeld.IsAlive, "an object that is held is gone");
        Expect.True(table.TryGetValue(held, out _), "the companion of an object that is held is gone");
        GC.KeepAlive(held);
        return "";
    }

    /// <summary>Makes objects that nobody holds once this has returned, and one that lives with <paramref name="held"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Drop(Counter counter, ConditionalWeakTable<object, Finalized> table, object held)
    {
        var references = new WeakReference[Count];
        for (int i = 0; i < Count; i++)
        {
            references[i] = new WeakReference(new Finalized(counter));
        }

        table.Add(held, new Finalized(new Counter()));
        return references;
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private sealed class Counter
    {
        private int _value;

        public int Value => Volatile.Read(ref _value);

        public void Increment() => Interlocked.Increment(ref _value);
    }

    private sealed class Finalized(Counter counter)
    {
        ~Finalized() => counter.Increment();
    }
}
