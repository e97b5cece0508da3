using System.Globalization;

namespace KernelSockets.QemuHarness.Support;

/// <summary>What <c>free -b</c> says: the figures that must come back to where they were.</summary>
internal sealed record FreeReport(long TotalBytes, long FreeBytes, long TotalBuffers, long FreeBuffers)
{
    public static FreeReport Parse(string output)
    {
        long[] memory = Row(output, "Mem:");
        long[] buffers = Row(output, "Bufs:");
        return new FreeReport(memory[0], memory[2], buffers[0], buffers[2]);
    }

    /// <summary>The numbers behind a label.</summary>
    private static long[] Row(string output, string label)
    {
        string row = output.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal))
            ?? throw new FormatException($"free printed no line '{label}':\n{output}");
        return [.. row[label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
    }
}
