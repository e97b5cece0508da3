namespace KernelSockets.UserApps;

/// <summary>A command that needs the kernel: a program whose constructor takes what it needs from <see cref="ISystem"/>.</summary>
/// <remarks>One instance serves all jobs that run it, so it keeps no state between or during runs.</remarks>
internal abstract class Command
{
    /// <summary>What is typed.</summary>
    public abstract string Name { get; }

    /// <summary>Heading in <c>help</c>.</summary>
    public abstract AppGroup Group { get; }

    /// <summary>One line without a full stop.</summary>
    public abstract string Summary { get; }

    /// <summary>What <c>--help</c> prints.</summary>
    public abstract string Help { get; }

    /// <summary>The program.</summary>
    /// <returns>Exit status.</returns>
    public abstract int Run(string[] arguments);

    /// <summary>The entry of the table.</summary>
    public App ToApp() => new(Name, Group, Summary, Help, Run);

    /// <summary>Prints <c>NAME: message</c> on standard error.</summary>
    /// <returns>Exit status 1.</returns>
    protected int Fail(string message)
    {
        Console.Error.WriteLine($"{Name}: {message}");
        return 1;
    }

    /// <summary>Prints <c>NAME: message</c> and where help is, on standard error.</summary>
    /// <returns>Exit status 2.</returns>
    protected int Misused(string message) => App.Misused(Name, message);
}
