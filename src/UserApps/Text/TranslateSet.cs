using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>A set of bytes in tr's notation, in order.</summary>
internal sealed class TranslateSet
{
    private readonly List<byte> _bytes = [];
    private readonly List<(int Place, string Name)> _caseClasses = [];
    private int _repeatPlace = -1;
    private byte _repeated;
    private bool _hasOtherClass;

    private TranslateSet()
    {
    }

    /// <summary>The bytes, without those of an open <c>[c*]</c>.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>How many <c>[c*]</c> there are.</summary>
    public int RepeatCount { get; private set; }

    /// <summary>True with a <c>[c*]</c> or <c>[c*N]</c>.</summary>
    public bool HasRepeat { get; private set; }

    /// <summary>Reads a set.</summary>
    /// <returns>False when it is none; the error is one of coreutils' sentences.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out TranslateSet? set, out string error)
    {
        set = new TranslateSet();
        List<(byte Value, bool IsEscaped)> input = Unescape(Encoding.UTF8.GetBytes(text));
        int position = 0;
        error = "";
        while (position < input.Count && error.Length == 0)
        {
            if (!set.TryBracket(input, ref position, ref error))
            {
                set.TakeByteOrRange(input, ref position, ref error);
            }
        }

        return error.Length == 0;
    }

    /// <summary>The bytes with an open <c>[c*]</c> filled up to a length.</summary>
    public byte[] Expand(int length)
    {
        if (_repeatPlace < 0 || length <= _bytes.Count)
        {
            return Bytes;
        }

        List<byte> expanded = [.. _bytes];
        expanded.InsertRange(_repeatPlace, Enumerable.Repeat(_repeated, length - _bytes.Count));
        return [.. expanded];
    }

    /// <summary>What speaks against translating to this set, or null.</summary>
    public string? CheckTarget(TranslateSet source, bool isComplement, int sourceLength, bool truncates)
    {
        if (_hasOtherClass || (_caseClasses.Count > 0 && isComplement))
        {
            return "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'";
        }

        foreach ((int place, string _) in _caseClasses)
        {
            if (!source._caseClasses.Exists(other => other.Place == place))
            {
                return "misaligned [:upper:] and/or [:lower:] construct";
            }
        }

        if (_bytes.Count == 0 && _repeatPlace < 0 && sourceLength > 0 && !truncates)
        {
            return "when not truncating set1, string2 must be non-empty";
        }

        bool endsInClass = _caseClasses.Count > 0 && _caseClasses[^1].Place + ('z' - 'a' + 1) == _bytes.Count;
        return endsInClass && !truncates && _repeatPlace < 0 && sourceLength > _bytes.Count
            ? "when translating with string1 longer than string2,\nthe latter string must not end with a character class"
            : null;
    }

    private static List<(byte Value, bool IsEscaped)> Unescape(byte[] text)
    {
        List<(byte Value, bool IsEscaped)> bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                bytes.Add((text[i], text[i] == '\\')); // a backslash at the end is one
                continue;
            }

