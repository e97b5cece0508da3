using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>The words of xargs' input, gathered for one command after the other.</summary>
internal sealed class XargsBatches(XargsOptions options, LineReader lines)
{
    private readonly Queue<string> _words = new();
    private int _linesTaken;
    private bool _isAtEnd;

    /// <summary>What is wrong with the input; null for nothing.</summary>
    public string? Error { get; private set; }

    /// <summary>Makes the arguments of the next command.</summary>
    /// <returns>False at the end of the input, or with an <see cref="Error"/>.</returns>
    public bool TryNext(string name, string[] arguments, out string[] words)
    {
        words = [];
        _linesTaken = 0;
        if (options.Replaced is { } replaced)
        {
            return TryNextLine(replaced, arguments, out words);
        }

        List<string> taken = [.. arguments];
        int bytes = Size(name) + arguments.Sum(Size);
        int count = 0;
        while (count < options.MostWords && TryPeek(count > 0, out string? word))
        {
            if (bytes + Size(word) > options.MostBytes)
            {
                Error = count == 0 ? "argument line too long" : null;
                break;
            }

            bytes += Size(word);
            taken.Add(_words.Dequeue());
            count++;
        }

        words = [.. taken];
        return count > 0;
    }

    private static int Size(string word) => Encoding.UTF8.GetByteCount(word) + 1;

    private bool TryNextLine(string replaced, string[] arguments, out string[] words)
    {
        words = [];
        while (_words.Count == 0 && Error is null && !_isAtEnd)
        {
            ReadLine();
        }

        if (!_words.TryDequeue(out string? line))
        {
            return false;
        }

        words = replaced.Length == 0 ? arguments : [.. arguments.Select(argument => argument.Replace(replaced, line, StringComparison.Ordinal))];
        return true;
    }

    private bool TryPeek(bool hasWords, [NotNullWhen(true)] out string? word)
    {
        while (_words.Count == 0 && Error is null && !_isAtEnd && !(hasWords && _linesTaken >= options.MostLines))
        {
            ReadLine();
        }

        return _words.TryPeek(out word); // those before what is wrong still count
    }

    private void ReadLine()
    {
        if (!lines.TryRead(out ReadOnlySpan<byte> line))
        {
            _isAtEnd = true;
            return;
        }

        if (options.Delimiter is not null)
        {
            _words.Enqueue(Encoding.UTF8.GetString(line));
            _linesTaken++;
            return;
        }

        ReadWords(line);
    }

    /// <summary>Takes a line apart; with -I it is one word, without the blanks in front.</summary>
    private void ReadWords(ReadOnlySpan<byte> line)
    {
        bool isWhole = options.Replaced is not null;
        List<byte> word = [];
        bool hasWord = false;
        for (int i = 0; i < line.Length && Error is null; i++)
        {
            byte value = line[i];
            if (value is (byte)' ' or (byte)'\t' && !(isWhole && hasWord))
            {
                EndWord(word, ref hasWord);
                continue;
            }

            hasWord = true;
            if (value is (byte)'\'' or (byte)'"')
            {
                int length = line[(i + 1)..].IndexOf(value);
                if (length < 0)
                {
                    Error = $"unmatched {(value == '"' ? "double" : "single")} quote; by default quotes are special to xargs unless you use the -0 option";
                    return;
                }

                word.AddRange(line.Slice(i + 1, length));
                i += length + 1;
            }
            else
            {
                bool isEscape = value == '\\' && i + 1 < line.Length;
                word.Add(isEscape ? line[++i] : value);
            }
        }

        _linesTaken += hasWord || _words.Count > 0 ? 1 : 0;
        EndWord(word, ref hasWord);
    }

    private void EndWord(List<byte> word, ref bool hasWord)
    {
        if (hasWord)
        {
            _words.Enqueue(Encoding.UTF8.GetString([.. word]));
        }

        word.Clear();
        hasWord = false;
    }
}
