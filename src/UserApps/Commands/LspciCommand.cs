namespace KernelSockets.UserApps.Commands;

/// <summary>lspci: the PCI functions (pciutils' output).</summary>
internal sealed class LspciCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "lspci";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Diagnostics;

    /// <inheritdoc/>
    public override string Summary => "list PCI devices";

    /// <inheritdoc/>
    public override string Help => """
        Usage: lspci [-nnkv]
        Lists the PCI functions found at start.
          -n   numbers instead of names
          -nn  numbers and names
          -k   the driver too
          -v   driver and interrupt line too

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("nkv", arguments);
        int numeric = 0;
        bool hasDriver = false;
        bool hasInterrupt = false;
        while (options.TryNext(out char option))
        {
            numeric += option == 'n' ? 1 : 0;
            hasInterrupt |= option == 'v';
            hasDriver |= option is 'k' or 'v';
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        foreach (PciFunctionInformation function in system.PciFunctions)
        {
            Console.Out.WriteLine(numeric switch
            {
                0 => Names(function),
                1 => Numbers(function),
                _ => NamesAndNumbers(function),
            });
            PrintMore(function, hasDriver, hasInterrupt);
        }

        return 0;
    }

    private static string Slot(PciFunctionInformation function) => $"{function.Bus:x2}:{function.Device:x2}.{function.Function}";

    private static string Revision(PciFunctionInformation function) => function.Revision == 0 ? "" : $" (rev {function.Revision:x2})";

    private static string Numbers(PciFunctionInformation function) =>
        $"{Slot(function)} {function.ClassCode >> 8:x4}: {function.VendorId:x4}:{function.DeviceId:x4}{Revision(function)}";

    private static string Names(PciFunctionInformation function) =>
        $"{Slot(function)} {PciNames.Class(function.ClassCode)}: "
        + $"{PciNames.Device(function.VendorId, function.DeviceId)}{Revision(function)}";

    private static string NamesAndNumbers(PciFunctionInformation function) =>
        $"{Slot(function)} {PciNames.Class(function.ClassCode)} [{function.ClassCode >> 8:x4}]: "
        + $"{PciNames.Device(function.VendorId, function.DeviceId)} [{function.VendorId:x4}:{function.DeviceId:x4}]{Revision(function)}";

    private static void PrintMore(PciFunctionInformation function, bool hasDriver, bool hasInterrupt)
    {
        if (hasInterrupt && function.InterruptLine != byte.MaxValue)
        {
            Console.Out.WriteLine($"\tInterrupt line {function.InterruptLine}");
        }

        if (hasDriver && function.Driver.Length > 0)
        {
            Console.Out.WriteLine($"\tKernel driver in use: {function.Driver}");
        }
    }
}
