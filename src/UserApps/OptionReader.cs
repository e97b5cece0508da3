namespace KernelSockets.UserApps;

/// <summary>
/// Reads a command's arguments as getopt_long(3) does: clustered short options, values attached or following, <c>--name</c> and
/// <c>--name=value</c>, operands anywhere, <c>--</c> ends the options.
/// </summary>
/// <remarks>
/// <code>
/// var options = new OptionReader("c:q", arguments, ("quiet", 'q'));
/// while (options.TryNext(out char option)) { … }
/// if (options.Error is { } error) return Misused(error);
/// </code>
/// </remarks>
internal sealed class OptionReader
{
    private readonly string _specification;
    private readonly string[] _arguments;
    private readonly (string Name, char Option)[] _longOptions;
    private readonly List<string> _operands = [];
    private int _next;
    private readonly bool _endsAtOperand;
    private int _withinCluster;

    /// <summary>Starts at the first argument.</summary>
    /// <param name="specification">The short options; one that takes a value is followed by a colon. With + in front the first operand ends the options.</param>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="longOptions">Long names and the short options they stand for.</param>
    public OptionReader(string specification, string[] arguments, params (string Name, char Option)[] longOptions)
    {
        _endsAtOperand = specification.StartsWith('+');
        _specification = specification.TrimStart('+');
        _arguments = arguments;
        _longOptions = longOptions;
    }

    /// <summary>Arguments that are no options, in order; complete once <see cref="TryNext"/> has returned false.</summary>
    public IReadOnlyList<string> Operands => _operands;

    /// <summary>The value of the option last read.</summary>
    public string Value { get; private set; } = "";

    /// <summary>What is wrong with the arguments, in getopt's words; null for nothing.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the next option.</summary>
    /// <returns>False after the last one, or when <see cref="Error"/> is set.</returns>
    public bool TryNext(out char option)
    {
        option = '\0';
        while (Error is null && _next < _arguments.Length)
        {
            string argument = _arguments[_next];
            if (_withinCluster > 0)
            {
                return TryShort(argument, out option);
            }

            if (argument == "--")
            {
                _operands.AddRange(_arguments.AsSpan(_next + 1));
                _next = _arguments.Length;
            }
            else if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                return TryLong(argument, out option);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                _withinCluster = 1;
            }
            else if (_endsAtOperand)
            {
                _operands.AddRange(_arguments.AsSpan(_next));
                _next = _arguments.Length;
            }
            else
            {
                _operands.Add(argument);
                _next++;
            }
        }

        return false;
    }

    /// <summary>Marks the value just read as wrong, which ends the reading.</summary>
    public void Reject(string message) => Error ??= message;

    /// <summary>Reads <see cref="Value"/> as a whole number; otherwise sets <see cref="Error"/>.</summary>
    public int NumberBetween(int least, int most)
    {
        if (!int.TryParse(Value, out int number) || number < least || number > most)
        {
            Reject($"invalid argument: '{Value}': out of range: {least} <= value <= {most}");
        }

        return number;
    }

    private bool TryShort(string argument, out char option)
    {
        option = argument[_withinCluster++];
        int position = option == ':' ? -1 : _specification.IndexOf(option, StringComparison.Ordinal);
        if (position < 0)
        {
            Error = $"invalid option -- '{option}'";
            return false;
        }

        bool isLast = _withinCluster == argument.Length;
        if (position + 1 < _specification.Length && _specification[position + 1] == ':')
        {
            return TryTakeValue(isLast ? null : argument[_withinCluster..], $"option requires an argument -- '{option}'");
        }

        if (isLast)
        {
            EndArgument();
        }

        return true;
    }

    private bool TryLong(string argument, out char option)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? argument[2..] : argument[2..equals];
        string? value = equals < 0 ? null : argument[(equals + 1)..];
        foreach ((string longName, char shortName) in _longOptions)
        {
            if (longName == name)
            {
                option = shortName;
                return TryLongValue(name, shortName, value);
            }
        }

        option = '\0';
        Error = $"unrecognized option '--{name}'";
        return false;
    }

    private bool TryLongValue(string name, char option, string? value)
    {
        int position = _specification.IndexOf(option, StringComparison.Ordinal);
        if (position + 1 < _specification.Length && _specification[position + 1] == ':')
        {
            return TryTakeValue(value, $"option '--{name}' requires an argument");
        }

        if (value is not null)
        {
            Error = $"option '--{name}' doesn't allow an argument";
            return false;
        }

        EndArgument();
        return true;
    }

    private bool TryTakeValue(string? attached, string missing)
    {
        EndArgument();
        if (attached is null)
        {
            if (_next == _arguments.Length)
            {
                Error = missing;
                return false;
            }

            attached = _arguments[_next++];
        }

        Value = attached;
        return true;
    }

    private void EndArgument()
    {
        _withinCluster = 0;
        _next++;
    }
}
