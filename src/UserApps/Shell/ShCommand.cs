namespace KernelSockets.UserApps;

/// <summary>sh: the shell as a program, for scripts.</summary>
/// <param name="system">The kernel.</param>
/// <param name="apps">The commands.</param>
internal sealed class ShCommand(ISystem system, AppTable apps) : Command
{
    /// <inheritdoc/>
    public override string Name => "sh";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Shell;

    /// <inheritdoc/>
    public override string Summary => "run a script";

    /// <inheritdoc/>
    public override string Help => """
        Usage: sh [-efux] [FILE [ARGUMENT...]]
               sh [-efux] -c COMMANDS [NAME [ARGUMENT...]]
        Carries out the commands in FILE, or COMMANDS, or else those in the input. ARGUMENTs become $1 and so on.
        The language is POSIX's without aliases, traps and getopts; see 'help' for the words of the shell itself, and 'set --help' for the options.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        system.Jobs.HandleInterrupts();
        ShellSwitches switches = ShellSwitches.None;
        bool isText = false;
        int first = 0;
        while (first < arguments.Length && arguments[first] is ['-', _, ..] and not "--")
        {
            isText |= arguments[first].Contains('c', StringComparison.Ordinal);
            if (ShellOptionLetters.TryApply(arguments[first].Replace("c", "", StringComparison.Ordinal), ref switches) is { } letter)
            {
                return Misused($"invalid option -- '{letter}'");
            }

            first++;
        }

        first += first < arguments.Length && arguments[first] == "--" ? 1 : 0;
        string[] operands = arguments[first..];
        if (isText)
        {
            return operands.Length == 0 ? Misused("option requires an argument -- 'c'") : RunText(operands[0], operands[1..], switches);
        }

        return operands.Length == 0 ? RunInput(switches) : RunFile(operands, switches);
    }

    private int RunText(string text, string[] nameAndArguments, ShellSwitches switches)
    {
        using Shell shell = Create(nameAndArguments, switches);
        return shell.RunScript(text);
    }

    private int RunFile(string[] nameAndArguments, ShellSwitches switches)
    {
        using Shell shell = Create(nameAndArguments, switches);
        return shell.RunFileIfThere(nameAndArguments[0]) ? shell.LastStatus : Fail($"{nameAndArguments[0]}: {Errno.ENOENT.Describe()}", 127);
    }

    private int RunInput(ShellSwitches switches)
    {
        using ShellFiles files = ShellFiles.OfCaller(system.Jobs);
        bool isInteractive = files.IsTerminal(0);
        using Shell shell = Create([], switches, isInteractive);
        return isInteractive ? shell.Run() : shell.RunInput();
    }

    private int Fail(string message, int status)
    {
        Fail(message);
        return status;
    }

    private Shell Create(string[] nameAndArguments, ShellSwitches switches, bool isInteractive = false) => new(
        system,
        apps,
        new ShellOptions
        {
            CurrentDirectory = () => system.Jobs.CurrentDirectory,
            Name = nameAndArguments.Length == 0 ? "sh" : nameAndArguments[0],
            Arguments = nameAndArguments.Length == 0 ? [] : nameAndArguments[1..],
            Switches = switches,
            IsInteractive = isInteractive,
        });
}
