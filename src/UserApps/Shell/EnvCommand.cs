using System.Text;

namespace KernelSockets.UserApps;

/// <summary>env: prints the environment, or runs a program in another one.</summary>
/// <param name="system">The kernel.</param>
/// <param name="apps">The commands.</param>
internal sealed class EnvCommand(ISystem system, AppTable apps) : Command
{
    private const int NotFoundStatus = 127;

    /// <inheritdoc/>
    public override string Name => "env";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Shell;

    /// <inheritdoc/>
    public override string Summary => "print or change the environment";

    /// <inheritdoc/>
    public override string Help => """
        Usage: env [-i] [-u NAME] [NAME=VALUE...] [COMMAND [ARGUMENT...]]
        Prints the environment, or runs COMMAND with a changed one. It is seen by sh and env: all programs share one process, and
        Environment.GetEnvironmentVariable tells that process's own.
          -i       start with an empty environment
          -u NAME  without NAME

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var environment = new Dictionary<string, string>(system.Jobs.Environment, StringComparer.Ordinal);
        var options = new OptionReader("+iu:", arguments, ("ignore-environment", 'i'), ("unset", 'u'));
        while (options.TryNext(out char option))
        {
            if (option == 'i')
            {
                environment.Clear();
            }
            else
            {
                environment.Remove(options.Value);
            }
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        int first = 0;
        while (first < options.Operands.Count && options.Operands[first].IndexOf('=', StringComparison.Ordinal) is int equals and >= 0)
        {
            environment[options.Operands[first][..equals]] = options.Operands[first][(equals + 1)..];
            first++;
        }

        return first == options.Operands.Count ? Print(environment) : Run([.. options.Operands.Skip(first)], environment);
    }

    private static int Print(Dictionary<string, string> environment)
    {
        StringBuilder text = new();
        foreach ((string name, string value) in environment)
        {
            text.Append(name).Append('=').Append(value).Append('\n');
        }

        Console.Out.Write(text);
        return 0;
    }

    private int Run(string[] command, Dictionary<string, string> environment)
    {
        if (!apps.TryFind(command[0], out App? app) || app.IsBuiltIn)
        {
            Fail($"'{command[0]}': {Errno.ENOENT.Describe()}");
            return NotFoundStatus;
        }

        using ShellFiles files = ShellFiles.OfCaller(system.Jobs);
        Errno error = system.Jobs.Become(app.Name, command[1..], files.Standard, environment);
        files.Dispose();
        return error == Errno.Success ? app.Run(command[1..]) : App.InterruptedStatus;
    }
}
