using System.Globalization;

namespace KernelSockets.Vfs.Proc;

/// <summary>Content of /proc/gc, which Linux has not: the garbage collector of the one runtime in which all programs are. Names and values, sizes in bytes.</summary>
internal sealed class CollectorFile
{
    private const double Median = 0.5;
    private const double AllButOneInThousand = 0.999;

    private readonly CollectorPauses _pauses = new();

    public void Write(ProcText text)
    {
        GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            Line(text, $"Gen{generation}Collections", GC.CollectionCount(generation));
        }

        Line(text, "LastIndex", last.Index);
        Line(text, "LastGeneration", last.Generation);
        Line(text, "LastPauseMicroseconds", (long)(last.PauseDurations.IsEmpty ? 0 : last.PauseDurations[0].TotalMicroseconds));
        Line(text, "LastPromotedBytes", last.PromotedBytes);
        Line(text, "TotalPauseMicroseconds", (long)GC.GetTotalPauseDuration().TotalMicroseconds);
        Line(text, "PausesRecorded", _pauses.Count);
        Line(text, "PausesMissed", _pauses.Missed);
        Line(text, "MedianPauseMicroseconds", (long)_pauses.Percentile(Median).TotalMicroseconds);
        Line(text, "Pause999Microseconds", (long)_pauses.Percentile(AllButOneInThousand).TotalMicroseconds);
        Line(text, "LongestPauseMicroseconds", (long)_pauses.Longest.TotalMicroseconds);
        text.Line(string.Create(CultureInfo.InvariantCulture, $"PauseTimePercentage:\t{last.PauseTimePercentage:0.00}"));
        Line(text, "AllocatedBytes", GC.GetTotalAllocatedBytes());
        Line(text, "LiveBytes", GC.GetTotalMemory(forceFullCollection: false));
        Line(text, "HeapBytes", last.HeapSizeBytes);
        Line(text, "FragmentedBytes", last.FragmentedBytes);
        Line(text, "CommittedBytes", last.TotalCommittedBytes);
        Line(text, "LimitBytes", last.TotalAvailableMemoryBytes);
        Line(text, "HighLoadBytes", last.HighMemoryLoadThresholdBytes);
        Line(text, "PinnedObjects", last.PinnedObjectsCount);
        Line(text, "PendingFinalizers", last.FinalizationPendingCount);
    }

    private static void Line(ProcText text, string name, long value) => text.Line($"{name}:\t{value}");
}
