namespace KernelSockets.UserApps.Commands;

/// <summary>reboot: restarts the machine.</summary>
internal sealed class RebootCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "reboot";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "restart the machine";

    /// <inheritdoc/>
    public override string Help => "Usage: reboot\nRestarts the machine.\n";

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            return Misused($"extra operand '{arguments[0]}'");
        }

        Console.Out.Flush();
        system.Reboot();
        return Fail("the machine cannot be restarted");
    }
}
