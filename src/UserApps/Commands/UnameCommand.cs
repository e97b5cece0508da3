namespace KernelSockets.UserApps.Commands;

/// <summary>uname: name and version of the system.</summary>
internal sealed class UnameCommand(ISystem system) : Command
{
    private const string Order = "snrvm";

    /// <inheritdoc/>
    public override string Name => "uname";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "name and version of the system";

    /// <inheritdoc/>
    public override string Help => """
        Usage: uname [-asnrvm]
        Prints what the system is; -s by default.
          -a, --all             all of the following, in this order
          -s, --kernel-name     name of the kernel
          -n, --nodename        name of the machine
          -r, --kernel-release  version of the kernel
          -v, --kernel-version  build and runtime
          -m, --machine         instruction set

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("asnrvm", arguments, ("all", 'a'), ("kernel-name", 's'), ("nodename", 'n'),
            ("kernel-release", 'r'), ("kernel-version", 'v'), ("machine", 'm'));
        string wanted = "";
        while (options.TryNext(out char option))
        {
            wanted += option == 'a' ? Order : option.ToString();
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        if (options.Operands.Count > 0)
        {
            return Misused($"extra operand '{options.Operands[0]}'");
        }

        Print(wanted.Length == 0 ? "s" : wanted);
        return 0;
    }

    private void Print(string wanted)
    {
        var parts = new List<string>();
        foreach (char option in Order)
        {
            if (wanted.Contains(option, StringComparison.Ordinal))
            {
                parts.Add(PartOf(option));
            }
        }

        Console.Out.WriteLine(string.Join(' ', parts));
    }

    private string PartOf(char option) => option switch
    {
        's' => system.Identity.SystemName,
        'n' => system.Identity.HostName,
        'r' => system.Identity.Release,
        'v' => system.Identity.Version,
        _ => system.Identity.Machine,
    };
}
