using System.Text;

namespace KernelSockets.UserApps;

/// <summary>The command interpreter: reads lines from the terminal, starts programs as jobs, waits for them.</summary>
/// <remarks>
/// One instance is used by one task. It reads and writes through <see cref="ISystem.Terminal"/>; the programs that it starts have their
/// job's
/// own <see cref="Console"/>. After Ctrl-C, the rest of the line or script is dropped, as an interactive bash does.
/// </remarks>
public sealed class Shell
{
    private const string Name = "sh";
    private const string ContinuationPrompt = "> ";
    private const int NotFoundStatus = 127;
    private const int CannotStartStatus = 126;

    private readonly ISystem _system;
    private readonly AppTable _apps;
    private readonly ShellOptions _options;
    private readonly BuiltIns _builtIns;
    private readonly LineEditor _editor;
    private readonly ListEvaluator _evaluator;
    private bool _isScript;

    /// <summary>A shell at its start: no history, no jobs, <c>$?</c> is 0.</summary>
    /// <param name="system">The kernel.</param>
    /// <param name="apps">The commands.</param>
    /// <param name="options">What is particular about this shell.</param>
    public Shell(ISystem system, AppTable apps, ShellOptions options)
    {
        ArgumentNullException.ThrowIfNull(system);
        _system = system;
        _apps = apps;
        _options = options;
        History = new History();
        _builtIns = new BuiltIns(this);
        _evaluator = new ListEvaluator(RunInForeground);
        _editor = new LineEditor(system.Terminal, History, new CommandCompleter(apps));
    }

    /// <summary>What <c>$?</c> stands for: the exit status of the last command.</summary>
    public int LastStatus
    {
        get => _evaluator.LastStatus;
        private set => _evaluator.LastStatus = value;
    }

    /// <summary>The lines typed so far.</summary>
    internal History History { get; }

    /// <summary>Jobs in the background.</summary>
    internal BackgroundJobs Background { get; } = new();

    /// <summary>The kernel's jobs.</summary>
    internal IJobControl Jobs => _system.Jobs;

    /// <summary>Prompts, reads and runs until the terminal is gone, or <c>exit</c> where there is something to return to.</summary>
    /// <returns>The exit status of the last command.</returns>
    public int Run()
    {
        Begin(isScript: false);
        while (!_evaluator.HasExited)
        {
            ReportBackground();
            LineResult read = ReadCommand(out CommandLine line);
            switch (read.Outcome)
            {
                case LineOutcome.Line:
                    Execute(line);
                    break;
                case LineOutcome.Interrupted:
                    LastStatus = App.InterruptedStatus;
                    break;
                case LineOutcome.EndOfInput when _options.IsConsole:
                    break;
                default:
                    return LastStatus;
            }
        }

        return LastStatus;
    }

    /// <summary>Runs commands without a prompt, as the kernel option <c>run=</c> gives them.</summary>
    /// <param name="script">Commands separated by semicolons or newlines.</param>
    /// <returns>The exit status of the last command; 2 when the script cannot be parsed, and nothing has run.</returns>
    public int RunScript(string script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Begin(isScript: true);
        switch (Parser.Parse(script, out CommandLine line, out string error))
        {
            case ParseStatus.Complete:
                Execute(line);
                break;
            case ParseStatus.Incomplete:
                Complain("syntax error: unexpected end of input", App.UsageStatus);
                break;
            default:
                Complain(error, App.UsageStatus);
                break;
        }

        return LastStatus;
    }

    /// <summary>Writes text to the terminal; newlines become new lines there.</summary>
    /// <remarks>A failure means that the terminal is gone, which the next read reports.</remarks>
    internal void Write(string text) => _system.Terminal.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Ends the script or the shell with a status, unless this is the console's own prompt.</summary>
    internal int Exit(int status)
    {
        if (_options.IsConsole && !_isScript)
        {
            Write("There is nothing to log out to; 'poweroff' ends the machine.\n");
            return status;
        }

        _evaluator.HasExited = true;
        return status;
    }

    /// <summary>Waits for a job in the foreground and takes it off the table.</summary>
    /// <returns>Its exit status.</returns>
    internal int WaitInForeground(IJob job)
    {
        // EINTR means that this very task was told to stop: that is passed on to what it waits for.
        while (job.Wait(Instant.Never) != Errno.Success)
        {
            job.Interrupt();
        }

        Background.Remove(job);
        if (job.ExitStatus == App.InterruptedStatus && _system.Terminal.CursorColumn > 0)
        {
            Write("\n");
        }

        return job.ExitStatus;
    }

    private void Begin(bool isScript)
    {
        _evaluator.HasExited = false;
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
                    Complain(error, App.UsageStatus);
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
        foreach (AndOrList list in line.Lists)
        {
            if (_evaluator.HasExited)
            {
                return;
            }

            if (list.IsBackground)
            {
                LastStatus = StartInBackground(list);
            }
            else if (!_evaluator.Run(list))
            {
                return;
            }
        }
    }

    private int RunInForeground(string[] words)
    {
        if (!_apps.TryFind(words[0], out App? app))
        {
            return Complain($"{words[0]}: command not found", NotFoundStatus);
        }

        if (app.IsBuiltIn)
        {
            return _builtIns.Run(app, words[1..]);
        }

        Errno error = Jobs.TryStart(app.Name, app.Run, words[1..], isForeground: true, out IJob? job);
        return job is null ? Complain($"{words[0]}: {error.Describe()}", CannotStartStatus) : WaitInForeground(job);
    }

    private int StartInBackground(AndOrList list)
    {
        string[] words = _evaluator.Expand(list.Pipelines[0].Pipeline.Commands[0]);
        Func<string[], int> main = _ => RunWithin(list);
        if (list.Pipelines.Count == 1)
        {
            if (!_apps.TryFind(words[0], out App? app) || app.IsBuiltIn)
            {
                return RunInForeground(words);
            }

            main = app.Run;
        }

        Errno error = Jobs.TryStart(words[0], main, words[1..], isForeground: false, out IJob? job);
        if (job is null)
        {
            return Complain($"{words[0]}: {error.Describe()}", CannotStartStatus);
        }

        Background.Add(job, list.Source);
        Write($"[{job.Id}] {job.Id}\n");
        return 0;
    }

    /// <summary>Runs a whole list on the calling job's task: the programs of <c>a &amp;&amp; b &amp;</c> share one job.</summary>
    private int RunWithin(AndOrList list)
    {
        var evaluator = new ListEvaluator(RunHere);
        evaluator.Run(list);
        return evaluator.LastStatus;
    }

    private int RunHere(string[] words)
    {
        if (_apps.TryFind(words[0], out App? app) && !app.IsBuiltIn)
        {
            return app.Run(words[1..]);
        }

        Console.Error.WriteLine(app is null
            ? $"{Name}: {words[0]}: command not found"
            : $"{Name}: {words[0]}: cannot be used in a background list");
        return NotFoundStatus;
    }

    private int Complain(string message, int status)
    {
        Write($"{Name}: {message}\n");
        LastStatus = status;
        return status;
    }
}
