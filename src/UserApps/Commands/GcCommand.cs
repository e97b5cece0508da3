using System.Globalization;

namespace KernelSockets.UserApps.Commands;

/// <summary>gc: what the garbage collector does.</summary>
internal sealed class GcCommand : Command
{
    /// <inheritdoc/>
    public override string Name => "gc";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Diagnostics;

    /// <inheritdoc/>
    public override string Summary => "garbage collections, pauses, heap";

    /// <inheritdoc/>
    public override string Help => """
        Usage: gc [-c]
        Prints how often each generation was collected, how long the threads were stopped for it, and the sizes of the heap.
          -c   collect everything first

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("c", arguments, ("collect", 'c'));
        bool isCollecting = false;
        while (options.TryNext(out _))
        {
            isCollecting = true;
        }

        if (options.Error is { } error || options.Operands.Count > 0)
        {
            return Misused(options.Error ?? $"extra operand '{options.Operands[0]}'");
        }

        if (isCollecting)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }

        Print();
        return 0;
    }

    private static void Print()
    {
        GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
        string share = last.PauseTimePercentage.ToString("0.00", CultureInfo.InvariantCulture);
        PrintLine("Collections", $"gen0 {GC.CollectionCount(0)}, gen1 {GC.CollectionCount(1)}, gen2 {GC.CollectionCount(2)}");
        PrintLine("Pauses", $"{Milliseconds(GC.GetTotalPauseDuration())} ms in all, {share} % of the time");
        PrintLast(last);
        PrintLine("Allocated", $"{ByteSize.Long(GC.GetTotalAllocatedBytes())} since start");
        PrintLine("Objects", ByteSize.Long(GC.GetTotalMemory(false)));
        PrintLine("Heap", $"{ByteSize.Long(last.HeapSizeBytes)} after the last collection, {ByteSize.Long(last.FragmentedBytes)} of it free");
        PrintLine("Committed", ByteSize.Long(last.TotalCommittedBytes));
        PrintLine("Limit", $"{ByteSize.Long(last.TotalAvailableMemoryBytes)}, load {ByteSize.Long(last.MemoryLoadBytes)}");
        PrintLine("Pinned objects", last.PinnedObjectsCount.ToString(CultureInfo.InvariantCulture));
        PrintLine("To be finalized", last.FinalizationPendingCount.ToString(CultureInfo.InvariantCulture));
    }

    private static void PrintLine(string label, string value) => Console.Out.WriteLine($"{label,-16} {value}");

    private static void PrintLast(GCMemoryInfo last)
    {
        if (last.Index == 0)
        {
            PrintLine("Last", "none yet");
            return;
        }

        string pauses = "";
        foreach (TimeSpan pause in last.PauseDurations)
        {
            pauses += pause == TimeSpan.Zero ? "" : $" {Milliseconds(pause)} ms";
        }

        PrintLine("Last", $"number {last.Index}, gen{last.Generation}{(last.Compacted ? ", compacting" : "")}, pause{pauses}");
        for (int generation = 0; generation < last.GenerationInfo.Length; generation++)
        {
            GCGenerationInfo sizes = last.GenerationInfo[generation];
            PrintLine($"  {Label(generation)}", $"{ByteSize.Long(sizes.SizeBeforeBytes),10} -> {ByteSize.Long(sizes.SizeAfterBytes)}");
        }
    }

    private static string Label(int generation) => generation switch
    {
        3 => "large objects",
        4 => "pinned heap",
        _ => $"gen{generation}",
    };

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);
}
