namespace KernelSockets.UserApps;

/// <content>Compound commands (POSIX XCU §2.9.4) and functions.</content>
internal sealed partial class Interpreter
{
    private int RunCompound(ShellCommand command) => command switch
    {
        GroupCommand group => RunBody(group.Body),
        IfCommand choice => RunIf(choice),
        LoopCommand loop => RunLoop(loop),
        ForCommand loop => RunFor(loop),
        CaseCommand choice => RunCase(choice),
        _ => throw new InvalidOperationException($"a command of an unknown kind: {command}"),
    };

    private int RunBody(CommandLine body)
    {
        State.LastStatus = body.Lists.Count == 0 ? 0 : State.LastStatus;
        Run(body);
        return State.LastStatus;
    }

    /// <summary>Runs what decides something: <c>set -e</c> does not count there.</summary>
    private bool IsTrue(CommandLine condition)
    {
        _conditions++;
        Run(condition);
        _conditions--;
        return State.LastStatus == 0;
    }

    private int RunIf(IfCommand command)
    {
        foreach ((CommandLine condition, CommandLine body) in command.Arms)
        {
            bool isTrue = IsTrue(condition);
            if (IsUnwinding)
            {
                return State.LastStatus;
            }

            if (isTrue)
            {
                return RunBody(body);
            }
        }

        return command.Otherwise is { } otherwise ? RunBody(otherwise) : 0;
    }

    private int RunLoop(LoopCommand loop)
    {
        int status = 0;
        bool goesOn = true;
        _loops++;
        while (goesOn && !IsUnwinding)
        {
            bool isTrue = IsTrue(loop.Condition);
            if (!IsUnwinding && isTrue == loop.IsUntil)
            {
                break;
            }

            status = IsUnwinding ? status : RunBody(loop.Body);
            goesOn = GoesOn();
        }

        _loops--;
        return IsUnwinding ? State.LastStatus : status;
    }

    private int RunFor(ForCommand loop)
    {
        int status = 0;
        _loops++;
        foreach (string value in loop.Words is null ? State.Parameters : Expander.Fields(loop.Words))
        {
            State.Variables.Set(loop.Name, value);
            status = RunBody(loop.Body);
            if (!GoesOn())
            {
                break;
            }
        }

        _loops--;
        return status;
    }

    /// <summary>Takes one level off a <c>break</c> or <c>continue</c>.</summary>
    /// <returns>False when the loop ends here.</returns>
    private bool GoesOn()
    {
        if (_breaks > 0)
        {
            _breaks--;
            return false;
        }

        _continues = false;
        return !IsUnwinding;
    }

    private int RunCase(CaseCommand command)
    {
        string subject = Expander.Text(command.Subject);
        foreach ((IReadOnlyList<Word> patterns, CommandLine body) in command.Arms)
        {
            foreach (Word pattern in patterns)
            {
                if (ShellPattern.Matches(Expander.Pattern(pattern), subject))
                {
                    return RunBody(body);
                }
            }
        }

        return 0;
    }

    private int Call(ShellCommand body, List<string> arguments)
    {
        IReadOnlyList<string> before = State.Parameters;
        int loops = _loops;
        bool couldReturn = CanReturn;
        State.Parameters = arguments;
        State.FunctionDepth++;
        CanReturn = true;
        _loops = 0;
        try
        {
            int status = Run(body);
            return _isReturning ? State.LastStatus : status;
        }
        finally
        {
            _isReturning = false;
            _loops = loops;
            CanReturn = couldReturn;
            State.FunctionDepth--;
            State.Parameters = before;
        }
    }
}