            byte letter = text[++i];
            int index = "abfnrtv\\".IndexOf((char)letter, StringComparison.Ordinal);
            if (index >= 0)
            {
                bytes.Add(((byte)"\a\b\f\n\r\t\v\\"[index], true));
            }
            else
            {
                bytes.Add((letter is >= (byte)'0' and <= (byte)'7' ? Octal(text, ref i) : letter, true));
            }
        }

        return bytes;
    }

    /// <summary>Up to three digits, as far as the number fits a byte.</summary>
    private static byte Octal(byte[] text, ref int position)
    {
        int value = text[position] - '0';
        for (int i = 0; i < 2 && position + 1 < text.Length && text[position + 1] is >= (byte)'0' and <= (byte)'7'; i++)
        {
            int next = (value * 8) + text[position + 1] - '0';
            if (next > byte.MaxValue)
            {
                break;
            }

            value = next;
            position++;
        }

        return (byte)value;
    }

    private void TakeByteOrRange(List<(byte Value, bool IsEscaped)> input, ref int position, ref string error)
    {
        byte first = input[position].Value;
        if (position + 2 >= input.Count || input[position + 1] is not { Value: (byte)'-', IsEscaped: false })
        {
            _bytes.Add(first);
            position++;
            return;
        }

        byte last = input[position + 2].Value;
        if (last < first)
        {
            error = $"range-endpoints of '{Show(first)}-{Show(last)}' are in reverse collating sequence order";
        }

        for (int value = first; value <= last; value++)
        {
            _bytes.Add((byte)value);
        }

        position += 3;
    }

    /// <summary>Takes [:class:], [=c=] or [c*N] if that is what comes next.</summary>
    private bool TryBracket(List<(byte Value, bool IsEscaped)> input, ref int position, ref string error)
    {
        if (!Is(input, position, '[') || position + 1 >= input.Count)
        {
            return false;
        }

        return (Is(input, position + 1, ':') && TryClass(input, ref position, ref error))
            || (Is(input, position + 1, '=') && TryEquivalence(input, ref position, ref error))
            || TryRepeat(input, ref position, ref error);
    }

    private bool TryClass(List<(byte Value, bool IsEscaped)> input, ref int position, ref string error)
    {
        if (!TryFindEnd(input, position + 2, ':', out int end))
        {
            return false;
        }

        string name = new([.. input[(position + 2)..end].Select(static item => (char)item.Value)]);
        if (name.Length > 0 && ByteClass.TryGet(name, out Func<byte, bool>? contains))
        {
            if (name is "upper" or "lower")
            {
                _caseClasses.Add((_bytes.Count, name));
            }
            else
            {
                _hasOtherClass = true;
            }

            _bytes.AddRange(Enumerable.Range(0, 256).Select(static value => (byte)value).Where(contains));
        }
        else if (Is(input, position + 2, '*'))
        {
            return false; // [:*N] repeats a colon
        }
        else
        {
            error = name.Length == 0 ? "missing character class name '[::]'" : $"invalid character class '{name}'";
        }

        position = end + 2;
        return true;
    }

    private bool TryEquivalence(List<(byte Value, bool IsEscaped)> input, ref int position, ref string error)
    {
        if (!TryFindEnd(input, position + 2, '=', out int end) && !(Is(input, position + 3, '=') && Is(input, position + 4, ']')))
        {
            return false;
        }

        end = Is(input, position + 3, '=') && Is(input, position + 4, ']') ? position + 3 : end;
        if (end - position != 3)
        {
            if (Is(input, position + 2, '*'))
            {
                return false;
            }

            string text = new([.. input[(position + 2)..end].Select(static item => (char)item.Value)]);
            error = text.Length == 0
                ? "missing equivalence class character '[==]'"
                : $"{text}: equivalence class operand must be a single character";
        }
        else
        {
            _bytes.Add(input[position + 2].Value);
            _hasOtherClass = true;
        }

        position = end + 2;
        return true;
    }

    private bool TryRepeat(List<(byte Value, bool IsEscaped)> input, ref int position, ref string error)
    {
        int end = position + 3;
        while (end < input.Count && !input[end].IsEscaped && char.IsAsciiDigit((char)input[end].Value))
        {
            end++;
        }

        if (!Is(input, position + 2, '*') || !Is(input, end, ']'))
        {
            return TryWrongRepeat(input, position, ref error);
        }

        long count = 0;
        int radix = Is(input, position + 3, '0') ? 8 : 10;
        for (int i = position + 3; i < end; i++)
        {
            int digit = input[i].Value - '0';
            if (digit >= radix)
            {
                return TryWrongRepeat(input, position, ref error);
            }

            count = Math.Min((count * radix) + digit, int.MaxValue);
        }

        HasRepeat = true;
        if (count == 0)
        {
            RepeatCount++;
            (_repeatPlace, _repeated) = (_bytes.Count, input[position + 1].Value);
        }
        else
        {
            _bytes.AddRange(Enumerable.Repeat(input[position + 1].Value, (int)Math.Min(count, 256))); // more than there are bytes changes nothing
        }

        position = end + 1;
        return true;
    }

    private static bool TryWrongRepeat(List<(byte Value, bool IsEscaped)> input, int position, ref string error)
    {
        int end = input.FindIndex(Math.Min(position + 3, input.Count), static item => item is { Value: (byte)']', IsEscaped: false });
        if (!Is(input, position + 2, '*') || end < 0)
        {
            return false;
        }

        error = $"invalid repeat count '{new string([.. input[(position + 3)..end].Select(static item => (char)item.Value)])}' in [c*n] construct";
        return true;
    }

    private static bool TryFindEnd(List<(byte Value, bool IsEscaped)> input, int from, char sign, out int end)
    {
        for (end = from; end + 1 < input.Count; end++)
        {
            if (Is(input, end, sign) && Is(input, end + 1, ']'))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(List<(byte Value, bool IsEscaped)> input, int position, char sign) =>
        position < input.Count && input[position].Value == sign && !input[position].IsEscaped;

    private static string Show(byte value) => value is >= 0x20 and < 0x7F ? ((char)value).ToString() : $"\\{Convert.ToString(value, 8).PadLeft(3, '0')}";
}
