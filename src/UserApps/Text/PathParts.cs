namespace KernelSockets.UserApps.Text;

/// <summary>basename and dirname.</summary>
internal static class PathParts
{
    public const string BaseHelp = """
        Usage: basename NAME [SUFFIX]
               basename -a [-s SUFFIX] [-z] NAME...
        Prints NAME without the directories in front, and without SUFFIX behind.
          -a         all operands are names
          -s SUFFIX  the suffix; with it all operands are names
          -z         end lines with a NUL

        """;

    public const string DirectoryHelp = """
        Usage: dirname [-z] NAME...
        Prints NAME without what is behind the last slash; . where there is none.
          -z  end lines with a NUL

        """;

    public static int Base(string[] arguments) => TextProgram.Run("basename", RunBase, arguments);

    public static int DirectoryMain(string[] arguments) => TextProgram.Run("dirname", RunDirectory, arguments);

    internal static int RunBase(TextProgram program, string[] arguments)
    {
        bool takesAll = false;
        string? suffix = null;
        byte end = (byte)'\n';
        OptionReader reader = new("+as:z", arguments, ("multiple", 'a'), ("suffix", 's'), ("zero", 'z'));
        while (reader.TryNext(out char option))
        {
            takesAll |= option is 'a' or 's';
            suffix = option == 's' ? reader.Value : suffix;
            end = option == 'z' ? (byte)0 : end;
        }

        IReadOnlyList<string> operands = reader.Operands;
        if (reader.Error is not null || operands.Count == 0 || (!takesAll && operands.Count > 2))
        {
            return program.Misused(reader.Error ?? (operands.Count == 0 ? "missing operand" : $"extra operand '{operands[2]}'"));
        }

        suffix = takesAll || operands.Count < 2 ? suffix ?? "" : operands[1];
        foreach (string name in takesAll ? operands : operands.Take(1))
        {
            string last = LastPart(name);
            bool isCut = suffix.Length > 0 && last.Length > suffix.Length && last != "/" && last.EndsWith(suffix, StringComparison.Ordinal);
            program.Output.Write(isCut ? last[..^suffix.Length] : last);
            program.Output.Write(end);
        }

        return 0;
    }

    internal static int RunDirectory(TextProgram program, string[] arguments)
    {
        byte end = (byte)'\n';
        OptionReader reader = new("+z", arguments, ("zero", 'z'));
        while (reader.TryNext(out _))
        {
            end = 0;
        }

        if (reader.Error is not null || reader.Operands.Count == 0)
        {
            return program.Misused(reader.Error ?? "missing operand");
        }

        foreach (string name in reader.Operands)
        {
            program.Output.Write(DirectoryOf(name));
            program.Output.Write(end);
        }

        return 0;
    }

    private static string LastPart(string name)
    {
        string trimmed = name.TrimEnd('/');
        return trimmed.Length == 0 ? (name.Length == 0 ? "" : "/") : trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static string DirectoryOf(string name)
    {
        string trimmed = name.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        string directory = slash < 0 ? "" : trimmed[..(slash + 1)].TrimEnd('/');
        return directory.Length > 0 ? directory : name.StartsWith('/') ? "/" : ".";
    }
}
