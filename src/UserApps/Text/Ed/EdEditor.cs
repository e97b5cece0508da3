using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text.Ed;

/// <summary>ed's commands on its buffer.</summary>
internal sealed class EdEditor
{
    private const string BufferModified = "Warning: buffer modified";
    private const int WindowLines = 22;

    private readonly TextProgram _program;
    private readonly EdBuffer _buffer = new();
    private readonly EdPatterns _patterns;
    private readonly EdInput _input;
    private readonly EdFile _files;
    private readonly EdPrinter _printer;
    private readonly bool _isSilent;
    private EdSubstitution? _lastSubstitution;
    private string _path = "";
    private string _lastError = "";
    private bool _explains;
    private bool _hasWarned;
    private int _window = WindowLines;

    /// <summary>Makes an editor with an empty buffer.</summary>
    public EdEditor(TextProgram program, LineReader lines, bool isExtended, bool isSilent, bool explains)
    {
        _program = program;
        _patterns = new EdPatterns(isExtended);
        _input = new EdInput(lines);
        _files = new EdFile(program);
        _printer = new EdPrinter(program.Output);
        _isSilent = isSilent;
        _explains = explains;
    }

    /// <summary>Null while there is more to do; then the exit status.</summary>
    public int? ExitStatus { get; private set; }

    /// <summary>True when a command has failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Reads the file that is to be edited; one that is not there will be made.</summary>
    public void Open(string path)
    {
        _path = path;
        Guard(() => Load(path), isQuiet: true);
    }

    /// <summary>Reads a command and carries it out; the end of the input is like q.</summary>
    public void Step()
    {
        byte[]? line = _input.Read();
        if (line is null)
        {
            Guard(() => Quit(isForced: false, isEnd: true));
            ExitStatus ??= 2;
            return;
        }

        Guard(() => Execute(new EdCommandLine(line)));
    }

    private void Guard(Action act, bool isQuiet = false)
    {
        try
        {
            act();
        }
        catch (Exception exception) when (exception is EdException or RegexException)
        {
            _input.SetGlobal(null);
            _lastError = exception.Message;
            HasFailed |= !isQuiet;
            if (!isQuiet)
            {
                _program.Output.Write("?\n");
            }

            if (_explains)
            {
                _program.Output.Write($"{_lastError}\n");
            }
        }
    }

    private void Execute(EdCommandLine line)
    {
        EdAddresses addresses = EdAddresses.Read(line, _buffer, _patterns);
        char command = line.Take();
        bool wasWarned = _hasWarned;
        _hasWarned = false;
        if (_input.IsGlobal || !"acdijmrstgv".Contains(command, StringComparison.Ordinal))
        {
            Execute(command, addresses, line, wasWarned);
            return;
        }

        EdBuffer.Snapshot before = _buffer.Remember();
        try
        {
            Execute(command, addresses, line, wasWarned);
        }
        finally
        {
            _buffer.KeepForUndo(before);
        }
    }

    private void Execute(char command, EdAddresses addresses, EdCommandLine line, bool wasWarned)
    {
        switch (command)
        {
            case 'a' or 'c' or 'd' or 'i' or 'j' or 'm' or 't' or 'k' or 's':
                Change(command, addresses, line);
                break;
            case 'l' or 'n' or 'p' or '=' or 'z' or EdCommandLine.End:
                Show(command, addresses, line);
                break;
            case 'g' or 'v':
                Global(addresses, line, wantsMatch: command == 'g');
                break;
            case 'e' or 'E' or 'f' or 'r' or 'w' or 'W':
                UseFile(command, addresses, line, wasWarned);
                break;
            case '#':
                break;
            case 'h' or 'H' or 'P' or 'q' or 'Q' or 'u':
                Control(command, addresses, line, wasWarned);
                break;
            default:
                throw new EdException("Unknown command");
        }
    }

    private void Change(char command, EdAddresses addresses, EdCommandLine line)
    {
        switch (command)
        {
            case 'a' or 'i':
                addresses.Default(_buffer.Current, _buffer.Current, 0, _buffer);
                string ways = TakeSuffix(line);
                _buffer.Insert(command == 'a' ? addresses.Last : Math.Max(addresses.Last - 1, 0), _input.ReadText() is { Count: > 0 } text ? text : Nothing(addresses.Last));
                PrintCurrent(ways);
                break;
            case 'c' or 'd':
                Replace(command, addresses, line);
                break;
            case 'j':
                addresses.Default(_buffer.Current, _buffer.Current + 1, 1, _buffer);
                string afterwards = TakeSuffix(line);
                if (addresses.First < addresses.Last)
                {
                    byte[] joined = [.. _buffer.Range(addresses.First, addresses.Last).SelectMany(static part => part.Text)];
                    _buffer.Delete(addresses.First, addresses.Last);
                    _buffer.Insert(addresses.First - 1, [new EdLine(joined)]);
                }

                PrintCurrent(afterwards);
                break;
            case 'k':
                addresses.Default(_buffer.Current, _buffer.Current, 1, _buffer);
                char mark = char.IsAsciiLetterLower(line.Next) ? line.Take() : throw new EdException("Invalid mark character");
                string suffix = TakeSuffix(line);
                _buffer.Mark((byte)mark, addresses.Last);
                PrintCurrent(suffix);
                break;
            case 's':
                Substitute(addresses, line);
                break;
            default:
                Move(command, addresses, line);
                break;
        }
    }

