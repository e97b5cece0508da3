namespace KernelSockets.UserApps;

/// <summary>One command of the system: an ordinary C# program, or a word that the shell itself carries out.</summary>
/// <remarks>Immutable. A program runs on its job's task and talks through <see cref="Console"/>, which belongs to the job.</remarks>
public sealed class App
{
    /// <summary>Exit status of a command that was called in a wrong way, as most Unix commands have it.</summary>
    public const int UsageStatus = 2;

    /// <summary>Exit status after Ctrl-C: 128 + SIGINT.</summary>
    public const int InterruptedStatus = 130;

    /// <summary>Exit status after a write to a pipe without a reader: 128 + SIGPIPE.</summary>
    public const int BrokenPipeStatus = 141;

    private readonly Func<string[], int>? _main;

    /// <summary>Describes a command.</summary>
    /// <param name="name">What is typed.</param>
    /// <param name="group">Heading in <c>help</c>.</param>
    /// <param name="summary">One line without a full stop.</param>
    /// <param name="help">What <c>--help</c> prints: a usage line, then as much as a reader needs; ends with a newline.</param>
    /// <param name="main">The program; null when the shell carries the command out itself.</param>
    public App(string name, AppGroup group, string summary, string help, Func<string[], int>? main)
    {
        Name = name;
        Group = group;
        Summary = summary;
        Help = help;
        _main = main;
    }

    /// <summary>What is typed.</summary>
    public string Name { get; }

    /// <summary>Heading in <c>help</c>.</summary>
    public AppGroup Group { get; }

    /// <summary>One line without a full stop.</summary>
    public string Summary { get; }

    /// <summary>What <c>--help</c> prints.</summary>
    public string Help { get; }

    /// <summary>True for a word that only the shell can carry out.</summary>
    public bool IsBuiltIn => _main is null;

    /// <summary>Prints <c>NAME: message</c> and where help is, on standard error.</summary>
    /// <param name="name">The command.</param>
    /// <param name="message">What is wrong with how it was called.</param>
    /// <returns><see cref="UsageStatus"/>.</returns>
    internal static int Misused(string name, string message)
    {
        Console.Error.WriteLine($"{name}: {message}");
        Console.Error.WriteLine($"Try '{name} --help' for more information.");
        return UsageStatus;
    }

    /// <summary>Runs the program on the calling task; <c>--help</c> as the first argument prints <see cref="Help"/> instead.</summary>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <returns>Exit status: 0 success, 1 failure, 2 wrong usage, 130 after Ctrl-C.</returns>
    /// <exception cref="InvalidOperationException">The command is a built-in.</exception>
    public int Run(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (_main is null)
        {
            throw new InvalidOperationException($"{Name} is carried out by the shell");
        }

        if (arguments is ["--help", ..])
        {
            Console.Out.Write(Help);
            return 0;
        }

        return _main(arguments);
    }
}
