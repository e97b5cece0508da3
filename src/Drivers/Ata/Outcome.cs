namespace KernelSockets.Drivers.Ata;

/// <summary>How one attempt at a command has ended.</summary>
internal enum Outcome
{
    /// <summary>Well.</summary>
    Done,

    /// <summary>The device refuses, or cannot read its medium; it is ready for the next command.</summary>
    Refused,

    /// <summary>The device is out of order and wants a reset.</summary>
    Fault,

    /// <summary>No answer in time.</summary>
    TimeOut,

    /// <summary>The bus master could not reach memory, or moved less than was asked for.</summary>
    BusError,
}

/// <summary>How an attempt has ended, with what the registers said then.</summary>
internal readonly record struct AttemptResult(Outcome Outcome, AtaStatus Status = AtaStatus.None, AtaError Error = AtaError.None)
{
    /// <summary>True when it went well.</summary>
    public bool IsDone => Outcome == Outcome.Done;

    /// <summary>For the log.</summary>
    public string Describe() => Outcome switch
    {
        Outcome.TimeOut => $"no answer (status 0x{(byte)Status:x2})",
        Outcome.BusError => $"bus master error (status 0x{(byte)Status:x2})",
        Outcome.Fault => $"device fault (status 0x{(byte)Status:x2}, error 0x{(byte)Error:x2})",
        _ => $"{DescribeError()} (status 0x{(byte)Status:x2}, error 0x{(byte)Error:x2})",
    };

    private string DescribeError() => Error switch
    {
        _ when Error.HasFlag(AtaError.InterfaceCrc) => "transfer error on the cable",
        _ when Error.HasFlag(AtaError.Uncorrectable) => "the medium cannot be read there",
        _ when Error.HasFlag(AtaError.IdNotFound) => "no such sector",
        _ when Error.HasFlag(AtaError.Aborted) => "command aborted",
        _ => "error",
    };
}
