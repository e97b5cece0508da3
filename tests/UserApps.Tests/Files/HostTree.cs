using System.Diagnostics;
using System.Text.RegularExpressions;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.Files;

/// <summary>
/// Lines of commands on files, run by our shell and by the host's, on trees that are the same at first. In a line, TREE stands for the tree, since programs
/// here have no directory of their own.
/// </summary>
internal sealed partial class HostTree : IDisposable
{
    private readonly FakeSystem _system = new();
    private readonly string _root = Directory.CreateTempSubdirectory("host-tree").FullName;

    /// <summary>Both shells run the line on one tree, which it does not change: they have to print the same.</summary>
    public void AssertPrintsAlike(string line, bool inAnyOrder = false, int attempts = 1)
    {
        string tree = MakeTree("same");
        int status;
        string expected;
        string output;
        _ = RunOurs(line, tree); // what reads for the first time leaves its time
        do
        {
            (status, expected) = RunHost(line, tree);
            output = RunOurs(line, tree);
        }
        while (output != expected && --attempts > 0);
        Assert.Equal(Lines(expected, inAnyOrder), Lines(output, inAnyOrder));
        Assert.Equal(status, _system.Shell.LastStatus);
    }

    /// <summary>Each shell runs the line on a tree of its own: they have to print the same and leave the same.</summary>
    /// <param name="line">The line.</param>
    /// <param name="withTimes">True when the times of the last change have to be the same, too.</param>
    public void AssertDoesAlike(string line, bool withTimes = false)
    {
        string ours = MakeTree("ours");
        string theirs = MakeTree("theirs");
        (int status, string expected) = RunHost(line, theirs);
        string output = RunOurs(line, ours);
        Assert.Equal(Lines(expected.Replace(theirs, "TREE", StringComparison.Ordinal), inAnyOrder: true), Lines(output.Replace(ours, "TREE", StringComparison.Ordinal), inAnyOrder: true));
        Assert.Equal(status, _system.Shell.LastStatus);
        Assert.Equal(Content(theirs, withTimes), Content(ours, withTimes));
    }

    /// <summary>What our shell prints for a line.</summary>
    public string RunOurs(string line, string tree) => _system.Run(line.Replace("TREE", tree, StringComparison.Ordinal));

    public int LastStatus => _system.Shell.LastStatus;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>The same tree each time.</summary>
    public string MakeTree(string name)
    {
        string tree = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.Combine(tree, "d", "deep"));
        Directory.CreateDirectory(Path.Combine(tree, "hollow"));
        Write(tree, "one", "1st\n2nd\n");
        Write(tree, "empty", "");
        Write(tree, ".hidden", "x");
        Write(tree, "big", new string('b', 70_000));
        Write(tree, "d/two", "no end of line");
        Write(tree, "d/deep/three", "3");
        Write(tree, "d/UPPER.TXT", "1st\n2nd\nthird\n");
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "one");
        File.CreateSymbolicLink(Path.Combine(tree, "broken"), "nowhere");
        File.CreateSymbolicLink(Path.Combine(tree, "loop"), "loop");
        Directory.CreateSymbolicLink(Path.Combine(tree, "dlink"), "d");
        File.SetUnixFileMode(Path.Combine(tree, "d", "two"), (UnixFileMode)0x1E8);
        (int status, string output) = RunHost("ln TREE/d/two TREE/d/hard; mkfifo -m 640 TREE/pipe; find TREE -depth -exec touch -h -d @1500000000 {} +", tree);
        Assert.True(status == 0, output);
        Stamp(tree, "one", 2020);
        Stamp(tree, "d/two", 2021);
        Stamp(tree, "big", 2022);
        Stamp(tree, "d/UPPER.TXT", 2019);
        return tree;
    }

    /// <summary>What dd says last depends on how fast it was.</summary>
    [GeneratedRegex(" copied, .*")]
    private static partial Regex CopyTime();

    private static void Write(string tree, string name, string content) => File.WriteAllText(Path.Combine(tree, name), content);

    private static void Stamp(string tree, string name, int year) =>
        File.SetLastWriteTimeUtc(Path.Combine(tree, name), new DateTime(year, 2, 3, 4, 5, 6, DateTimeKind.Utc));

    private static string[] Lines(string text, bool inAnyOrder)
    {
        text = CopyTime().Replace(text, " copied");
        IEnumerable<string> lines = text.Split('\n').Where(line => !line.Contains("Try '", StringComparison.Ordinal));
        return [.. inAnyOrder ? lines.Order(StringComparer.Ordinal) : lines];
    }

    /// <summary>What the host's find says about each file; directories' sizes and link counts of nothing else depend on the file system.</summary>
    private static string[] Content(string tree, bool withTimes)
    {
        string times = withTimes ? "find TREE -type f -printf '%P %T@\\n'; find TREE -type f ! -newerat 2023-01-01 -printf '%P read %A@\\n'" : "true";
        (int status, string output) = RunHost($"{times}; find TREE ! -path TREE -printf '%P %y %m %n %l\\n'; find TREE -type f -exec md5sum {{}} +", tree);
        Assert.True(status == 0, output);
        return [.. output.Replace(tree, "TREE", StringComparison.Ordinal).Split('\n').Order(StringComparer.Ordinal)];
    }

    private static (int Status, string Output) RunHost(string line, string tree)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", line.Replace("TREE", tree, StringComparison.Ordinal)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
