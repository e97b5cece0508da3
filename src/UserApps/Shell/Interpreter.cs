namespace KernelSockets.UserApps;

/// <summary>Carries out what the parser has read. A subshell has an interpreter of its own, on a task of its own, with a copy of the state.</summary>
/// <remarks>
/// Used by one task at a time, whose job looks out for Ctrl-C itself (<see cref="IJobControl.HandleInterrupts"/>): no wait throws, and what was opened is always
/// closed again.
/// </remarks>
internal sealed partial class Interpreter
{
    private const int NotFoundStatus = 127;
    private const int CannotStartStatus = 126;

    /// <summary>Compound commands within another and functions that call each other, counted together; the bound is what a task's stack holds with ease.</summary>
    private const int MaxDepth = 200;

    private readonly Shell _shell;
    private readonly BuiltIns _builtIns;
    private readonly Redirector _redirector;
    private readonly bool _isInteractive;
    private int _depth;
    private int _conditions;
    private int _loops;
    private bool _isAborted;
    private bool _isReturning;
    private int _breaks;
    private bool _continues;
    private int? _substitutionStatus;

    /// <summary>An interpreter at its start.</summary>
    /// <param name="shell">The shell it belongs to.</param>
    /// <param name="state">Its state.</param>
    /// <param name="background">Jobs in the background that it knows.</param>
    /// <param name="isInteractive">True where an error ends the line only, and not the shell.</param>
    public Interpreter(Shell shell, ShellState state, BackgroundJobs background, bool isInteractive)
    {
        _shell = shell;
        _isInteractive = isInteractive;
        State = state;
        Background = background;
        Expander = new WordExpander(state, Substitute, () => Jobs.CurrentDirectory);
        _redirector = new Redirector(shell.Jobs, Expander);
        _builtIns = new BuiltIns(shell, this);
    }

    /// <summary>Variables, files and what else belongs to the shell.</summary>
    public ShellState State { get; }

    /// <summary>Jobs in the background.</summary>
    public BackgroundJobs Background { get; }

    /// <summary>Expands words.</summary>
    public WordExpander Expander { get; }

    /// <summary>Set by <c>exit</c>: nothing more runs.</summary>
    public bool HasExited { get; set; }

    /// <summary>True after Ctrl-C: the rest of the line or script is dropped.</summary>
    public bool IsInterrupted => Jobs.Current is { IsInterrupted: true };

    /// <summary>True for the shell itself, false for its subshells.</summary>
    public bool IsMain => Background == _shell.Background;

    /// <summary>True within a function or a file that <c>.</c> reads.</summary>
    public bool CanReturn { get; private set; }

    private IJobControl Jobs => _shell.Jobs;

    /// <summary>True when what follows is not to run.</summary>
    private bool IsUnwinding => HasExited || _isAborted || _isReturning || _breaks > 0 || _continues || IsInterrupted;

    /// <summary>Forgets what has ended the line before.</summary>
    public void Begin()
    {
        HasExited = false;
        _isAborted = false;
        _isReturning = false;
        _continues = false;
        _breaks = 0;
    }

    /// <summary>Runs lists one after the other. <c>$?</c> is the status of the last one.</summary>
    public void Run(CommandLine line)
    {
        foreach (AndOrList list in line.Lists)
        {
            if (IsUnwinding)
            {
                break;
            }

            if (list.IsBackground)
            {
                State.LastStatus = StartInBackground(list);
            }
            else
            {
                Run(list);
            }
        }

        if (IsInterrupted)
        {
            State.LastStatus = App.InterruptedStatus;
        }
    }

    /// <summary>Runs a script line by line.</summary>
    /// <returns>False when it cannot be parsed; what is wrong has been told, and what came before has run.</returns>
    public bool RunScript(string text)
    {
        Parser parser = new(text);
        while (!IsUnwinding)
        {
            ParseStatus status = parser.Next(out CommandLine? line, out string error);
            if (status != ParseStatus.Complete)
            {
                Complain(status == ParseStatus.Wrong ? error : "syntax error: unexpected end of input");
                State.LastStatus = App.UsageStatus;
                return false;
            }

            if (line is null)
            {
                break;
            }

            Run(line);
        }

        return true;
    }

    /// <summary>Runs another text in this shell, as <c>.</c> and <c>eval</c> do.</summary>
    /// <param name="text">The commands.</param>
    /// <param name="canReturn">True where <c>return</c> ends it.</param>
    public int RunNested(string text, bool canReturn)
    {
        if (_depth >= MaxDepth)
        {
            throw new ShellException("nested too deeply");
        }

        bool couldReturn = CanReturn;
        CanReturn |= canReturn;
        _depth++;
        State.LastStatus = 0;
        bool isParsed = RunScript(text);
        _depth--;
        CanReturn = couldReturn;
        _isReturning &= !canReturn;
        HasExited |= !isParsed && !_isInteractive;
        return State.LastStatus;
    }

