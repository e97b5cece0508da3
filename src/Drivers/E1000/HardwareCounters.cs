namespace KernelSockets.Drivers.E1000;

/// <summary>The statistics registers that tell of frames the driver never sees (§13.7). The device's lock protects it.</summary>
internal sealed class HardwareCounters(RegisterSpace registers)
{
    private readonly HardwareCounter[] _damaged =
    [
        new(Register.CrcErrors),
        new(Register.AlignmentErrors),
        new(Register.ReceiveErrors),
        new(Register.SequenceErrors),
        new(Register.CarrierExtensionErrors),
    ];

    private readonly HardwareCounter[] _wrongLength =
    [
        new(Register.ReceiveUndersize),
        new(Register.ReceiveFragments),
        new(Register.ReceiveOversize),
        new(Register.ReceiveJabbers),
    ];

    private HardwareCounter _missed = new(Register.MissedPackets);

    /// <summary>Takes what the registers hold from before the driver as the start.</summary>
    public void Discard()
    {
        _ = Sample(_damaged);
        _ = Sample(_wrongLength);
        _ = _missed.Sample(registers);
    }

    /// <summary>Adds what has happened since the last call.</summary>
    public void AddTo(NetworkDeviceStatistics statistics)
    {
        statistics.ReceiveErrors += Sample(_damaged);
        statistics.ReceiveLengthErrors += Sample(_wrongLength);
        statistics.ReceiveMissed += _missed.Sample(registers);
    }

    private long Sample(HardwareCounter[] counters)
    {
        long sum = 0;
        for (int i = 0; i < counters.Length; i++)
        {
            sum += counters[i].Sample(registers);
        }

        return sum;
    }
}
