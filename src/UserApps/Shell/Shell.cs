using System.Text;

namespace KernelSockets.UserApps;

/// <summary>The command interpreter: reads lines from the terminal or a script, starts programs as jobs, waits for them.</summary>
/// <remarks>
/// One instance is used by one task, whose job looks out for Ctrl-C itself. It edits lines on <see cref="ISystem.Terminal"/>; the programs that it starts
/// have their job's own <see cref="Console"/>. After Ctrl-C, the rest of the line or script is dropped, as an interactive bash does.
/// </remarks>
public sealed class Shell : IDisposable
{
    private const string ContinuationPrompt = "> ";
    private const string DefaultPath = "/bin:/usr/bin";

    private readonly ISystem _system;
    private readonly ShellOptions _options;
    private readonly LineEditor _editor;
    private readonly Interpreter _interpreter;
    private bool _isScript;

    /// <summary>A shell at its start: no history, no jobs, <c>$?</c> is 0. Its files and its environment are those of the calling job.</summary>
    /// <param name="system">The kernel.</param>
    /// <param name="apps">The commands.</param>
    /// <param name="options">What is particular about this shell.</param>
    public Shell(ISystem system, AppTable apps, ShellOptions options)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        _system = system;
        Apps = apps;
        _options = options;
        History = new History();
        var state = new ShellState(ShellFiles.OfCaller(Jobs), InitialVariables(Jobs, options.IsConsole))
        {
            Name = options.Name,
            Id = Jobs.Current?.Id ?? 0,
            Parameters = options.Arguments,
            Options = options.Switches,
        };
        _interpreter = new Interpreter(this, state, Background, options.IsConsole || options.IsInteractive);
        _editor = new LineEditor(system.Terminal, History, new ShellCompleter(apps, options.CurrentDirectory));
    }

    /// <summary>What <c>$?</c> stands for: the exit status of the last command.</summary>
    public int LastStatus => _interpreter.State.LastStatus;

    /// <summary>The lines typed so far.</summary>
    internal History History { get; }

    /// <summary>Jobs in the background.</summary>
    internal BackgroundJobs Background { get; } = new();

    /// <summary>The kernel's jobs.</summary>
    internal IJobControl Jobs => _system.Jobs;

    /// <summary>The programs.</summary>
    internal AppTable Apps { get; }

    /// <summary>Prompts, reads and runs until the terminal is gone, or <c>exit</c> where there is something to return to.</summary>
    /// <returns>The exit status of the last command.</returns>
    public int Run()
    {
        Begin(isScript: false);
        while (!_interpreter.HasExited)
        {
            // In raw mode Ctrl-C is a key; from the end of that mode on it counts for the line, even if it comes before the line's first command.
            _system.Terminal.IsRaw = true;
            TakeForeground();
            ReportBackground();
            LineResult read = ReadCommand(out CommandLine line);
            switch (read.Outcome)
            {
                case LineOutcome.Line:
                    Execute(line);
                    break;
                case LineOutcome.Interrupted:
                    _interpreter.State.LastStatus = App.InterruptedStatus;
                    break;
                case LineOutcome.EndOfInput when _options.IsConsole:
                    break;
                default:
                    return LastStatus;
            }
        }

        return LastStatus;
    }

    /// <summary>Runs commands without a prompt, as the kernel option <c>run=</c> gives them, line by line.</summary>
    /// <param name="script">Commands separated by semicolons or newlines.</param>
    /// <returns>The exit status of the last command; 2 when a line cannot be parsed, with which the script ends.</returns>
    public int RunScript(string script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Begin(isScript: true);
        _interpreter.RunScript(script);
        EndLine();
        return LastStatus;
    }

    /// <summary>Runs a file of commands, if it is there.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>False when there is no such file. What else is wrong with it is told.</returns>
    public bool RunFileIfThere(string path)
    {
        Errno error = _interpreter.TryReadScript(path, out string text);
        if (error == Errno.ENOENT)
        {
            return false;
        }

        if (error == Errno.Success)
        {
            RunScript(text);
        }
        else
        {
            _interpreter.Complain($"{path}: {error.Describe()}");
        }

        return true;
    }

    /// <summary>Runs commands from standard input, each as soon as its last line is there, so that it can read what follows.</summary>
    /// <returns>As <see cref="RunScript"/>.</returns>
    internal int RunInput()
    {
        string text = "";
        while (!_interpreter.HasExited && !_interpreter.IsInterrupted && _interpreter.TryReadLine(out string line))
        {
            text += line + "\n";
            if (Parser.Parse(text, out _, out _) != ParseStatus.Incomplete)
            {
                RunScript(text);
                text = "";
            }
        }

        return text.Length > 0 && !_interpreter.IsInterrupted ? RunScript(text) : LastStatus;
    }

    /// <summary>Closes the shell's files.</summary>
    public void Dispose() => _interpreter.State.Dispose();

    /// <summary>Runs a script as a program of its own, in the calling job.</summary>
    internal int RunText(string name, string text, string[] arguments)
    {
        Jobs.HandleInterrupts();
        using var shell = new Shell(_system, Apps, new ShellOptions { CurrentDirectory = _options.CurrentDirectory, Name = name, Arguments = arguments });
        return shell.RunScript(text);
    }

    /// <summary>Writes text to the terminal; newlines become new lines there.</summary>
    /// <remarks>A failure means that the terminal is gone, which the next read reports.</remarks>
    internal void Write(string text) => _system.Terminal.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>True where <c>exit</c> has nothing to return to.</summary>
    internal bool IsAtConsole => _options.IsConsole && !_isScript;

    private static Variables InitialVariables(IJobControl jobs, bool isConsole)
    {
        var variables = new Variables();
        foreach ((string name, string value) in jobs.Environment)
        {
            if (Lexer.IsName(name))
            {
                variables.Set(name, value);
                variables.Mark(name, isExported: true);
            }
        }

        if (isConsole && variables["HOME"] is { } home && !Directory.Exists(home))
        {
            // A machine without a disk has no home directories.
            variables.Set("HOME", "/");
        }

        variables.Set("PWD", jobs.CurrentDirectory);
        variables.Set("PATH", variables["PATH"] ?? DefaultPath);
        return variables;
    }

    private void Begin(bool isScript)
    {
        _interpreter.Begin();
        TakeForeground();
        _isScript = isScript;
    }

    /// <summary>Reads lines until they make a command line, or cannot make one.</summary>
    private LineResult ReadCommand(out CommandLine line)
    {
        line = new CommandLine([]);
        string text = "";
        string prompt = $"ks:{_options.CurrentDirectory()}# ";
        while (true)
        {
            LineResult read = _editor.ReadLine(prompt);
            if (read.Outcome != LineOutcome.Line)
            {
                return read;
            }

            History.Add(read.Text);
            text += read.Text;
            switch (Parser.Parse(text, out CommandLine parsed, out string error))
            {
                case ParseStatus.Complete:
                    line = parsed;
                    return read;
                case ParseStatus.Wrong:
                    _interpreter.Complain(error);
                    _interpreter.State.LastStatus = App.UsageStatus;
                    return read;
                default:
                    text += "\n";
                    prompt = ContinuationPrompt;
                    break;
            }
        }
    }

    private void ReportBackground()
    {
        foreach (string line in Background.Reap())
        {
            Write(line + "\n");
        }
    }

    private void Execute(CommandLine line)
    {
        _interpreter.Begin();
        _interpreter.Run(line);
        EndLine();
    }

    /// <summary>A script is left where it was started: in the foreground or not.</summary>
    private void TakeForeground()
    {
        if (_options.IsConsole || _options.IsInteractive)
        {
            Jobs.TakeForeground();
        }
    }

    /// <summary>After Ctrl-C the terminal has shown ^C somewhere in a line.</summary>
    private void EndLine()
    {
        bool wasInterrupted = _interpreter.IsInterrupted;
        TakeForeground();
        if (wasInterrupted && (_options.IsConsole || _options.IsInteractive) && _system.Terminal.CursorColumn > 0)
        {
            Write("\n");
        }
    }
}
