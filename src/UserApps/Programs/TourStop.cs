using System.Globalization;

namespace KernelSockets.UserApps.Programs;

/// <summary>How a program that goes through a part of the class library tells what it sees.</summary>
internal class TourStop(TextWriter output)
{
    /// <summary>Prints a line.</summary>
    public void Tell(string what, object? value) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {value}"));
}
