using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Files;

/// <summary>The umask of the calling program.</summary>
internal static class CreationMask
{
    private const string Line = "Umask:";

    /// <summary>It, without changing it even for a moment where the system tells (proc(5)): other threads may be making files.</summary>
    public static int Read()
    {
        try
        {
            string? told = File.ReadLines("/proc/self/status").FirstOrDefault(static line => line.StartsWith(Line, StringComparison.Ordinal));
            if (told is not null)
            {
                return Convert.ToInt32(told[Line.Length..].Trim(), 8);
            }
        }
        catch (Exception exception) when (FileReport.Is(exception) || exception is FormatException)
        {
            // Then the other way.
            return Exchange();
        }

        return Exchange();
    }

    private static int Exchange()
    {
        uint mask = Set(0);
        _ = Set(mask);
        return (int)mask;
    }

    /// <summary>umask(2).</summary>
    /// <returns>The one before.</returns>
    [DllImport("libc", EntryPoint = "umask")]
    internal static extern uint Set(uint mask);
}
