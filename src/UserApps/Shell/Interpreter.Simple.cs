using System.Text;

namespace KernelSockets.UserApps;

/// <content>Simple commands (POSIX XCU §2.9.1).</content>
internal sealed partial class Interpreter
{
    /// <summary>Reads a file of commands.</summary>
    /// <param name="path">Absolute, or from the current directory.</param>
    /// <param name="text">The commands.</param>
    /// <returns>What open(2) and read(2) say; <see cref="Errno.ENOEXEC"/> for what is no text, <see cref="Errno.EFBIG"/>.</returns>
    public Errno TryReadScript(string path, out string text)
    {
        text = "";
        Errno error = Jobs.TryOpen(path, OpenFlags.ReadOnly, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        using var bytes = new MemoryStream();
        error = file!.Inode.Mode.IsDirectory() ? Errno.EISDIR : ReadAll(file, bytes);
        file.Release();
        if (error != Errno.Success)
        {
            return error == Errno.E2BIG ? Errno.EFBIG : error;
        }

        text = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        return text.Contains('\0', StringComparison.Ordinal) ? Errno.ENOEXEC : Errno.Success;
    }

    /// <summary>Reads a line from standard input.</summary>
    /// <returns>False at its end.</returns>
    public bool TryReadLine(out string line)
    {
        _ = InputLine.Read(State.Files[0], isRaw: true, out var characters, out bool isWhole);
        line = string.Concat(characters.Select(static item => item.Character));
        return isWhole || line.Length > 0;
    }

    private int RunSimple(SimpleCommand command)
    {
        bool isLast = _mayBecome;
        _mayBecome = false;
        _substitutionStatus = null;
        List<string> words = Expander.Fields(command.Words);
        if (IsInterrupted)
        {
            return App.InterruptedStatus;
        }

        if (words.Count == 0)
        {
            return WithRedirections(command.Redirections, () => Assign(command.Assignments));
        }

        if (words is ["exec", ..] and not [_, "--help"])
        {
            return Exec(command, words);
        }

        return WithRedirections(command.Redirections, () => RunWords(command.Assignments, words, isLast), isLast, BuiltInTable.IsSpecial(words[0]));
    }

    private int Assign(IReadOnlyList<Assignment> assignments)
    {
        foreach (Assignment assignment in assignments)
        {
            string value = Expander.Value(assignment.Value);
            State.Variables.Set(assignment.Name, value);
            Trace([$"{assignment.Name}={value}"]);
        }

        return IsInterrupted ? App.InterruptedStatus : _substitutionStatus ?? 0;
    }

    private int RunWords(IReadOnlyList<Assignment> assignments, List<string> words, bool isLast)
    {
        string[] arguments = [.. words.Skip(1)];
        _ = _shell.Apps.TryFind(words[0], out App? app);
        bool isSpecial = app is { IsBuiltIn: true } && BuiltInTable.IsSpecial(app.Name);
        var saved = new List<Action>();
        try
        {
            foreach (Assignment assignment in assignments)
            {
                string value = Expander.Value(assignment.Value);
                if (!isSpecial)
                {
                    saved.Add(State.Variables.Save(assignment.Name));
                }

                State.Variables.Set(assignment.Name, value);
                State.Variables.Mark(assignment.Name, isExported: !isSpecial);
            }

            Trace(words);
            if (!isSpecial && State.Functions.TryGetValue(words[0], out ShellCommand? function))
            {
                return Call(function, [.. arguments]);
            }

            return app is { IsBuiltIn: true } ? _builtIns.Run(app, arguments) : RunExternal(words[0], app, arguments, isLast);
        }
        finally
        {
            saved.Reverse();
            saved.ForEach(static restore => restore());
        }
    }

    /// <summary>Runs a program of the table, or a file of commands.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="app">The program; null where the table has none of that name.</param>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="isLast">True when it may take over the job of this shell.</param>
    public int RunExternal(string name, App? app, string[] arguments, bool isLast = false)
    {
        if (app is not null)
        {
            return RunProgram(name, app.Run, arguments, State.Variables.Environment(), isLast);
        }

        if (!name.Contains('/', StringComparison.Ordinal))
        {
            Complain($"{name}: command not found");
            return NotFoundStatus;
        }

        Errno error = TryReadScript(name, out string text);
        if (error != Errno.Success)
        {
            Complain($"{name}: {error.Describe()}");
            return error == Errno.ENOENT ? NotFoundStatus : CannotStartStatus;
        }

        return RunProgram(Path.GetFileName(name), _ => _shell.RunText(name, text, arguments), [], State.Variables.Environment(), isLast);
    }

    /// <summary><c>exec</c>: goes on as another program, or with other files.</summary>
    private int Exec(SimpleCommand command, List<string> words)
    {
        ShellFiles files = _redirector.Apply(State.Files, command.Redirections, isFatal: true);
        State.Files.Dispose();
        State.Files = files;
        int status = RunWords(command.Assignments, words.Count == 1 ? [":"] : words[1..], isLast: false);
        HasExited |= words.Count > 1 && !_isInteractive;
        return status;
    }

    private void Trace(List<string> words)
    {
        if (State.Options.HasFlag(ShellSwitches.Trace))
        {
            _ = State.Files.Write(2, $"{State.Variables["PS4"] ?? "+ "}{string.Join(' ', words)}\n");
        }
    }
}
