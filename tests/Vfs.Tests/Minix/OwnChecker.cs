using KernelSockets.Vfs.Minix;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>The checker that is to be tested, over images in memory.</summary>
internal static class OwnChecker
{
    /// <summary>Mends an image in place, and fails the test when something is still wrong.</summary>
    public static void Repair(byte[] image, string when)
    {
        (Errno error, CheckOutcome outcome, string output) = Run(image, CheckOptions.Repair | CheckOptions.Force);
        Assert.True(error == Errno.Success && !outcome.HasUncorrected, $"{when}: {error}\n{output}");
        (error, outcome, output) = Run(image, CheckOptions.Force);
        Assert.True(error == Errno.Success && outcome == default, $"{when}, mended: {error}\n{output}");
    }

    /// <summary>Checks an image.</summary>
    public static (Errno Error, CheckOutcome Outcome, string Output) Run(byte[] image, CheckOptions options)
    {
        List<string> lines = [];
        Errno error = new MinixFileSystem(new ManualClock()).Check(new MemoryDisk(image), options, lines.Add, out CheckOutcome outcome);
        return (error, outcome, string.Join('\n', lines));
    }
}
