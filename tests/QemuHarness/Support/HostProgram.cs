namespace KernelSockets.QemuHarness.Support;

/// <summary>Runs a program of the host to its end, with a deadline.</summary>
internal static class HostProgram
{
    public static async Task<HostProgramResult> RunAsync(string program, params string[] arguments)
    {
        await using ChildProcess child = await ChildProcess.StartAsync(program, arguments);
        int status = await child.WaitForExitAsync(Limits.HostProgram);
        return new HostProgramResult($"{program} {string.Join(' ', arguments)}", status, child.Output);
    }

    /// <summary>The same for a program that has to succeed.</summary>
    /// <exception cref="InvalidOperationException">It ended with another status than 0.</exception>
    public static async Task<string> SucceedAsync(string program, params string[] arguments)
    {
        HostProgramResult result = await RunAsync(program, arguments);
        return result.Status == 0
            ? result.Output
            : throw new InvalidOperationException($"'{result.Command}' ended with status {result.Status}:\n{result.Output}");
    }
}

/// <summary>How a host program ended.</summary>
internal sealed record HostProgramResult(string Command, int Status, string Output);
