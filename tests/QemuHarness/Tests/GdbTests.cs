namespace KernelSockets.QemuHarness.Tests;

/// <summary>What <c>./run --gdb</c> promises: gdb stops at the managed kernel's first method and shows C# there.</summary>
public sealed class GdbTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gdb_WithTheWrittenCommands_StopsAtKernelMainInCSharp(bool fromIso)
    {
        string directory = Directory.CreateTempSubdirectory("ks-gdb-").FullName;
        try
        {
            string socket = Path.Combine(directory, "gdb");
            string commands = Path.Combine(directory, "gdbinit");
            _ = await HostProgram.SucceedAsync(Path.Combine(ProjectFiles.Root, "scripts", "gdb-init"), socket, commands);
            await using QemuGuest guest = await QemuGuest.StartAsync(
                nameof(GdbTests), new QemuOptions { GdbSocket = socket, Medium = fromIso ? BootMedium.Iso : BootMedium.Kernel });

            HostProgramResult gdb = await HostProgram.RunAsync(
                "gdb", "-q", "-nx", "-batch", "-x", commands, "-ex", "backtrace 1", "-ex", "list 1,60", "-ex", "detach");

            Assert.Contains("KernelMain.cs:", gdb.Output, StringComparison.Ordinal);
            Assert.Contains("internal static class KernelMain", gdb.Output, StringComparison.Ordinal);
            _ = await guest.Shell.WaitForPromptAsync(0, Limits.Boot);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
