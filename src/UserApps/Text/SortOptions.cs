using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>What sort is to do.</summary>
internal sealed class SortOptions
{
    private readonly List<SortKey> _keys = [];
    private SortOrder _order;
    private bool _skipsBlanks;
    private bool _isStable;
    private string? _separator;

    /// <summary>-u.</summary>
    public bool IsUnique { get; private set; }

    /// <summary>-c or -C.</summary>
    public bool Checks { get; private set; }

    /// <summary>-C.</summary>
    public bool ChecksSilently { get; private set; }

    /// <summary>-m.</summary>
    public bool Merges { get; private set; }

    /// <summary>-o.</summary>
    public string? Output { get; private set; }

    /// <summary>What lines end with.</summary>
    public byte End { get; private set; } = (byte)'\n';

    /// <summary>Takes an option; what is wrong with its value goes to the reader.</summary>
    public void Take(char option, OptionReader reader)
    {
        if (_order.TryAdd(option, out SortOrder order))
        {
            _order = order;
            return;
        }

        _skipsBlanks |= option == 'b';
        _isStable |= option == 's';
        IsUnique |= option == 'u';
        Checks |= option is 'c' or 'C';
        ChecksSilently |= option == 'C';
        Merges |= option == 'm';
        End = option == 'z' ? (byte)0 : End;
        switch (option)
        {
            case 'k':
                TakeKey(reader);
                break;
            case 't':
                TakeSeparator(reader);
                break;
            case 'o':
                Output = reader.Value;
                break;
        }
    }

    /// <summary>What is wrong with the options together, or null.</summary>
    public string? Check(IReadOnlyList<string> files)
    {
        foreach (SortKey key in _keys)
        {
            key.Inherit(_order, _skipsBlanks);
        }

        return Checks && files.Count > 1 ? $"extra operand '{files[1]}' not allowed with -{(ChecksSilently ? 'C' : 'c')}"
            : Checks && Output is not null ? $"options '-{(ChecksSilently ? 'C' : 'c')}o' are incompatible"
            : _order is { IsNumeric: true, IsDictionary: true } && _keys.Count == 0 ? "options '-dn' are incompatible"
            : _order is { IsNumeric: true, IgnoresUnprintable: true } && _keys.Count == 0 ? "options '-in' are incompatible"
            : null;
    }

    /// <summary>The order that the options make.</summary>
    public LineOrder Order() => new(
        _keys.Count > 0 ? _keys : [SortKey.WholeLine(_order, _skipsBlanks)],
        _separator is null ? null : Encoding.UTF8.GetBytes(_separator)[0],
        _order.IsReverse,
        hasLastResort: !_isStable && !IsUnique && !IsPlain);

    private bool IsPlain => _keys.Count == 0 && _order with { IsReverse = false } == default && !_skipsBlanks;

    private void TakeKey(OptionReader reader)
    {
        if (SortKey.TryParse(reader.Value, out SortKey? key, out string error))
        {
            _keys.Add(key);
        }
        else
        {
            reader.Reject(error);
        }
    }

    private void TakeSeparator(OptionReader reader)
    {
        string value = reader.Value == "\\0" ? "\0" : reader.Value;
        if (value.Length == 0)
        {
            reader.Reject("empty tab");
        }
        else if (Encoding.UTF8.GetByteCount(value) > 1)
        {
            reader.Reject($"multi-character tab '{value}'");
        }
        else if (_separator is not null && _separator != value)
        {
            reader.Reject("incompatible tabs");
        }

        _separator = value;
    }
}
