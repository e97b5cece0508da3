using System.Text.RegularExpressions;

namespace KernelSockets.QemuHarness.Machine;

/// <summary>The guest's shell as a person at the serial console uses it: waits for the prompt, types a command, reads what it prints.</summary>
internal sealed partial class SerialShell(SerialConsole console)
{
    /// <summary>A command that tells that a line has come so far. The word is in one piece only where it is printed, not in the echo of the line.</summary>
    public const string Mark = "echo be\"\"gun";

    private const string Printed = "begun";

    public SerialConsole Console { get; } = console;

    /// <summary>Waits until the console shows a prompt and nothing after it.</summary>
    /// <param name="from">Only what was printed after this position counts.</param>
    /// <param name="limit">When to give up.</param>
    /// <returns>What was printed after the position, prompt included.</returns>
    public Task<string> WaitForPromptAsync(int from, TimeSpan limit) => Console.WaitAsync(from, EndsInPrompt, "the shell's prompt", limit);

    /// <summary>Runs a command and returns what it printed and its exit status (<c>echo $?</c>).</summary>
    public Task<ShellResult> RunAsync(string command) => RunAsync(command, Limits.Command);

    /// <inheritdoc cref="RunAsync(string)"/>
    public async Task<ShellResult> RunAsync(string command, TimeSpan limit)
    {
        string output = await TypeAsync(command + "\r", limit);
        string status = await TypeAsync("echo $?\r", Limits.Command);
        // News of background jobs may follow before the next prompt.
        return int.TryParse(status.Split('\n')[0], out int number)
            ? new ShellResult(command, output, number)
            : throw new InvalidOperationException($"'echo $?' after '{command}' printed '{status}'.");
    }

    /// <summary>Types keys that end in Enter, and returns what is printed between that line and the next prompt.</summary>
    public async Task<string> TypeAsync(string keys, TimeSpan limit)
    {
        int from = Console.Position;
        await Console.SendAsync(keys);
        string printed = await Console.WaitAsync(
            from, text => text.Contains('\n', StringComparison.Ordinal) && EndsInPrompt(text), $"the prompt after '{Visible(keys)}'", limit);
        return BetweenEchoAndPrompt(printed);
    }

    /// <summary>Starts a command without waiting for its end. When this returns, the shell has begun with the line: Ctrl-C is for the command, other keys are for what reads them.</summary>
    /// <returns>The position from which its output counts.</returns>
    public Task<int> StartAsync(string command) => StartMarkedAsync($"{Mark}; {command}");

    /// <summary>Starts a line that has <see cref="Mark"/> where it is to be waited for: the echo of a line comes before anything of it runs.</summary>
    /// <returns>The position from which its output counts.</returns>
    public async Task<int> StartMarkedAsync(string line)
    {
        int from = Console.Position;
        await Console.SendAsync(line + "\r");
        _ = await Console.WaitForAsync(Printed + "\n", from, Limits.Command);
        return from;
    }

    private static bool EndsInPrompt(string printed) => Prompt().IsMatch(LastLine(SerialConsole.Plain(printed)));

    private static string LastLine(string text) => text[(text.LastIndexOf('\n') + 1)..];

    /// <summary>The first line break after the keys is the echo of Enter; the last line ends in the prompt.</summary>
    private static string BetweenEchoAndPrompt(string printed)
    {
        string plain = SerialConsole.Plain(printed);
        int start = plain.IndexOf('\n', StringComparison.Ordinal) + 1;
        return Prompt().Replace(plain[start..], string.Empty);
    }

    private static string Visible(string keys) => keys.Replace("\r", "<Enter>", StringComparison.Ordinal).Replace("\x1b", "<Esc>", StringComparison.Ordinal);

    [GeneratedRegex(@"(ks:\S*# )+$")]
    private static partial Regex Prompt();
}

/// <summary>What a command printed and how it ended.</summary>
internal sealed record ShellResult(string Command, string Output, int Status)
{
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Itself when the command succeeded; otherwise the test fails with what it printed.</summary>
    public ShellResult Succeeded()
    {
        Assert.True(Status == 0, $"'{Command}' ended with status {Status}:\n{Output}");
        return this;
    }
}
