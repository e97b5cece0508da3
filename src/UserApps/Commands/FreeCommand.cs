using System.Globalization;

namespace KernelSockets.UserApps.Commands;

/// <summary>free: who uses the memory. The first line is procps's as far as the columns exist here; heap and packet buffers
/// follow.</summary>
internal sealed class FreeCommand(ISystem system) : Command
{
    private const int LabelWidth = 8;
    private const int ColumnWidth = 12;

    /// <inheritdoc/>
    public override string Name => "free";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "use of memory";

    /// <inheritdoc/>
    public override string Help => """
        Usage: free [-bkmh]
        Shows the machine's memory, the managed heap, and the pool of packet buffers.
          -b, --bytes   bytes
          -k, --kibi    kibibytes (the default)
          -m, --mebi    mebibytes
          -h, --human   a fitting unit for each number
        Mem:   all usable memory; used = image + page tables + mapped (heap, stacks, native)
        Heap:  the garbage collector's hard limit, what it has committed, what objects take
        Bufs:  packet buffers, a count

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("bkmh", arguments, ("bytes", 'b'), ("kibi", 'k'), ("mebi", 'm'), ("human", 'h'));
        char unit = 'k';
        while (options.TryNext(out char option))
        {
            unit = option;
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        if (options.Operands.Count > 0)
        {
            return Misused($"extra operand '{options.Operands[0]}'");
        }

        Print(system.Memory(), unit);
        return 0;
    }

    private static void Print(MemoryStatistics memory, char unit)
    {
        GCMemoryInfo heap = GC.GetGCMemoryInfo();
        PrintRow("", "total", "used", "free", "image", "tables", "mapped");
        PrintRow("Mem:", Format(memory.Total, unit), Format(memory.Total - memory.Free, unit), Format(memory.Free, unit),
            Format(memory.Image, unit), Format(memory.PageTables, unit), Format(memory.Mapped, unit));
        PrintRow("", "limit", "committed", "objects");
        PrintRow("Heap:", Format(memory.HeapLimit, unit), Format(heap.TotalCommittedBytes, unit), Format(GC.GetTotalMemory(false), unit));
        PrintRow("", "total", "used", "free");
        int used = memory.PacketBuffers - memory.FreePacketBuffers;
        PrintRow("Bufs:", Count(memory.PacketBuffers), Count(used), Count(memory.FreePacketBuffers));
    }

    private static void PrintRow(string label, params ReadOnlySpan<string> columns)
    {
        string row = label.PadRight(LabelWidth);
        foreach (string column in columns)
        {
            row += column.PadLeft(ColumnWidth);
        }

        Console.Out.WriteLine(row);
    }

    private static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Format(long bytes, char unit) => unit switch
    {
        'b' => bytes.ToString(CultureInfo.InvariantCulture),
        'm' => (bytes >> 20).ToString(CultureInfo.InvariantCulture),
        'h' => ByteSize.Short(bytes),
        _ => (bytes >> 10).ToString(CultureInfo.InvariantCulture),
    };
}
