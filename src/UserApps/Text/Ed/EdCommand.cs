namespace KernelSockets.UserApps.Text.Ed;

/// <summary>ed: the line editor.</summary>
internal static class EdCommand
{
    public const string Help = """
        Usage: ed [-Elsv] [-p TEXT] [FILE]
        Edits FILE by lines. A command is [ADDRESS[,ADDRESS]]LETTER; the last line addressed is the current one.
          ADDRESS   a number, . (current) $ (last) 'x (mark) /RE/ ?RE? (next, previous match), + and - behind; , is all, ; from . to the end
          a i c     text behind, before, instead, up to a line with only a dot
          d j m t   delete; join; move or copy behind an address
          s/RE/TEXT/[g][N][pnl]   replace; & is the match, \1 a group, % the last TEXT
          g/RE/COMMANDS  v/RE/COMMANDS    for all lines with a match; without
          p n l = z print; with numbers; every byte; the number; a screenful
          e E r w W f  edit another file (E: in any case); read; write; append; the name
          k u h H q Q  mark; undo; explain the last ? or all; quit (Q: in any case); wq writes first
        Options: -E extended regular expressions, -s no counts of bytes, -v explain every ?, -p TEXT a prompt, -l status 0 in any case.
        After ? alone, h explains. Shell commands (!) are not supported.

        """;

    public static int Main(string[] arguments) => TextProgram.Run("ed", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        string prompt = "";
        string flags = "";
        OptionReader reader = new(
            "Elp:qsv", arguments, ("extended-regexp", 'E'), ("loose-exit-status", 'l'), ("prompt", 'p'), ("quiet", 'q'), ("silent", 'q'), ("script", 's'), ("verbose", 'v'));
        while (reader.TryNext(out char option))
        {
            prompt = option == 'p' ? reader.Value : prompt;
            flags += option;
        }

        if (reader.Error is not null || reader.Operands.Count > 1)
        {
            return program.Misused(reader.Error ?? "too many operands");
        }

        bool Has(char flag) => flags.Contains(flag, StringComparison.Ordinal);
        EdEditor editor = new(program, program.Lines(program.Input), isExtended: Has('E'), isSilent: Has('s'), explains: Has('v'));
        if (reader.Operands.Count == 1)
        {
            editor.Open(reader.Operands[0]);
        }

        while (editor.ExitStatus is null)
        {
            program.Output.Write(prompt);
            editor.Step();
        }

        return Has('l') ? 0 : editor.ExitStatus.Value;
    }
}
