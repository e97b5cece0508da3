using System.Text;
using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text.Edit;

/// <summary>edit: a small editor on the whole screen.</summary>
internal sealed class EditCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "edit";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Text;

    /// <inheritdoc/>
    public override string Summary => "edit a file on the screen";

    /// <inheritdoc/>
    public override string Help => """
        Usage: edit FILE
        Edits FILE on the screen of the console.
          arrows, Home, End      move; Ctrl-A and Ctrl-E, too
          Ctrl-V, Ctrl-Y         a screenful down, up
          Backspace, Delete      take out a character
          Ctrl-K, Ctrl-U         cut the line; put it back, as often as wanted
          Ctrl-F, Ctrl-G         find a text; find it again
          Ctrl-S                 save
          Ctrl-Q                 quit; with changes that are not saved, twice
          Ctrl-L                 draw the screen anew

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        OptionReader reader = new("", arguments);
        if (reader.TryNext(out _) || reader.Error is not null || reader.Operands.Count != 1)
        {
            return Misused(reader.Error ?? (reader.Operands.Count == 0 ? "missing operand" : $"extra operand '{reader.Operands[1]}'"));
        }

        string path = reader.Operands[0];
        EditText text = new();
        try
        {
            if (TextProgram.IsDirectory(path))
            {
                return Fail($"{path}: {Errno.EISDIR.Describe()}");
            }

            if (FileKind.IsThere(path))
            {
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                text.Load(stream);
            }
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            return Fail($"{path}: {FileReport.Describe(exception)}");
        }

        return Edit(path, text);
    }

    private int Edit(string path, EditText text)
    {
        ITerminal terminal = system.Terminal;
        terminal.IsRaw = true;
        terminal.Write("\e[?1049h\e[2J"u8);
        try
        {
            return new EditSession(terminal, path, text).Run();
        }
        finally
        {
            terminal.Write(Encoding.ASCII.GetBytes("\e[?1049l"));
            terminal.IsRaw = false;
        }
    }
}
