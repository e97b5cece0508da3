using KernelSockets.UserApps.Programs;

namespace KernelSockets.UserApps.Tests;

/// <summary>
/// syscallfuzz on the Linux that this test runs on gives the transcript that the kernel is held to. Alone: it closes descriptors and opens them anew, and what
/// other tests open meanwhile would be in its way, and it in theirs.
/// </summary>
[CollectionDefinition(nameof(SyscallFuzzTests), DisableParallelization = true)]
[Collection(nameof(SyscallFuzzTests))]
public sealed class SyscallFuzzTests
{
    /// <summary>Set to a folder, makes the transcripts anew there.</summary>
    private const string RecordVariable = "KS_RECORD_SYSCALLS";

    [Theory]
    [InlineData("events")]
    [InlineData("sockets")]
    [InlineData("names")]
    [InlineData("files")]
    public void Linux_GivesTheTranscript(string group)
    {
        StringWriter output = new() { NewLine = "\n" };
        SyscallFuzz.Run(group, SyscallFuzz.DefaultCount, SyscallFuzz.DefaultSeed, output);
        string name = $"syscalls-{group}.txt";
        if (Environment.GetEnvironmentVariable(RecordVariable) is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, name), output.ToString());
            return;
        }

        string expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Transcripts", name));
        Assert.Equal(expected, output.ToString());
    }
}
