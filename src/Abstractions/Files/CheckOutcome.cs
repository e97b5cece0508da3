namespace KernelSockets;

/// <summary>What a check found.</summary>
/// <param name="IsChanged">True when something was mended.</param>
/// <param name="HasUncorrected">True when something is still wrong.</param>
public readonly record struct CheckOutcome(bool IsChanged, bool HasUncorrected)
{
    private const int ChangedStatus = 3;
    private const int UncorrectedStatus = 4;

    /// <summary>The status that fsck.minix of util-linux ends with.</summary>
    public int ExitStatus => (IsChanged ? ChangedStatus : 0) + (HasUncorrected ? UncorrectedStatus : 0);
}