    /// <summary>Without text the addressed line becomes the current one.</summary>
    private List<EdLine> Nothing(int current)
    {
        _buffer.Current = current;
        return [];
    }

    private void Replace(char command, EdAddresses addresses, EdCommandLine line)
    {
        addresses.Default(_buffer.Current, _buffer.Current, 1, _buffer);
        string ways = TakeSuffix(line);
        List<EdLine> text = command == 'c' ? _input.ReadText() : [];
        _buffer.Delete(addresses.First, addresses.Last);
        if (text.Count > 0)
        {
            _buffer.Insert(addresses.First - 1, text);
        }

        PrintCurrent(ways);
    }

    private void Move(char command, EdAddresses addresses, EdCommandLine line)
    {
        addresses.Default(_buffer.Current, _buffer.Current, 1, _buffer);
        line.SkipBlanks();
        int behind = EdAddresses.ReadOne(line, _buffer, _patterns) ?? _buffer.Current;
        string ways = TakeSuffix(line);
        if (command == 'm' && behind >= addresses.First && behind < addresses.Last)
        {
            throw new EdException("Invalid destination");
        }

        if (command == 'm' && (behind == addresses.First - 1 || behind == addresses.Last))
        {
            _buffer.Current = addresses.Last; // they are there already; GNU ed takes it for a change that cannot be undone
            _buffer.IsModified = true;
            PrintCurrent(ways);
            return;
        }

        List<EdLine> lines = _buffer.Range(addresses.First, addresses.Last);
        if (command == 'm')
        {
            _buffer.Delete(addresses.First, addresses.Last);
            behind -= behind >= addresses.Last ? lines.Count : 0;
        }

        _buffer.Insert(behind, command == 'm' ? lines : [.. lines.Select(static copied => new EdLine(copied.Text))]);
        PrintCurrent(ways);
    }

    private void Show(char command, EdAddresses addresses, EdCommandLine line)
    {
        switch (command)
        {
            case '=':
                addresses.Default(_buffer.Last, _buffer.Last, 0, _buffer);
                string ways = TakeSuffix(line);
                _program.Output.Write($"{addresses.Last}\n");
                PrintCurrent(ways);
                break;
            case 'z':
                addresses.Default(_buffer.Current + 1, _buffer.Current + 1, 1, _buffer);
                _window = line.TakeNumber() is { } lines and > 0 ? lines : _window;
                Print(addresses.Last, (int)Math.Min((long)addresses.Last + _window - 1, _buffer.Last), "p" + TakeSuffix(line));
                break;
            case EdCommandLine.End:
                addresses.Default(_buffer.Current + 1, _buffer.Current + 1, 1, _buffer);
                Print(addresses.Last, addresses.Last, "p");
                break;
            default:
                addresses.Default(_buffer.Current, _buffer.Current, 1, _buffer);
                Print(addresses.First, addresses.Last, command + TakeSuffix(line));
                break;
        }
    }

    private void Print(int first, int last, string ways)
    {
        for (int number = first; number <= last; number++)
        {
            _printer.Print(number, _buffer[number].Text, ways);
        }

        _buffer.Current = last;
    }

    private void PrintCurrent(string ways)
    {
        if (ways.Length > 0 && _buffer.Current > 0)
        {
            Print(_buffer.Current, _buffer.Current, ways);
        }
    }

    private static string TakeSuffix(EdCommandLine line)
    {
        string ways = "";
        while (line.Next is 'p' or 'n' or 'l')
        {
            ways += line.Take();
        }

        return line.IsAtEnd ? ways : throw new EdException("Invalid command suffix");
    }

    private void Substitute(EdAddresses addresses, EdCommandLine line)
    {
        addresses.Default(_buffer.Current, _buffer.Current, 1, _buffer);
        EdSubstitution substitution = EdSubstitutionReader.Read(line, _input, _patterns, _lastSubstitution, out string ways);
        _lastSubstitution = substitution;
        bool hasChanged = false;
        int number = addresses.First;
        for (int left = addresses.Last - addresses.First + 1; left > 0; left--)
        {
            if (substitution.TryApply(_buffer[number].Text, out List<EdLine> result))
            {
                hasChanged = true;
                _buffer.Replace(number, result);
                number += result.Count - 1;
            }

            number++;
        }

        if (!hasChanged && !_input.IsGlobal)
        {
            throw new EdException("No match");
        }

        if (hasChanged)
        {
            PrintCurrent(ways);
        }
    }

