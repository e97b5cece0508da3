using System.Text;

namespace KernelSockets.UserApps;

/// <content>What needs a job of its own: programs, pipelines, subshells, lists in the background, commands whose output is taken.</content>
internal sealed partial class Interpreter
{
    /// <summary>Most bytes of a script, and of what <c>$(…)</c> takes; beyond it the command fails, before memory does.</summary>
    private const int MaxText = 4 << 20;

    private const string NullDevice = "/dev/null";

    /// <summary>True in a subshell whose last command may take over its job.</summary>
    private bool _mayBecome;

    /// <summary>Waits for a job and takes it off the table.</summary>
    /// <returns>Its status.</returns>
    public static int WaitFor(IJob job)
    {
        if (job.Wait(Instant.Never) != Errno.Success)
        {
            // This very shell was told to stop, and what it waits for is to hear of it.
            if (!job.IsInterrupted)
            {
                job.Interrupt();
            }

            job.WaitForEnd();
        }

        return job.ExitStatus;
    }

    private int RunProgram(string name, Func<string[], int> main, string[] arguments, IReadOnlyDictionary<string, string> environment, bool isLast)
    {
        if (isLast)
        {
            Errno refused = Jobs.Become(name, arguments, State.Files.Standard, environment);

            // The program's own descriptors are all that is to keep a pipe open.
            State.Dispose();
            return refused == Errno.Success ? main(arguments) : App.InterruptedStatus;
        }

        Errno error = Jobs.TryStart(
            new JobStart { Name = name, Main = main, Arguments = arguments, Files = State.Files.Standard, Environment = environment, Group = Jobs.Current }, out IJob? job);
        if (job is null)
        {
            return CannotStart(name, error);
        }

        int status = WaitFor(job);
        if (status == App.BrokenPipeStatus && name is ("echo" or "printf"))
        {
            EndByBrokenPipe();
        }

        return status;
    }

    /// <summary>
    /// Nobody reads the output any more. In other shells echo and printf are built in, and SIGPIPE ends the shell that runs them; else a loop that prints would
    /// go on for ever.
    /// </summary>
    public void EndByBrokenPipe() => HasExited |= !_isInteractive;

    private int CannotStart(string name, Errno error)
    {
        if (error == Errno.EINTR)
        {
            return App.InterruptedStatus;
        }

        Complain(name.Length > 0 ? $"{name}: {error.Describe()}" : error.Describe());
        return CannotStartStatus;
    }

    /// <summary>Starts a job that carries on with a copy of this shell.</summary>
    /// <param name="child">The copy, whose files are closed when the job ends, or at once when it cannot be started.</param>
    /// <param name="command">What it runs.</param>
    /// <param name="group">As <see cref="JobStart.Group"/>.</param>
    /// <param name="job">The job.</param>
    private Errno StartSubshell(ShellState child, ShellCommand command, IJob? group, out IJob? job)
    {
        BackgroundJobs background = Background.Copy();
        Errno error = Jobs.TryStart(
            new JobStart
            {
                Name = NameOf(command),
                Main = _ => RunSubshell(child, background, command),
                Files = child.Files.Standard,
                Environment = child.Variables.Environment(),
                Group = group,
            },
            out job);
        if (error != Errno.Success)
        {
            child.Dispose();
        }

        return error;
    }

    private static string NameOf(ShellCommand command) =>
        command is SimpleCommand { Words: [{ Parts: [LiteralPart name] }, ..] } ? name.Text : "sh";

    private int RunSubshell(ShellState state, BackgroundJobs background, ShellCommand command)
    {
        try
        {
            Jobs.HandleInterrupts();
            var interpreter = new Interpreter(_shell, state, background, isInteractive: false) { _mayBecome = command is SimpleCommand };
            return interpreter.RunAlone(command);
        }
        finally
        {
            state.Dispose();
        }
    }

    /// <summary>Runs the one command of a subshell.</summary>
    private int RunAlone(ShellCommand command)
    {
        // The parentheses are this very shell.
        State.LastStatus = command is SubshellCommand subshell
            ? Run(new GroupCommand(subshell.Body, subshell.Redirections))
            : Run(command);
        return IsInterrupted ? App.InterruptedStatus : State.LastStatus;
    }