    /// <summary><c>return</c>.</summary>
    public void Return() => _isReturning = true;

    /// <summary><c>break</c> and <c>continue</c>.</summary>
    /// <param name="levels">How many loops.</param>
    /// <param name="continues">True to go on with the outermost of them.</param>
    public void Leave(int levels, bool continues)
    {
        if (_loops > 0)
        {
            levels = Math.Min(levels, _loops);
            _breaks = continues ? levels - 1 : levels;
            _continues = continues;
        }
    }

    /// <summary>Prints <c>sh: message</c> on standard error.</summary>
    public void Complain(string message)
    {
        if (message.Length > 0)
        {
            // Where standard error is closed nobody is there to be told.
            _ = State.Files.Write(2, $"{State.Name}: {message}\n");
        }
    }

    private void Run(AndOrList list)
    {
        for (int i = 0; i < list.Pipelines.Count && !IsUnwinding; i++)
        {
            (Connector connector, Pipeline pipeline) = list.Pipelines[i];
            bool isDue = connector == Connector.Always || (connector == Connector.And) == (State.LastStatus == 0);
            if (!isDue)
            {
                continue;
            }

            bool isCondition = i < list.Pipelines.Count - 1 || pipeline.IsNegated;
            _conditions += isCondition ? 1 : 0;
            State.LastStatus = Run(pipeline);
            _conditions -= isCondition ? 1 : 0;
            if (State.LastStatus != 0 && !isCondition && _conditions == 0 && State.Options.HasFlag(ShellSwitches.ExitOnError))
            {
                HasExited = true;
            }
        }
    }

    private int Run(Pipeline pipeline)
    {
        int status = pipeline.Commands.Count == 1 ? Run(pipeline.Commands[0]) : RunPiped(pipeline.Commands);
        return pipeline.IsNegated && !IsUnwinding ? (status == 0 ? 1 : 0) : status;
    }

    /// <summary>Runs a command of any kind in this shell.</summary>
    /// <returns>Its status.</returns>
    private int Run(ShellCommand command)
    {
        if (_depth >= MaxDepth)
        {
            Complain("nested too deeply");
            HasExited = true;
            return App.UsageStatus;
        }

        _depth++;
        try
        {
            return command switch
            {
                SimpleCommand simple => RunSimple(simple),
                SubshellCommand => RunPiped([command]),
                FunctionCommand function => Define(function),
                _ => WithRedirections(command.Redirections, () => RunCompound(command)),
            };
        }
        catch (ShellException exception)
        {
            return Fail(exception);
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>A command could not even begin: a script ends with it, unless it is only a file that could not be opened.</summary>
    private int Fail(ShellException exception)
    {
        Complain(exception.Message);
        if (exception.Status == App.UsageStatus)
        {
            HasExited |= !_isInteractive;
            _isAborted = true;
        }

        return exception.Status;
    }

    private int Define(FunctionCommand function)
    {
        State.Functions[function.Name] = function.Body;
        return 0;
    }

    /// <summary>Has what goes wrong told where standard error leads now.</summary>
    private int Guard(Func<int> body)
    {
        try
        {
            return body();
        }
        catch (ShellException exception)
        {
            return Fail(exception);
        }
    }

    /// <summary>Runs something with other files, and puts those that were before back.</summary>
    /// <param name="redirections">What is other about them.</param>
    /// <param name="body">What to run.</param>
    /// <param name="isLast">True when nothing runs after it: the files before are closed, so that the command alone keeps a pipe open.</param>
    /// <param name="isFatal">See <see cref="Redirector.Apply(ShellFiles, IReadOnlyList{Redirection}, bool)"/>.</param>
    private int WithRedirections(IReadOnlyList<Redirection> redirections, Func<int> body, bool isLast = false, bool isFatal = false)
    {
        if (redirections.Count == 0)
        {
            return body();
        }

        ShellFiles before = State.Files;
        if (isLast)
        {
            State.Files = _redirector.Apply(before, redirections, isFatal);
            before.Dispose();
            return Guard(body);
        }

        State.Files = _redirector.Apply(before, redirections, isFatal);
        try
        {
            return Guard(body);
        }
        finally
        {
            State.Files.Dispose();
            State.Files = before;
        }
    }
}
