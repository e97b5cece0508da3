using System.Diagnostics;
using System.Text;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.Shells;

/// <summary>Runs a script by this shell and by the host's dash, each in a directory of its own.</summary>
internal sealed class ShellPair : IDisposable
{
    private static readonly Dictionary<string, string> s_environment = new(StringComparer.Ordinal) { ["HOME"] = "/home/someone", ["LANG"] = "C.UTF-8" };

    private readonly string _root = Directory.CreateTempSubdirectory("shell-pair").FullName;

    public ShellPair()
    {
        string bin = Path.Combine(_root, "bin");
        Directory.CreateDirectory(bin);
        foreach ((string name, string text) in TestPrograms.HostScripts)
        {
            string path = Path.Combine(bin, name);
            File.WriteAllText(path, "#!/bin/dash\n" + text + "\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>What a script has left.</summary>
    public sealed record Outcome(string Output, int Status, bool HasComplained, string Files);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>Runs a script by dash.</summary>
    public Outcome RunDash(string script, params string[] arguments)
    {
        string directory = MakeTree("dash");
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=PIPE", "/usr/bin/dash", "-c", script, "sh", .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{_root}/bin:/usr/bin:/bin";
        foreach ((string name, string value) in s_environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(output.Replace(directory, "DIR", StringComparison.Ordinal), process.ExitCode, error.Result.Length > 0, Listing(directory));
    }

    /// <summary>Runs a script by this shell, and checks that no file stays open.</summary>
    public Outcome RunOurs(string script, params string[] arguments) => RunOurs(script, out _, arguments);

    /// <summary>Runs a script by this shell, and checks that no file stays open.</summary>
    /// <param name="script">The script.</param>
    /// <param name="errors">What it printed on standard error.</param>
    /// <param name="arguments">Positional parameters.</param>
    public Outcome RunOurs(string script, out string errors, params string[] arguments)
    {
        string directory = MakeTree("ours");
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var jobs = new ThreadJobControl(directory, s_environment, TestFile.Into(new MemoryStream()), TestFile.Into(output), TestFile.Into(error));
        var system = new FakeSystem { OtherJobs = jobs };
        int status;
        using (var shell = new Shell(system, AppTable.Create(system, TestPrograms.All(system)), new ShellOptions
        {
            CurrentDirectory = () => jobs.CurrentDirectory,
            Arguments = arguments,
        }))
        {
            status = shell.RunScript(script);
        }

        jobs.WaitForAll();
        jobs.Shell.SetFiles(default);
        Assert.Equal(0, jobs.OpenFiles());
        errors = Encoding.UTF8.GetString(error.ToArray());
        return new Outcome(
            Encoding.UTF8.GetString(output.ToArray()).Replace(directory, "DIR", StringComparison.Ordinal), status & 0xFF, errors.Length > 0, Listing(directory));
    }

    private string MakeTree(string name)
    {
        string directory = Path.Combine(_root, name, "work");
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(directory, "d", "e"));
        Directory.CreateDirectory(Path.Combine(directory, "o"));
        foreach ((string path, string text) in (ReadOnlySpan<(string, string)>)[("one", "1\n"), ("two", "2\n22\n"), ("three.c", "3\n"), (".hidden", "h\n"), ("d/four.c", "4\n"),
            ("d/e/five", "5\n"), ("a b", "blank\n"), ("[x]", "bracket\n")])
        {
            File.WriteAllText(Path.Combine(directory, path), text);
        }

        return directory;
    }

    private static string Listing(string directory)
    {
        StringBuilder listing = new();
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            listing.Append($"{Path.GetRelativePath(directory, path)}: {File.ReadAllText(path)}\n");
        }

        return listing.Replace(directory, "DIR").ToString();
    }
}
