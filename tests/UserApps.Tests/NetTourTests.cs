using KernelSockets.UserApps.Programs;

namespace KernelSockets.UserApps.Tests;

/// <summary>nettour on the Linux that this test runs on prints what the kernel is held to.</summary>
public sealed class NetTourTests
{
    /// <summary>Set to a folder, makes the transcript anew there.</summary>
    private const string RecordVariable = "KS_RECORD_SYSCALLS";

    private const string Name = "nettour.txt";

    [Fact]
    public void Linux_GivesTheTranscript()
    {
        StringWriter output = new() { NewLine = "\n" };
        NetTour.Run(output);
        if (Environment.GetEnvironmentVariable(RecordVariable) is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, Name), output.ToString());
            return;
        }

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Transcripts", Name)), output.ToString());
    }
}
