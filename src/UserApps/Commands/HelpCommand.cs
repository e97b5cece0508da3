namespace KernelSockets.UserApps.Commands;

/// <summary>help: groups and explains the commands.</summary>
internal sealed class HelpCommand(AppTable apps) : Command
{
    private const int NameWidth = 12;

    /// <inheritdoc/>
    public override string Name => "help";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Shell;

    /// <inheritdoc/>
    public override string Summary => "list commands, or explain some";

    /// <inheritdoc/>
    public override string Help => """
        Usage: help [COMMAND...]
        Lists all commands by group, or prints the help of each COMMAND.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            ListAll();
            return 0;
        }

        int status = 0;
        foreach (string name in arguments)
        {
            status |= Explain(name);
        }

        return status;
    }

    private static string TitleOf(AppGroup group) => group switch
    {
        AppGroup.Shell => "Shell",
        AppGroup.System => "System",
        AppGroup.Network => "Network",
        AppGroup.Files => "Files",
        AppGroup.Text => "Text",
        AppGroup.Diagnostics => "Diagnostics",
        _ => "Programs",
    };

    private void ListAll()
    {
        AppGroup? group = null;
        foreach (App app in apps.Apps)
        {
            if (app.Group != group)
            {
                Console.Out.WriteLine(group is null ? TitleOf(app.Group) : $"\n{TitleOf(app.Group)}");
                group = app.Group;
            }

            Console.Out.WriteLine($"  {app.Name.PadRight(NameWidth)}{app.Summary}");
        }

        Console.Out.WriteLine("\n'COMMAND --help' tells more. A line may join commands with ; && || and end with & (background).");
        Console.Out.WriteLine("Keys: arrows, Home, End, Ctrl-A E K U W Y L, Tab completes, Ctrl-C ends the running command.");
    }

    private int Explain(string name)
    {
        if (!apps.TryFind(name, out App? app))
        {
            return Fail($"no help topics match '{name}'");
        }

        Console.Out.WriteLine($"{app.Name} - {app.Summary}");
        Console.Out.Write(app.Help);
        return 0;
    }
}
