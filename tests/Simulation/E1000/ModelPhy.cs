namespace KernelSockets.Simulation.E1000;

/// <summary>The internal PHY: the registers of IEEE 802.3 clause 22 that a driver looks at.</summary>
public sealed class ModelPhy
{
    private const ushort BmcrWritable = 0b0111_1101_1100_0000;
    private const ushort BmcrRestart = 1 << 9;
    private const ushort BmsrLink = 1 << 2;
    private const ushort BmsrNegotiated = 1 << 5;
    private const ushort BmsrAbilities = 0x7949 & ~(BmsrLink | BmsrNegotiated);

    private bool _isLinkUp = true;
    private bool _wasLinkLost;

    /// <summary>PCTRL: 1000 Mb/s, full duplex, auto-negotiation on.</summary>
    public ushort Control { get; set; } = 0x1140;

    /// <summary>How often negotiation was started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>False for a PHY that does not answer.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>True when the PHY sees a partner and is not switched off.</summary>
    public bool IsLinkUp
    {
        get => _isLinkUp && (Control & 0x0C00) == 0;
        set
        {
            _isLinkUp = value;
            _wasLinkLost |= !value;
        }
    }

    /// <summary>Reads a register; false when there is none.</summary>
    public bool TryRead(int register, out ushort value)
    {
        value = register switch
        {
            0 => Control,
            1 => ReadStatus(),
            2 => 0x0141,
            3 => 0x0C20,
            4 => 0x0DE1,
            5 => 0x45E1,
            9 => 0x0E00,
            10 => 0x3C00,
            _ => 0,
        };
        return register is (>= 0 and <= 5) or 9 or 10;
    }

    /// <summary>Writes a register; false when it cannot be written.</summary>
    public bool TryWrite(int register, ushort value)
    {
        if (register != 0)
        {
            return false;
        }

        Restarts += (value & BmcrRestart) != 0 ? 1 : 0;
        Control = (ushort)(value & BmcrWritable & ~BmcrRestart);
        return true;
    }

    /// <summary>The link bit latches low until it is read (22.2.4.2.13).</summary>
    private ushort ReadStatus()
    {
        bool shown = IsLinkUp && !_wasLinkLost;
        _wasLinkLost = false;
        return (ushort)(BmsrAbilities | (shown ? BmsrLink | BmsrNegotiated : 0));
    }
}