    /// <summary>Runs commands with pipes between them, each in a subshell, and waits for all.</summary>
    private int RunPiped(IReadOnlyList<ShellCommand> commands)
    {
        var jobs = new List<IJob>();
        OpenFile? input = null;
        Errno error = Errno.Success;
        for (int i = 0; i < commands.Count && error == Errno.Success; i++)
        {
            OpenFile? reader = null;
            OpenFile? writer = null;
            error = i < commands.Count - 1 ? Jobs.TryPipe(out reader, out writer) : Errno.Success;
            ShellState child = State.Clone();
            if (input is not null)
            {
                child.Files.Replace(0, input);
            }

            if (writer is not null)
            {
                child.Files.Replace(1, writer);
            }

            input = reader;
            error = error == Errno.Success ? StartSubshell(child, commands[i], Jobs.Current, out IJob? job, jobs) : DisposeOf(child, error);
        }

        input?.Release();
        return error == Errno.Success ? WaitForAll(jobs) : GiveUp(jobs, error);
    }

    private Errno StartSubshell(ShellState child, ShellCommand command, IJob? group, out IJob? job, List<IJob> jobs)
    {
        Errno error = StartSubshell(child, command, group, out job);
        if (job is not null)
        {
            jobs.Add(job);
        }

        return error;
    }

    private static Errno DisposeOf(ShellState child, Errno error)
    {
        child.Dispose();
        return error;
    }

    private static int WaitForAll(List<IJob> jobs)
    {
        int status = 0;
        foreach (IJob job in jobs)
        {
            status = WaitFor(job);
        }

        return status;
    }

    /// <summary>A pipeline that cannot be started as a whole does not run in parts.</summary>
    private int GiveUp(List<IJob> jobs, Errno error)
    {
        jobs.ForEach(static job => job.Interrupt());
        jobs.ForEach(static job => job.WaitForEnd());
        return CannotStart("", error);
    }

    private int StartInBackground(AndOrList list)
    {
        ShellState child = State.Clone();
        if (!_isInteractive && Jobs.TryOpen(NullDevice, OpenFlags.ReadOnly, out OpenFile? nothing) == Errno.Success)
        {
            child.Files.Replace(0, nothing);
        }

        Pipeline first = list.Pipelines[0].Pipeline;
        bool isOneCommand = list.Pipelines.Count == 1 && first is { IsNegated: false, Commands.Count: 1 };
        ShellCommand command = isOneCommand ? first.Commands[0] : new GroupCommand(new CommandLine([list with { IsBackground = false }]), []);
        Errno error = StartSubshell(child, command, group: null, out IJob? job);
        if (job is null)
        {
            return CannotStart(isOneCommand ? NameOf(command) : "", error);
        }

        Background.Add(job, list.Source);
        State.LastBackground = job.Id;
        if (_isInteractive)
        {
            _shell.Write($"[{job.Id}] {job.Id}\n");
        }

        return 0;
    }

    /// <summary>Runs the commands of <c>$(…)</c>.</summary>
    /// <returns>What they print, without the newlines at its end.</returns>
    private string Substitute(CommandLine commands)
    {
        Errno error = Jobs.TryPipe(out OpenFile? reader, out OpenFile? writer);
        if (error != Errno.Success)
        {
            throw new ShellException(error.Describe());
        }

        ShellState child = State.Clone();
        child.Files.Replace(1, writer);
        error = StartSubshell(child, OnlyCommand(commands), Jobs.Current, out IJob? job);
        if (job is null)
        {
            reader!.Release();
            throw new ShellException(error == Errno.EINTR ? "" : error.Describe(), CannotStartStatus);
        }

        using var bytes = new MemoryStream();
        error = ReadAll(reader!, bytes);
        reader!.Release();
        _substitutionStatus = WaitFor(job);
        if (error == Errno.E2BIG)
        {
            throw new ShellException($"command substitution: {error.Describe()}");
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length).Replace("\0", "", StringComparison.Ordinal).TrimEnd('\n');
    }

    private static ShellCommand OnlyCommand(CommandLine commands) =>
        commands.Lists is [{ IsBackground: false, Pipelines: [{ Pipeline: { IsNegated: false, Commands: [var command] } }] }]
            ? command
            : new GroupCommand(commands, []);

    private static Errno ReadAll(OpenFile reader, MemoryStream bytes)
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            IoResult result = reader.Read(buffer);
            if (!result.IsSuccess || result.Count == 0)
            {
                return result.Error;
            }

            if (bytes.Length + result.Count > MaxText)
            {
                return Errno.E2BIG;
            }

            bytes.Write(buffer, 0, result.Count);
        }
    }
}
