namespace KernelSockets.Simulation.E1000;

/// <summary>Which member of the family the model is, and in what it differs from the manual as some emulators do.</summary>
public sealed record ModelOptions
{
    /// <summary>The device as the manual has it.</summary>
    public static ModelOptions Manual { get; } = new();

    /// <summary>QEMU's hw/net/e1000.c.</summary>
    public static ModelOptions Qemu { get; } = new()
    {
        IgnoresReset = true,
        KeepsSomeCounters = true,
        SendsWithoutLink = true,
        LinkIgnoresSetLinkUp = true,
        Checksums = ChecksumBehaviour.Ignored,
        PadsRunts = true,
        FifoSize = 0,
    };

    /// <summary>VirtualBox's DevE1000 as 82540EM.</summary>
    public static ModelOptions VirtualBox { get; } = new()
    {
        ClearsCausesOnlyWhenUnmasked = true,
        SendsWithoutLink = true,
        Checksums = ChecksumBehaviour.AlwaysClaimed,
        PadsRunts = true,
        FifoSize = 0,
    };

    /// <summary>VirtualBox's DevE1000 as 82543GC.</summary>
    public static ModelOptions VirtualBox82543 { get; } = VirtualBox with { Is82543 = true };

    /// <summary>An 82543GC: no EERD, ITR, RADV, TADV, MANC; EECD without arbitration.</summary>
    public bool Is82543 { get; init; }

    /// <summary>An 82545GM or 82546GB: a reset is taken only at CTRL_DUP, offset 4.</summary>
    public bool ResetsAtDuplicate { get; init; }

    /// <summary>CTRL.RST clears itself and does nothing else.</summary>
    public bool IgnoresReset { get; init; }

    /// <summary>CRCERRS to MPC and some others are not cleared by reading.</summary>
    public bool KeepsSomeCounters { get; init; }

    /// <summary>ICR is not cleared by reading while IMS is 0.</summary>
    public bool ClearsCausesOnlyWhenUnmasked { get; init; }

    /// <summary>Frames are sent, into the void, while the link is down.</summary>
    public bool SendsWithoutLink { get; init; }

    /// <summary>STATUS.LU does not wait for CTRL.SLU.</summary>
    public bool LinkIgnoresSetLinkUp { get; init; }

    /// <summary>Frames under 60 bytes are padded instead of dropped.</summary>
    public bool PadsRunts { get; init; }

    /// <summary>What the device says of checksums.</summary>
    public ChecksumBehaviour Checksums { get; init; }

    /// <summary>Bytes of receive FIFO (PBA's default is 48 KiB).</summary>
    public int FifoSize { get; init; } = 48 * 1024;
}
