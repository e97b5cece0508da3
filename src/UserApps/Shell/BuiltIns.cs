namespace KernelSockets.UserApps;

/// <summary>The commands that the shell itself carries out, since they concern its own state: directory, flow, variables, jobs, history.</summary>
internal sealed partial class BuiltIns(Shell shell, Interpreter interpreter)
{
    private const int NotFoundStatus = 127;

    private ShellState State => interpreter.State;

    private IJobControl JobControl => shell.Jobs;

    /// <summary>Carries a command out.</summary>
    /// <param name="app">One of <see cref="BuiltInTable"/>.</param>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <returns>Exit status.</returns>
    /// <exception cref="ShellException">It was used in a way that ends a script.</exception>
    public int Run(App app, string[] arguments)
    {
        if (arguments is ["--help", ..])
        {
            return Print("help", app.Help);
        }

        return app.Name switch
        {
            "." => Source(arguments),
            ":" => 0,
            "break" => Leave("break", arguments, continues: false),
            "cd" => ChangeDirectory(arguments),
            "command" => RunCommand(arguments),
            "continue" => Leave("continue", arguments, continues: true),
            "eval" => interpreter.RunNested(string.Join(' ', arguments), canReturn: false),
            "exec" => RunCommand(arguments),
            "exit" => Exit(arguments),
            "export" => Mark("export", arguments, isExported: true),
            "fg" => Foreground(arguments),
            "history" => History(arguments),
            "jobs" => Jobs(),
            "read" => Read(arguments),
            "readonly" => Mark("readonly", arguments, isExported: false),
            "return" => Return(arguments),
            "set" => Set(arguments),
            "shift" => Shift(arguments),
            "type" => Describe(arguments),
            "unset" => Unset(arguments),
            "wait" => Wait(arguments),
            _ => Complain(app.Name, "not a built-in", NotFoundStatus),
        };
    }

    private int Complain(string name, string message, int status)
    {
        interpreter.Complain($"{name}: {message}");
        return status;
    }

    /// <summary>Prints on standard output.</summary>
    /// <returns>0, or 1 when it could not be written, which is told; 141 when nobody reads it.</returns>
    private int Print(string name, string text)
    {
        Errno error = State.Files.Write(1, text);
        if (error == Errno.EPIPE)
        {
            interpreter.EndByBrokenPipe();
        }

        return error switch
        {
            Errno.Success => 0,
            Errno.EPIPE => App.BrokenPipeStatus,
            Errno.EINTR => App.InterruptedStatus,
            _ => Complain(name, error.Describe(), 1),
        };
    }

    private int Source(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return Complain(".", "a file name is required", App.UsageStatus);
        }

        Errno error = interpreter.TryReadScript(arguments[0], out string text);
        return error == Errno.Success
            ? interpreter.RunNested(text, canReturn: true)
            : throw new ShellException($".: {arguments[0]}: {error.Describe()}");
    }

    private int ChangeDirectory(string[] arguments)
    {
        if (arguments.Length > 1)
        {
            return Complain("cd", "too many arguments", 1);
        }

        string wanted = arguments.Length == 0 ? State.Variables["HOME"] ?? "/" : arguments[0];
        if (wanted == "-")
        {
            if (State.Variables["OLDPWD"] is not { } previous)
            {
                return Complain("cd", "no directory before this one", 1);
            }

            wanted = previous;
        }

        string before = JobControl.CurrentDirectory;
        Errno error = wanted.Length == 0 ? Errno.Success : JobControl.SetCurrentDirectory(wanted);
        if (error != Errno.Success)
        {
            return Complain("cd", $"{wanted}: {error.Describe()}", 1);
        }

        State.Variables.Set("OLDPWD", before);
        State.Variables.Set("PWD", JobControl.CurrentDirectory);
        return arguments is ["-"] ? Print("cd", JobControl.CurrentDirectory + "\n") : 0;
    }

    private int Exit(string[] arguments)
    {
        if (!TryReadStatus("exit", arguments, out int status))
        {
            return status;
        }

        if (interpreter.IsMain && shell.IsAtConsole)
        {
            shell.Write("There is nothing to log out to; 'poweroff' ends the machine.\n");
            return status;
        }

        interpreter.HasExited = true;
        return status;
    }

    private int Return(string[] arguments)
    {
        if (!interpreter.CanReturn)
        {
            return Complain("return", "not in a function or a file read by '.'", 1);
        }

        if (TryReadStatus("return", arguments, out int status))
        {
            interpreter.Return();
        }

        return status;
    }

    /// <summary>Reads the status that a command may be given.</summary>
    /// <param name="name">The command.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="status">It; <c>$?</c> without one. When it is wrong: what the command returns.</param>
    private bool TryReadStatus(string name, string[] arguments, out int status)
    {
        status = State.LastStatus;
        if (arguments.Length == 0)
        {
            return true;
        }

        bool isGood = arguments.Length == 1 && byte.TryParse(arguments[0], out byte told);
        status = isGood ? byte.Parse(arguments[0]) : Complain(name, $"{arguments[0]}: a status from 0 to 255 is required", App.UsageStatus);
        return isGood;
    }

    private int Leave(string name, string[] arguments, bool continues)
    {
        int levels = 1;
        if (arguments.Length > 0 && (!int.TryParse(arguments[0], out levels) || levels < 1))
        {
            throw new ShellException($"{name}: {arguments[0]}: a number above 0 is required");
        }

        interpreter.Leave(levels, continues);
        return 0;
    }

    private int RunCommand(string[] arguments)
    {
        if (arguments is ["-v", ..])
        {
            return arguments.Length > 1 && Kind(arguments[1]) is not null ? Print("command", arguments[1] + "\n") : NotFoundStatus;
        }

        if (arguments.Length == 0)
        {
            return 0;
        }

        _ = shell.Apps.TryFind(arguments[0], out App? app);
        return app is { IsBuiltIn: true } ? Run(app, arguments[1..]) : interpreter.RunExternal(arguments[0], app, arguments[1..]);
    }

    private int Describe(string[] arguments)
    {
        int status = 0;
        foreach (string name in arguments)
        {
            string? kind = Kind(name);
            status = kind is null ? NotFoundStatus : status;
            int printed = Print("type", kind is null ? $"{name}: not found\n" : $"{name} is {kind}\n");
            status = printed == 0 ? status : printed;
        }

        return status;
    }

    private string? Kind(string name)
    {
        if (State.Functions.ContainsKey(name))
        {
            return "a shell function";
        }

        return shell.Apps.TryFind(name, out App? app) ? app.IsBuiltIn ? "a shell builtin" : "a program of the system" : null;
    }
}
