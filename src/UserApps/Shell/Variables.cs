namespace KernelSockets.UserApps;

/// <summary>A shell's variables (POSIX XCU §2.5.3).</summary>
internal sealed class Variables
{
    private readonly Dictionary<string, Variable> _variables = new(StringComparer.Ordinal);

    /// <summary>No variables.</summary>
    public Variables()
    {
    }

    private Variables(Variables other)
    {
        foreach ((string name, Variable variable) in other._variables)
        {
            _variables.Add(name, variable);
        }
    }

    /// <summary>Names in order.</summary>
    public IEnumerable<string> Names => _variables.Keys.Order(StringComparer.Ordinal);

    /// <summary>A variable's value; null for one that is not set.</summary>
    public string? this[string name] => _variables.TryGetValue(name, out Variable variable) ? variable.Value : null;

    /// <summary>The same variables, to go their own way.</summary>
    public Variables Clone() => new(this);

    /// <summary>True for a variable that programs are given.</summary>
    public bool IsExported(string name) => _variables.TryGetValue(name, out Variable variable) && variable.IsExported;

    /// <summary>True for a variable that cannot be changed.</summary>
    public bool IsReadOnly(string name) => _variables.TryGetValue(name, out Variable variable) && variable.IsReadOnly;

    /// <summary>Gives a variable a value.</summary>
    /// <exception cref="ShellException">It is read-only.</exception>
    public void Set(string name, string? value)
    {
        _ = _variables.TryGetValue(name, out Variable variable);
        Require(name, variable);
        _variables[name] = variable with { Value = value };
    }

    /// <summary>Marks a variable, which need not have a value.</summary>
    public void Mark(string name, bool isExported = false, bool isReadOnly = false)
    {
        _ = _variables.TryGetValue(name, out Variable variable);
        _variables[name] = variable with { IsExported = variable.IsExported || isExported, IsReadOnly = variable.IsReadOnly || isReadOnly };
    }

    /// <summary>Forgets a variable.</summary>
    /// <exception cref="ShellException">It is read-only.</exception>
    public void Unset(string name)
    {
        if (_variables.TryGetValue(name, out Variable variable))
        {
            Require(name, variable);
            _variables.Remove(name);
        }
    }

    /// <summary>Remembers how a variable is, to have it so again.</summary>
    /// <returns>What puts it back.</returns>
    public Action Save(string name)
    {
        bool isThere = _variables.TryGetValue(name, out Variable before);
        return () =>
        {
            if (isThere)
            {
                _variables[name] = before;
            }
            else
            {
                _variables.Remove(name);
            }
        };
    }

    /// <summary>What programs are given.</summary>
    public Dictionary<string, string> Environment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, Variable variable) in _variables)
        {
            if (variable is { IsExported: true, Value: not null })
            {
                environment[name] = variable.Value;
            }
        }

        return environment;
    }

    private static void Require(string name, Variable variable)
    {
        if (variable.IsReadOnly)
        {
            throw new ShellException($"{name}: is read only");
        }
    }

    private readonly record struct Variable(string? Value, bool IsExported, bool IsReadOnly);
}
