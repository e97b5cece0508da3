using System.Diagnostics;
using KernelSockets.UserApps.Files;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.Files;

/// <summary>The commands on files beside the host's own, each on a tree of its own that must end alike.</summary>
public sealed class FileCommandTests : IDisposable
{
    private readonly FakeSystem _system = new();
    private readonly string _root = Directory.CreateTempSubdirectory("file-commands").FullName;

    [Theory]
    [InlineData("cat missing")]
    [InlineData("cat d")]
    [InlineData("ls -1")]
    [InlineData("ls -1 -a")]
    [InlineData("ls -1R")]
    [InlineData("ls -1aR d")]
    [InlineData("ls -1 one d missing")]
    [InlineData("ls -1d d one")]
    [InlineData("ls -1 link dlink")]
    [InlineData("mkdir new")]
    [InlineData("mkdir -v new d/new2")]
    [InlineData("mkdir d")]
    [InlineData("mkdir a/b")]
    [InlineData("mkdir -pv a/b d")]
    [InlineData("mkdir one/x")]
    [InlineData("mkdir")]
    [InlineData("rmdir hollow")]
    [InlineData("rmdir d")]
    [InlineData("rmdir one")]
    [InlineData("rmdir missing")]
    [InlineData("rm one link")]
    [InlineData("rm d")]
    [InlineData("rm missing one")]
    [InlineData("rm -f missing")]
    [InlineData("rm -f")]
    [InlineData("rm")]
    [InlineData("rm -d hollow")]
    [InlineData("rm -d d")]
    [InlineData("rm -r d one")]
    [InlineData("rm -r dlink")]
    [InlineData("rm broken")]
    [InlineData("cp one new")]
    [InlineData("cp -v one d/two hollow")]
    [InlineData("cp one d/two")]
    [InlineData("cp missing new")]
    [InlineData("cp one missing/new")]
    [InlineData("cp one d/two new")]
    [InlineData("cp -rv d new")]
    [InlineData("cp -r d dlink hollow")]
    [InlineData("cp d new")]
    [InlineData("cp one one")]
    [InlineData("cp one two one")]
    [InlineData("cp")]
    [InlineData("mv one new")]
    [InlineData("mv -v one d/two hollow")]
    [InlineData("mv d new")]
    [InlineData("mv d hollow")]
    [InlineData("mv one d/two")]
    [InlineData("mv -n one d/two")]
    [InlineData("mv missing new")]
    [InlineData("mv link hollow")]
    public void Command_DoesWhatTheHostsDoes(string line)
    {
        string ours = MakeTree("ours");
        string theirs = MakeTree("theirs");
        string output = Unroot(_system.Run(Absolute(line, ours)), ours);
        (int status, string expected) = RunHost(Absolute(line, theirs));
        Assert.Equal(Sorted(Unroot(expected, theirs)), Sorted(output));
        Assert.Equal(status, _system.Shell.LastStatus);
        Assert.Equal(Listing(theirs), Listing(ours));
    }

    [Theory]
    [InlineData("cat one")]
    [InlineData("cat one d/two empty")]
    [InlineData("cat -n one d/two")]
    [InlineData("cat missing one")]
    public void Cat_CopiesWhatTheHostsCopies(string line)
    {
        string absolute = Absolute(line, MakeTree("ours"));
        using MemoryStream output = new();
        int status = Cat.Run(absolute.Split(' ')[1..], output);
        (int expectedStatus, string expected) = RunHost(absolute);
        Assert.Equal(expectedStatus, status);
        Assert.StartsWith(System.Text.Encoding.UTF8.GetString(output.ToArray()), expected, StringComparison.Ordinal); // the host's errors stand behind
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>The same tree each time.</summary>
    private string MakeTree(string name)
    {
        string tree = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.Combine(tree, "d", "deep"));
        Directory.CreateDirectory(Path.Combine(tree, "hollow"));
        File.WriteAllText(Path.Combine(tree, "one"), "1st\n2nd\n");
        File.WriteAllText(Path.Combine(tree, "empty"), "");
        File.WriteAllText(Path.Combine(tree, ".hidden"), "x");
        File.WriteAllText(Path.Combine(tree, "d", "two"), "no end of line");
        File.WriteAllText(Path.Combine(tree, "d", "deep", "three"), "3");
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "one");
        File.CreateSymbolicLink(Path.Combine(tree, "broken"), "nowhere");
        Directory.CreateSymbolicLink(Path.Combine(tree, "dlink"), "d");
        return tree;
    }

    /// <summary>Operands become absolute, since programs here have no directory of their own.</summary>
    private static string Absolute(string line, string tree)
    {
        string[] words = line.Split(' ');
        IEnumerable<string> operands = words.Skip(1).Select(word => word[0] == '-' ? word : $"{tree}/{word}");
        bool listsHere = words[0] == "ls" && words.Skip(1).All(word => word[0] == '-');
        return string.Join(' ', [words[0], .. operands, .. (string[])(listsHere ? [tree] : [])]);
    }

    private static string Unroot(string text, string tree) => text.Replace(tree, "", StringComparison.Ordinal);

    /// <summary>Errors and output come by two ways, so their order may differ.</summary>
    private static string[] Sorted(string text) =>
        [.. text.Split('\n').Where(line => !line.StartsWith("Try '", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string[] Listing(string tree) =>
        [.. Directory.EnumerateFileSystemEntries(tree, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(path => Unroot(path, tree)).Order(StringComparer.Ordinal)];

    private static (int Status, string Output) RunHost(string line)
    {
        string[] words = line.Split(' ');
        ProcessStartInfo start = new(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
