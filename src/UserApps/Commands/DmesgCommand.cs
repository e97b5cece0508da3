namespace KernelSockets.UserApps.Commands;

/// <summary>dmesg: the kernel's log.</summary>
internal sealed class DmesgCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "dmesg";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Diagnostics;

    /// <inheritdoc/>
    public override string Summary => "print the kernel's log";

    /// <inheritdoc/>
    public override string Help => "Usage: dmesg\nPrints the kernel's log since start, as far as its ring still holds it.\n";

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            return Misused($"extra operand '{arguments[0]}'");
        }

        string log = system.ReadLog();
        Console.Out.Write(log.Length == 0 || log.EndsWith('\n') ? log : log + "\n");
        return 0;
    }
}
