namespace KernelSockets.UserApps.Text;

/// <summary>true and false: nothing but an exit status.</summary>
internal static class TrueAndFalse
{
    public const string TrueHelp = "Usage: true\nDoes nothing, with exit status 0.\n";

    public const string FalseHelp = "Usage: false\nDoes nothing, with exit status 1.\n";

    public static int True(string[] arguments) => 0;

    public static int False(string[] arguments) => 1;
}