    private void Global(EdAddresses addresses, EdCommandLine line, bool wantsMatch)
    {
        if (_input.IsGlobal)
        {
            throw new EdException("Cannot nest global commands");
        }

        addresses.Default(Math.Min(1, _buffer.Last), _buffer.Last, 1, _buffer);
        char delimiter = line.Take();
        if (delimiter is ' ' or EdCommandLine.End)
        {
            throw new EdException("Invalid pattern delimiter");
        }

        RegularExpression pattern = _patterns.Get(line.TakePattern(delimiter));
        List<byte[]> commands = _input.ReadContinued(line.TakeRest());
        commands = commands is [[]] ? [[(byte)'p']] : commands;
        List<EdLine> marked = _buffer.Range(addresses.First, addresses.Last).FindAll(item => pattern.IsMatch(item.Text) == wantsMatch);
        foreach (EdLine item in marked)
        {
            int number = _buffer.NumberOf(item);
            if (number > 0)
            {
                _buffer.Current = number;
                _input.SetGlobal(commands);
                while (_input.HasGlobalLines)
                {
                    Execute(new EdCommandLine(_input.Read()!));
                }
            }
        }

        _input.SetGlobal(null);
    }

    private void UseFile(char command, EdAddresses addresses, EdCommandLine line, bool wasWarned)
    {
        bool quits = command == 'w' && line.TryTake('q');
        if (!line.IsAtEnd && line.Next is not (' ' or '\t'))
        {
            throw new EdException("Unexpected command suffix");
        }

        string name = line.TakeName();
        switch (command)
        {
            case 'f':
                RefuseAddresses(addresses);
                _path = name.Length > 0 ? name : _path;
                _program.Output.Write($"{PathOr(_path)}\n");
                break;
            case 'e' or 'E':
                RefuseAddresses(addresses);
                if (command == 'e' && _buffer.IsModified && !wasWarned)
                {
                    Warn();
                }

                _path = PathOr(name);
                Load(_path);
                break;
            case 'r':
                addresses.Default(_buffer.Last, _buffer.Last, 0, _buffer);
                List<EdLine> read = _files.Read(PathOr(name), out long size);
                _path = _path.Length == 0 ? name : _path;
                _buffer.Insert(addresses.Last, read);
                Tell(size);
                break;
            default:
                Save(command, addresses, name);
                if (quits)
                {
                    Quit(isForced: false, isEnd: false);
                }

                break;
        }
    }

    private void Save(char command, EdAddresses addresses, string name)
    {
        addresses.Default(Math.Min(1, _buffer.Last), _buffer.Last, Math.Min(1, _buffer.Last), _buffer);
        List<EdLine> lines = _buffer.Last == 0 ? [] : _buffer.Range(addresses.First, addresses.Last);
        string path = PathOr(name);
        long size = _files.Write(path, command == 'W', lines);
        _path = _path.Length == 0 ? path : _path;
        _buffer.IsModified &= lines.Count < _buffer.Last;
        Tell(size);
    }

    private void Load(string path)
    {
        List<EdLine> lines;
        long size;
        try
        {
            lines = _files.Read(path, out size);
        }
        finally
        {
            _buffer.Clear();
        }

        _buffer.Insert(0, lines);
        _buffer.IsModified = false;
        Tell(size);
    }

    private void Control(char command, EdAddresses addresses, EdCommandLine line, bool wasWarned)
    {
        RefuseAddresses(addresses);
        string ways = TakeSuffix(line);
        switch (command)
        {
            case 'h' when _lastError.Length > 0:
                _program.Output.Write($"{_lastError}\n");
                break;
            case 'H':
                _explains = !_explains;
                if (_explains && _lastError.Length > 0)
                {
                    _program.Output.Write($"{_lastError}\n");
                }

                break;
            case 'u':
                _buffer.Undo();
                PrintCurrent(ways);
                break;
            case 'q' or 'Q':
                Quit(isForced: command == 'Q' || wasWarned, isEnd: false);
                break;
        }
    }

    private void Quit(bool isForced, bool isEnd)
    {
        if (_buffer.IsModified && !isForced && !(isEnd && _hasWarned))
        {
            Warn();
        }

        ExitStatus = HasFailed ? 1 : 0;
    }

    private void Warn()
    {
        _hasWarned = true;
        throw new EdException(BufferModified);
    }

    private static void RefuseAddresses(EdAddresses addresses)
    {
        if (addresses.Count > 0)
        {
            throw new EdException("Unexpected address");
        }
    }

    private string PathOr(string name) => name.Length > 0 ? name : _path.Length > 0 ? _path : throw new EdException("No current filename");

    private void Tell(long size)
    {
        if (!_isSilent)
        {
            _program.Output.Write($"{size}\n");
        }
    }
}
