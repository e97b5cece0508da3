namespace KernelSockets.UserApps.Commands;

/// <summary>interrupts: what /proc/interrupts is on Linux.</summary>
internal sealed class InterruptsCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "interrupts";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Diagnostics;

    /// <inheritdoc/>
    public override string Summary => "interrupt vectors in use and their counts";

    /// <inheritdoc/>
    public override string Help => """
        Usage: interrupts
        Lists the interrupt vectors in use: how often each has fired, where it comes from, who uses it.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            return Misused($"extra operand '{arguments[0]}'");
        }

        Console.Out.WriteLine("VECTOR        COUNT SOURCE                   NAME");
        foreach (InterruptInformation line in system.Interrupts())
        {
            Console.Out.WriteLine($"  0x{line.Vector:x2} {line.Count,14} {line.Source,-24} {line.Name}");
        }

        return 0;
    }
}
