namespace KernelSockets.UserApps.Commands;

/// <summary>clear: clears the screen.</summary>
internal sealed class ClearCommand : Command
{
    /// <inheritdoc/>
    public override string Name => "clear";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Shell;

    /// <inheritdoc/>
    public override string Summary => "clear the screen";

    /// <inheritdoc/>
    public override string Help => "Usage: clear\nClears the screen and puts the cursor in its upper left corner.\n";

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            return Misused($"extra operand '{arguments[0]}'");
        }

        Console.Out.Write("\e[H\e[2J\e[3J");
        return 0;
    }
}
