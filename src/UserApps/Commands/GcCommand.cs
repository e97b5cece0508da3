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
        Console.Out.WriteLine($"Collections      gen0 {GC.CollectionCount(0)}, gen1 {GC.CollectionCount(1)}, gen2 {GC.CollectionCount(2)}");
        Console.Out.WriteLine($"Pauses           {Milliseconds(GC.GetTotalPauseDuration())} ms in all, {last.PauseTimePercentage.ToString("0.00", CultureInfo.InvariantCulture)} % of the time");
        PrintLast(last);
        Console.Out.WriteLine($"Allocated        {ByteSize.Long(GC.GetTotalAllocatedBytes())} since start");
        Console.Out.WriteLine($"Objects          {ByteSize.Long(GC.GetTotalMemory(false))}");
        Console.Out.WriteLine($"Heap             {ByteSize.Long(last.HeapSizeBytes)} after the last collection, {ByteSize.Long(last.FragmentedBytes)} of it free");
        Console.Out.WriteLine($"Committed        {ByteSize.Long(last.TotalCommittedBytes)}");
        Console.Out.WriteLine($"Limit            {ByteSize.Long(last.TotalAvailableMemoryBytes)}, load {ByteSize.Long(last.MemoryLoadBytes)}");
        Console.Out.WriteLine($"Pinned objects   {last.PinnedObjectsCount}");
        Console.Out.WriteLine($"To be finalized  {last.FinalizationPendingCount}");
    }

    private static void PrintLast(GCMemoryInfo last)
    {
        if (last.Index == 0)
        {
            Console.Out.WriteLine("Last             none yet");
            return;
        }

        string pauses = "";
        foreach (TimeSpan pause in last.PauseDurations)
        {
            pauses += pause == TimeSpan.Zero ? "" : $" {Milliseconds(pause)} ms";
        }

        Console.Out.WriteLine($"Last             number {last.Index}, gen{last.Generation}{(last.Compacted ? ", compacting" : "")}, pause{pauses}");
        for (int generation = 0; generation < last.GenerationInfo.Length; generation++)
        {
            GCGenerationInfo information = last.GenerationInfo[generation];
            Console.Out.WriteLine($"  {Label(generation),-15}{ByteSize.Long(information.SizeBeforeBytes),12} -> {ByteSize.Long(information.SizeAfterBytes)}");
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
