using System.Globalization;

namespace KernelSockets.UserApps.Commands;

/// <summary>sleep: waits (GNU coreutils' sleep).</summary>
internal sealed class SleepCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "sleep";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "wait";

    /// <inheritdoc/>
    public override string Help => """
        Usage: sleep NUMBER[smhd]...
        Waits for the sum of the times: seconds, or minutes, hours, days by their suffix. NUMBER may have a fraction; 'infinity' never ends.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return Misused("missing operand");
        }

        TimeSpan sum = TimeSpan.Zero;
        foreach (string argument in arguments)
        {
            if (!TryParse(argument, out TimeSpan time))
            {
                return Misused($"invalid time interval '{argument}'");
            }

            sum = time > TimeSpan.MaxValue - sum ? TimeSpan.MaxValue : sum + time;
        }

        return system.Jobs.Sleep(sum) == Errno.Success ? 0 : App.InterruptedStatus;
    }

    private static bool TryParse(string text, out TimeSpan time)
    {
        time = TimeSpan.MaxValue;
        if (text is "inf" or "infinity")
        {
            return true;
        }

        double unit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => 0,
        };
        ReadOnlySpan<char> digits = unit == 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        double seconds = number * (unit == 0 ? 1 : unit);
        time = seconds >= TimeSpan.MaxValue.TotalSeconds ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);
        return true;
    }
}
