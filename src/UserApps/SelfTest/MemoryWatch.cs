namespace KernelSockets.UserApps.SelfTest;

/// <summary>Tells whether an action leaves memory behind: frames that were free before and are not after.</summary>
internal static class MemoryWatch
{
    /// <summary>Runs an action, and again when the heap has found its size; the second run may leave no more than the tolerance.</summary>
    /// <param name="system">Counts the frames.</param>
    /// <param name="action">What is watched.</param>
    /// <param name="tolerance">Bytes that other tasks, and the collector's budgets, may take meanwhile.</param>
    /// <returns>What was measured.</returns>
    public static string Measure(ISystem system, Action action, long tolerance)
    {
        action();
        long before = FreeAfterCollection(system);
        action();
        long lost = before - FreeAfterCollection(system);
        Expect.True(lost <= tolerance, $"{lost} bytes are gone; {tolerance} are tolerated");
        return $"{lost} bytes lost, {tolerance} tolerated";
    }

    private static long FreeAfterCollection(ISystem system)
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return system.Memory().Free;
    }
}
