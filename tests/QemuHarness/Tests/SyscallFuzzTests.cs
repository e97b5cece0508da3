namespace KernelSockets.QemuHarness.Tests;

/// <summary>System calls with wild arguments return on the kernel what they returned on Linux, and leave it alive.</summary>
public sealed class SyscallFuzzTests(PlainGuest shared) : SharedGuestTests<PlainGuest>(shared)
{
    [Theory]
    [InlineData("events")]
    [InlineData("sockets")]
    [InlineData("names")]
    [InlineData("files")]
    public async Task WildArguments_GetLinuxsErrno(string group)
    {
        ShellResult result = (await Shell.RunAsync($"syscallfuzz -g {group}")).Succeeded();
        string expected = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Transcripts", $"syscalls-{group}.txt"), TestContext.Current.CancellationToken);
        Assert.Equal(expected.Trim().Split('\n'), result.Output.ReplaceLineEndings("\n").Trim().Split('\n'));
        Assert.Equal("alive", (await Shell.RunAsync("echo alive")).Succeeded().Output.Trim());
    }
}
