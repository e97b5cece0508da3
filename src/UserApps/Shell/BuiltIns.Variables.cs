using System.Text;

namespace KernelSockets.UserApps;

/// <content>Variables and positional parameters.</content>
internal sealed partial class BuiltIns
{
    private int Mark(string command, string[] arguments, bool isExported)
    {
        if (arguments.Length == 0 || arguments is ["-p"])
        {
            return List(command, name => isExported ? State.Variables.IsExported(name) : State.Variables.IsReadOnly(name));
        }

        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? argument : argument[..equals];
            if (!Lexer.IsName(name))
            {
                throw new ShellException($"{command}: {name}: bad variable name");
            }

            if (equals >= 0)
            {
                State.Variables.Set(name, argument[(equals + 1)..]);
            }

            State.Variables.Mark(name, isExported, isReadOnly: !isExported);
        }

        return 0;
    }

    private int List(string? command, Func<string, bool> isWanted)
    {
        StringBuilder text = new();
        foreach (string name in State.Variables.Names.Where(isWanted))
        {
            string start = command is null ? "" : command + " ";
            string? value = State.Variables[name];
            text.Append(start).Append(name).Append(value is null ? "" : "=" + Quote(value)).Append('\n');
        }

        return Print(command ?? "set", text.ToString());
    }

    /// <summary>A word that the shell reads back as <paramref name="text"/>.</summary>
    private static string Quote(string text) => $"'{text.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";

    private int Set(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return List(null, name => State.Variables[name] is not null);
        }

        ShellSwitches options = State.Options;
        int first = 0;
        while (first < arguments.Length && arguments[first] is ['-' or '+', _, ..] and not "--")
        {
            if (ShellOptionLetters.TryApply(arguments[first], ref options) is { } letter)
            {
                throw new ShellException($"set: -{letter}: invalid option");
            }

            first++;
        }

        State.Options = options;
        bool isEnd = first < arguments.Length && arguments[first] == "--";
        if (first < arguments.Length)
        {
            State.Parameters = arguments[(isEnd ? first + 1 : first)..];
        }

        return 0;
    }

    private int Shift(string[] arguments)
    {
        int count = 1;
        if (arguments.Length > 0 && (!int.TryParse(arguments[0], out count) || count < 0))
        {
            throw new ShellException($"shift: {arguments[0]}: a number is required");
        }

        if (count > State.Parameters.Count)
        {
            throw new ShellException("shift: can't shift that many");
        }

        State.Parameters = [.. State.Parameters.Skip(count)];
        return 0;
    }

    private int Unset(string[] arguments)
    {
        bool areFunctions = arguments is ["-f", ..];
        foreach (string name in arguments is ["-f" or "-v", ..] ? arguments[1..] : arguments)
        {
            if (areFunctions)
            {
                State.Functions.Remove(name);
            }
            else if (Lexer.IsName(name))
            {
                State.Variables.Unset(name);
            }
            else
            {
                throw new ShellException($"unset: {name}: bad variable name");
            }
        }

        return 0;
    }

    private int Read(string[] arguments)
    {
        bool isRaw = arguments is ["-r", ..];
        string[] names = isRaw ? arguments[1..] : arguments;
        if (names.Length == 0 || Array.Find(names, static name => !Lexer.IsName(name)) is not null)
        {
            return Complain("read", names.Length == 0 ? "a variable name is required" : "bad variable name", App.UsageStatus);
        }

        Errno error = InputLine.Read(State.Files[0], isRaw, out List<(char, bool)> line, out bool isWhole);
        if (error == Errno.EINTR)
        {
            return App.InterruptedStatus;
        }

        string[] fields = LineFields.Split(line, names.Length, State.Variables["IFS"] ?? " \t\n");
        for (int i = 0; i < names.Length; i++)
        {
            State.Variables.Set(names[i], fields[i]);
        }

        return error != Errno.Success ? Complain("read", error.Describe(), 1) : isWhole ? 0 : 1;
    }
}
