using System.Text;

namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>A list of checksums that is checked, with -c.</summary>
internal sealed class ChecksumList(TextProgram program, ChecksumKind kind, ChecksumOptions options, string list)
{
    private readonly int _digits = kind.Create().Finish().Length * 2;
    private int _listed;
    private int _malformed;
    private int _unreadable;
    private int _wrong;

    /// <summary>Reads the list, checks the files, and tells how it went.</summary>
    public void Check(Stream stream)
    {
        LineReader lines = program.Lines(stream);
        for (long number = 1; lines.TryRead(out ReadOnlySpan<byte> bytes); number++)
        {
            string line = Encoding.UTF8.GetString(bytes).TrimEnd('\r');
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (!TryParse(line, out string checksum, out string file))
            {
                _malformed++;
                Warn(number);
                continue;
            }

            _listed++;
            CheckFile(checksum, file);
        }

        Report();
    }

    private void Warn(long number)
    {
        if (options.Warns)
        {
            program.Output.Flush();
            Console.Error.WriteLine($"{program.Name}: {list}: {number}: improperly formatted {kind.Name} checksum line");
        }
    }

    private void CheckFile(string checksum, string file)
    {
        string? found = null;
        program.ForEach(
            [file],
            (_, stream) => found = ChecksumCommand.Of(stream, kind.Create()),
            static (name, _, reason) => $"{name}: {reason}");
        _unreadable += found is null ? 1 : 0;
        bool isRight = string.Equals(found, checksum, StringComparison.OrdinalIgnoreCase);
        if (!isRight)
        {
            _wrong += found is null ? 0 : 1;
            program.FailSilently();
        }

        if (!options.IsSilent && !(isRight && options.IsQuiet))
        {
            program.Output.Write($"{file}: {(isRight ? "OK" : found is null ? "FAILED open or read" : "FAILED")}\n");
        }
    }

    private void Report()
    {
        if (_listed == 0)
        {
            program.Fail($"{list}: no properly formatted checksum lines found");
            return;
        }

        if (_malformed > 0 && options.IsStrict)
        {
            program.FailSilently();
        }

        if (!options.IsSilent)
        {
            Tell(_malformed, "line is improperly formatted", "lines are improperly formatted");
            Tell(_unreadable, "listed file could not be read", "listed files could not be read");
            Tell(_wrong, "computed checksum did NOT match", "computed checksums did NOT match");
        }
    }

    private void Tell(int count, string one, string many)
    {
        if (count > 0)
        {
            program.Output.Flush();
            Console.Error.WriteLine($"{program.Name}: WARNING: {count} {(count == 1 ? one : many)}");
        }
    }

    /// <summary>Reads <c>CHECKSUM  FILE</c>, <c>CHECKSUM *FILE</c> or <c>NAME (FILE) = CHECKSUM</c>, escaped where a backslash stands in front.</summary>
    private bool TryParse(string line, out string checksum, out string file)
    {
        bool isEscaped = line.StartsWith('\\');
        string rest = isEscaped ? line[1..] : line.TrimStart(' ', '\t');
        (checksum, file) = ("", "");
        if (rest.StartsWith($"{kind.Name} (", StringComparison.Ordinal))
        {
            int end = rest.LastIndexOf(") = ", StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }

            (checksum, file) = (rest[(end + 4)..], rest[(kind.Name.Length + 2)..end]);
        }
        else if (rest.Length > _digits + 2 && rest[_digits] == ' ' && rest[_digits + 1] is ' ' or '*')
        {
            (checksum, file) = (rest[.._digits], rest[(_digits + 2)..]);
        }

        file = isEscaped ? Unescape(file) : file;
        return checksum.Length == _digits && checksum.All(char.IsAsciiHexDigit) && file.Length > 0;
    }

    private static string Unescape(string name)
    {
        StringBuilder result = new(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            char next = name[i] == '\\' && i + 1 < name.Length ? name[++i] : '\0';
            result.Append(next switch
            {
                '\0' => name[i],
                'n' => '\n',
                'r' => '\r',
                _ => next,
            });
        }

        return result.ToString();
    }
}
