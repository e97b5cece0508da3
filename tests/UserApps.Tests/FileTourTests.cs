using KernelSockets.UserApps.Programs;

namespace KernelSockets.UserApps.Tests;

/// <summary>filetour on the Linux that this test runs on prints what the kernel is held to.</summary>
public sealed class FileTourTests : IDisposable
{
    /// <summary>Set to a folder, makes the transcript anew there.</summary>
    private const string RecordVariable = "KS_RECORD_SYSCALLS";

    private const string Name = "filetour.txt";

    private readonly string _root = Directory.CreateTempSubdirectory("filetour").FullName;

    [Fact]
    public void Linux_GivesTheTranscript()
    {
        StringWriter output = new() { NewLine = "\n" };
        FileTour.Run(Path.Combine(_root, "tour"), output);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
        if (Environment.GetEnvironmentVariable(RecordVariable) is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, Name), output.ToString());
            return;
        }

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Transcripts", Name)), output.ToString());
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
