namespace KernelSockets.UserApps.Commands;

/// <summary>poweroff: ends the machine.</summary>
internal sealed class PowerOffCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "poweroff";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "switch the machine off";

    /// <inheritdoc/>
    public override string Help => """
        Usage: poweroff [STATUS]
        Switches the machine off (ACPI S5). STATUS, 0 to 255, is told to QEMU's isa-debug-exit device where there is one.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        byte? status = null;
        if (arguments.Length > 0)
        {
            if (arguments.Length > 1 || !byte.TryParse(arguments[0], out byte number))
            {
                return Misused(arguments.Length > 1 ? $"extra operand '{arguments[1]}'" : $"invalid status '{arguments[0]}'");
            }

            status = number;
        }

        Console.Out.Flush();
        system.PowerOff(status);
        return Fail("the machine cannot be switched off");
    }
}
