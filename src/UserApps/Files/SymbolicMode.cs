namespace KernelSockets.UserApps.Files;

/// <summary>A change of permissions as chmod(1) takes it: <c>644</c>, <c>u+x,go-w</c>, <c>a=rX</c>, <c>g=u</c>.</summary>
internal sealed class SymbolicMode
{
    private const int SetUserId = 0x800;
    private const int SetGroupId = 0x400;
    private const int Sticky = 0x200;
    private const int ReadBits = 0x124;
    private const int WriteBits = 0x92;
    private const int ExecuteBits = 0x49;
    private const int UserBits = 0x1C0;
    private const int GroupBits = 0x38;
    private const int OtherBits = 0x7;
    private const int OctalKeepsForDirectories = SetUserId | SetGroupId;
    private const int LongOctal = 5;

    private readonly List<Step> _steps = [];

    private SymbolicMode()
    {
    }

    /// <summary>Reads a change.</summary>
    /// <param name="text">Octal or symbolic.</param>
    /// <param name="umask">What is left out where nobody is named.</param>
    /// <param name="mode">The change; null when it is none.</param>
    public static bool TryParse(string text, int umask, out SymbolicMode? mode)
    {
        SymbolicMode read = new();
        bool isGood = text.Length > 0 && (text[0] is >= '0' and <= '7' ? read.TryAddOctal(text) : text.Split(',').All(clause => read.TryAddClause(clause, umask)));
        mode = isGood && read._steps.Count > 0 ? read : null;
        return mode is not null;
    }

    /// <summary>Applies the change.</summary>
    /// <param name="permissions">The bits before.</param>
    /// <param name="isDirectory">True for a directory, which X concerns always, and whose set-id bits short octal numbers and = leave alone.</param>
    public int Apply(int permissions, bool isDirectory)
    {
        foreach (Step step in _steps)
        {
            int bits = step.Bits | CopiedFrom(step, permissions);
            if (step.HasConditionalExecute && (isDirectory || (permissions & ExecuteBits) != 0))
            {
                bits |= ExecuteBits;
            }

            bits &= step.Who & ~step.Omitted;
            int kept = isDirectory && !step.ClearsSetId ? permissions & OctalKeepsForDirectories & ~step.Bits : 0;
            permissions = step.Operator switch
            {
                '+' => permissions | bits,
                '-' => permissions & ~bits,
                _ => (permissions & ~step.Who) | bits | kept,
            };
        }

        return permissions;
    }

    private static int CopiedFrom(Step step, int permissions)
    {
        int copied = step.Source switch
        {
            UserBits => permissions >> 6 & OtherBits,
            GroupBits => permissions >> 3 & OtherBits,
            OtherBits => permissions & OtherBits,
            _ => 0,
        };
        return copied | copied << 3 | copied << 6;
    }

    private bool TryAddOctal(string text)
    {
        int value = 0;
        foreach (char digit in text)
        {
            value = (value * 8) + digit - '0';
            if (digit is < '0' or > '7' || value > FileModeText.PermissionMask)
            {
                return false;
            }
        }

        _steps.Add(new Step { Who = FileModeText.PermissionMask, Operator = '=', Bits = value, ClearsSetId = text.Length >= LongOctal });
        return true;
    }

    private bool TryAddClause(string clause, int umask)
    {
        if (clause.Length == 0)
        {
            return true; // before an option-like clause, see ChangeMode
        }

        int i = 0;
        int who = 0;
        for (; i < clause.Length && clause[i] is 'u' or 'g' or 'o' or 'a'; i++)
        {
            who |= clause[i] switch
            {
                'u' => UserBits | SetUserId,
                'g' => GroupBits | SetGroupId,
                'o' => OtherBits | Sticky,
                _ => FileModeText.PermissionMask,
            };
        }

        int omitted = who == 0 ? umask : 0;
        who = who == 0 ? FileModeText.PermissionMask : who;
        if (i == clause.Length)
        {
            return false;
        }

        while (i < clause.Length)
        {
            if (clause[i] is not ('+' or '-' or '='))
            {
                return false;
            }

            Step step = new() { Who = who, Operator = clause[i++], Omitted = omitted };
            i = ReadPermissions(clause, i, step);
            _steps.Add(step);
        }

        return true;
    }

    /// <summary>Reads letters up to the next operator.</summary>
    private static int ReadPermissions(string clause, int i, Step step)
    {
        if (i < clause.Length && clause[i] is 'u' or 'g' or 'o')
        {
            step.Source = clause[i] switch
            {
                'u' => UserBits,
                'g' => GroupBits,
                _ => OtherBits,
            };
            return i + 1;
        }

        for (; i < clause.Length && clause[i] is not ('+' or '-' or '='); i++)
        {
            int bits = clause[i] switch
            {
                'r' => ReadBits,
                'w' => WriteBits,
                'x' => ExecuteBits,
                's' => SetUserId | SetGroupId,
                't' => Sticky,
                _ => 0,
            };
            if (bits == 0 && clause[i] != 'X')
            {
                break; // no operator: the caller refuses it
            }

            step.Bits |= bits;
            step.HasConditionalExecute |= clause[i] == 'X';
        }

        return i;
    }

    private sealed class Step
    {
        public int Who { get; init; }

        public char Operator { get; init; }

        public int Omitted { get; init; }

        public bool ClearsSetId { get; init; }

        public int Bits { get; set; }

        public int Source { get; set; }

        public bool HasConditionalExecute { get; set; }
    }
}
