using System.Globalization;

namespace KernelSockets.UserApps.Network.Wget;

/// <summary>What wget tells on standard error.</summary>
internal sealed class WgetLog(bool isQuiet)
{
    /// <summary>True for -q.</summary>
    public bool IsQuiet => isQuiet;

    /// <summary>The time of day, as it stands in front of lines.</summary>
    public static string Now => DateTime.Now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Tells a part of a line.</summary>
    public void Write(string text)
    {
        if (!isQuiet)
        {
            Console.Error.Write(text);
        }
    }

    /// <summary>Tells a line.</summary>
    public void WriteLine(string line = "") => Write(line + "\n");

    /// <summary>Tells a failure that even -q does not hide in GNU wget: what was wrong before the first connection.</summary>
    public static void Complain(string line) => Console.Error.WriteLine(line);
}
