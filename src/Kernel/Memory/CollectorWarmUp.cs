namespace KernelSockets.Kernel.Memory;

/// <summary>
/// Lets the garbage collector run while the machine starts, so that its code is in the processor's caches when a pause matters. Under emulation that is
/// what most of a first pause goes for: each block of code is translated when it runs first.
/// </summary>
internal static class CollectorWarmUp
{
    private const int Rounds = 2;
    private const int Objects = 2000;

    /// <summary>Collects each generation a few times, with something to mark, to move and to free. Takes some 50 ms under emulation.</summary>
    public static void Run()
    {
        for (int round = 0; round < Rounds; round++)
        {
            for (int generation = 0; generation <= GC.MaxGeneration; generation++)
            {
                object[] survivors = MakeObjects();
                GC.Collect(generation, GCCollectionMode.Forced, blocking: true, compacting: round > 0);
                GC.KeepAlive(survivors);
            }
        }
    }

    /// <summary>Objects that refer to others, with garbage between them.</summary>
    private static object[] MakeObjects()
    {
        object[] objects = new object[Objects];
        for (int i = 0; i < Objects; i++)
        {
            _ = new byte[i % 64];
            objects[i] = i % 3 == 0 ? new byte[i % 128] : new object[] { objects };
        }

        return objects;
    }
}
