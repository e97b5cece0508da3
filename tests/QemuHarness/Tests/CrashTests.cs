namespace KernelSockets.QemuHarness.Tests;

/// <summary>What fails, fails visibly: an app alone with its trace, the kernel with a panic.</summary>
public sealed class CrashTests(PlainGuest shared) : SharedGuestTests<PlainGuest>(shared)
{
    /// <summary>Status of a job that an unhandled exception ended: 128 + SIGABRT, as a shell on Linux shows it.</summary>
    private const int AbortStatus = 134;

    /// <summary>What a panic tells isa-debug-exit.</summary>
    private const int PanicStatus = 1;

    [Theory]
    [InlineData("throw", "InvalidOperationException", "Crash.Main")]
    [InlineData("null", "NullReferenceException", "Crash")]
    [InlineData("divide", "DivideByZeroException", "Crash.Main")]
    [InlineData("thread", "InvalidOperationException", "Crash")]
    public async Task Exception_UnhandledInAnApp_EndsTheAppWithItsTraceAndNothingElse(string way, string exception, string method)
    {
        ShellResult crash = await Shell.RunAsync($"crash {way}");
        Assert.Equal(AbortStatus, crash.Status);
        Assert.Contains(exception, crash.Output, StringComparison.Ordinal);
        Assert.Contains(method, crash.Output, StringComparison.Ordinal);
        Assert.Equal("alive", (await Shell.RunAsync("echo alive")).Succeeded().Output.Trim());
    }

    [Fact]
    public async Task StackOverflow_InAnApp_PanicsWithNamesAndAFailureStatus()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(CrashTests), new QemuOptions());
        await guest.Console.SendAsync("crash stack\r");
        Assert.Equal(PanicStatus, await guest.WaitForPowerOffAsync(Limits.Command));
        AssertIsPanicAboutTheStack(guest);
    }

    [Fact]
    public async Task Panic_WithPanicWait_KeepsTheMachineForALook()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(CrashTests), new QemuOptions { FirmwareOptions = "panic=wait" });
        int from = guest.Console.Position;
        await guest.Console.SendAsync("crash stack\r");
        _ = await guest.Console.WaitForAsync("panic=wait", from, Limits.Command);
        _ = await guest.Qmp.ExecuteAsync("query-status");
        Assert.False(guest.HasExited);
        AssertIsPanicAboutTheStack(guest);
    }

    private static void AssertIsPanicAboutTheStack(QemuGuest guest)
    {
        string printed = SerialConsole.Plain(guest.Console.Text);
        string panic = printed[Math.Max(0, printed.IndexOf("panic: ", StringComparison.Ordinal))..];
        Assert.StartsWith("panic: ", panic, StringComparison.Ordinal);
        Assert.Contains("stack", panic, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("rip ", panic, StringComparison.Ordinal);
        Assert.Contains("Crash.Recurse", panic, StringComparison.Ordinal);
    }
}
