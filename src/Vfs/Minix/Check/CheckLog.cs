using System.Text;

namespace KernelSockets.Vfs.Minix.Check;

/// <summary>What a check tells, whether it may mend, and what became of that.</summary>
internal sealed class CheckLog(CheckOptions options, Action<string> report)
{
    private bool _isChanged;
    private bool _hasUncorrected;

    /// <summary>What was found so far.</summary>
    public CheckOutcome Outcome => new(_isChanged, _hasUncorrected);

    /// <summary>Whether an option is set.</summary>
    public bool Has(CheckOptions option) => options.HasFlag(option);

    /// <summary>Tells something.</summary>
    public void Tell(string line) => report(line);

    /// <summary>Tells what is wrong.</summary>
    /// <returns>True when it is to be mended.</returns>
    public bool Mends(string line)
    {
        report(line);
        bool mends = Has(CheckOptions.Repair);
        _isChanged |= mends;
        _hasUncorrected |= !mends;
        return mends;
    }

    /// <summary>Tells what is wrong and cannot be mended.</summary>
    public void Fail(string line)
    {
        report(line);
        _hasUncorrected = true;
    }

    /// <summary>A name as text, whatever bytes it has.</summary>
    public static string Text(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);
}
